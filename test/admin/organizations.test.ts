import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'

const name = 'org-admin'
const path = `/realms/${name}`
const people = ['anna', 'bohdan', 'kateryna'] as const
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      organizationsEnabled: true,
      users: [
        ...people.map((username) => person(username)),
        administrator('viewer', ['view-organizations', 'view-users', 'view-identity-providers']),
        administrator('asker', ['query-organizations', 'manage-users']),
        administrator('boss', ['manage-organizations', 'query-users']),
      ],
    },
    { realm: 'org-none', enabled: true },
  ],
})
const { admin } = server

const list = (answer: Answer): Json[] => answer.json as unknown as Json[]
const idOf = (answer: Answer): string => String(answer.headers.location).split('/').pop() ?? ''
const create = async (organization: Json): Promise<string> => {
  const answer = await admin('POST', `${path}/organizations`, organization)
  assert.deepEqual([answer.status, answer.text], [201, ''])
  return idOf(answer)
}
const refused = async (organization: Json): Promise<unknown[]> => {
  const { status, json } = await admin('POST', `${path}/organizations`, organization)
  return [status, json['errorMessage'] ?? json]
}
const userId = async (username: string): Promise<string> =>
  String(list(await admin('GET', `${path}/users?exact=true&username=${username}`))[0]?.['id'])

const domains = [{ name: 'Acme.com', verified: true }, { name: 'acme.org' }, { name: 'acme.net' }, { name: 'b.com' }, { name: 'zz.io' }]
const acme = await create({
  name: 'Acme',
  alias: 'acme',
  description: 'd',
  redirectUrl: 'https://acme.com/x',
  attributes: { a: ['1', '2'] },
  domains,
})
// A name may stand for its domain.
const beta = await create({ name: 'beta', domains: ['beta.com'], attributes: { a: ['1'], b: ['x y'] } })

test('a realm without organizations answers 404 for each of their paths', async () => {
  for (const below of ['', '/count', '/x', '/members/x/organizations', '/x/members', '/x/groups']) {
    const { status, json } = await admin('GET', `/realms/org-none/organizations${below}`)
    assert.deepEqual([status, json], [404, { errorMessage: 'Organizations not enabled for this realm.' }])
  }
})

test('an organization is printed as the reference prints it, brief in lists', async () => {
  const brief = {
    id: acme,
    name: 'Acme',
    alias: 'acme',
    enabled: true,
    description: 'd',
    redirectUrl: 'https://acme.com/x',
    domains: ['acme.org', 'acme.net', 'zz.io', 'acme.com', 'b.com'].map((domain) => ({ name: domain, verified: domain === 'acme.com' })),
  }
  assert.deepEqual((await admin('GET', `${path}/organizations/${acme}`)).json, { ...brief, attributes: { a: ['1', '2'] } })
  assert.deepEqual(list(await admin('GET', `${path}/organizations?search=acme`)), [brief])
  const [full] = list(await admin('GET', `${path}/organizations?search=beta&briefRepresentation=false`))
  assert.deepEqual(full?.['attributes'], { a: ['1'], b: ['x y'] })
})

test('names, aliases, domains and redirect URLs are checked in the reference words', async () => {
  assert.deepEqual(await refused({}), [400, 'Name can not be null'])
  assert.deepEqual(await refused({ name: 'a b' }), [400, 'Name cannot be used as alias: Empty Space not allowed.'])
  assert.deepEqual(await refused({ name: 'a', alias: 'a:b' }), [400, { error: "Character ':' not allowed." }])
  assert.deepEqual(await refused({ name: 'Acme', alias: 'a' }), [409, 'A organization with the same name already exists.'])
  assert.deepEqual(await refused({ name: 'a', alias: 'acme' }), [409, 'A organization with the same alias already exists'])
  assert.deepEqual(await refused({ name: 'a', redirectUrl: 'javascript:alert(1)' }), [400, 'Organization redirect URL is not valid.'])
  const domain = async (text: string): Promise<unknown> => (await refused({ name: 'a', domains: [{ name: text }] }))[1]
  assert.equal(await domain('ACME.com'), `Domain acme.com is already linked to organization Acme in realm ${name}`)
  assert.equal(await domain('not a domain'), 'Invalid domain format: not a domain')
  assert.equal(await domain('-a.com'), 'Invalid domain format: -a.com')
  assert.equal(await domain('*.com'), "Domain must have at least 2 parts (e.g. 'example.com'): com")
  assert.equal(await domain('a.*.com'), 'Wildcard domain must start with the wildcard')
  assert.equal(await domain('*.*.com'), 'Multiple wildcards are not allowed: *.*.com')
  const unknown = await admin('POST', `${path}/organizations`, { name: 'a', nope: 1 })
  assert.match(unknown.text, /Unrecognized field \\"nope\\"/)
  const empty = await server.call('POST', `/admin${path}/organizations`, { bearer: await bearerOf(server, name, 'boss') })
  assert.deepEqual([empty.status, empty.json], [400, { errorMessage: 'Organization cannot be null.' }])
})

test('organizations are found by a piece of a name or domain, by a whole one, or by attributes, and counted alike', async () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['search=ACM', ['Acme']],
    ['search=eta.c', ['beta']],
    ['search=acme&exact=true', []],
    ['search=Acme&exact=true', ['Acme']],
    ['search=acme.org&exact=true', ['Acme']],
    ['q=a:1', ['Acme', 'beta']],
    ['q=a:2', ['Acme']],
    ['q=a:1%20b:%22x%20y%22', ['beta']],
    ['q=alias:acme', ['Acme']],
    ['q=a:1&search=zz', ['Acme', 'beta']],
    ['q=bad', ['Acme', 'beta']],
  ]
  for (const [query, expected] of cases) {
    assert.deepEqual(
      list(await admin('GET', `${path}/organizations?${query}`)).map((organization) => organization['name']),
      expected,
      query,
    )
    assert.equal((await admin('GET', `${path}/organizations/count?${query}`)).text, String(expected.length), query)
  }
  assert.deepEqual(
    list(await admin('GET', `${path}/organizations?first=1&max=1`)).map((organization) => organization['name']),
    ['beta'],
  )
})

test('a PUT replaces everything but attributes that are not given, and never the alias', async () => {
  const id = await create({ name: 'Gamma', alias: 'gamma', description: 'd', attributes: { a: ['1'] }, domains: [{ name: 'gamma.com' }] })
  const put = async (body: unknown): Promise<unknown[]> => {
    const { status, json } = await admin('PUT', `${path}/organizations/${id}`, body)
    return [status, json['errorMessage']]
  }
  const read = async (): Promise<Json> => (await admin('GET', `${path}/organizations/${id}`)).json
  assert.deepEqual(await put({ name: 'Gamma' }), [400, 'Cannot change the alias'])
  assert.deepEqual(await put({ name: 'Acme', alias: 'gamma' }), [409, 'A organization with the same name already exists.'])
  assert.deepEqual(await put({ name: 'Gamma', alias: 'gamma', domains: [{ name: 'beta.com' }] }), [
    400,
    `Domain beta.com is already linked to organization beta in realm ${name}`,
  ])
  assert.deepEqual(await put({ name: 'New Name', alias: 'gamma', enabled: false }), [204, undefined])
  assert.deepEqual(await read(), { id, name: 'New Name', alias: 'gamma', enabled: false, attributes: { a: ['1'] } })
  assert.deepEqual(await put({ name: 'New Name', alias: 'gamma', attributes: {} }), [204, undefined])
  assert.deepEqual(await read(), { id, name: 'New Name', alias: 'gamma', enabled: true, attributes: {} })
  assert.equal((await admin('DELETE', `${path}/organizations/${id}`)).status, 204)
  const gone = await admin('GET', `${path}/organizations/${id}`)
  assert.deepEqual([gone.status, gone.json], [404, { errorMessage: 'Organization not found.' }])
})

const addMember = async (organization: string, body: unknown): Promise<Answer> =>
  admin('POST', `${path}/organizations/${organization}/members`, body)

test('users become members, are listed by name, and leave', async () => {
  const anna = await userId('anna')
  const members = `${path}/organizations/${acme}/members`
  const added = await addMember(acme, anna)
  assert.deepEqual([added.status, added.headers.location], [201, `${server.url}/admin${members}/${anna}`])
  assert.deepEqual((await addMember(acme, anna)).json, { errorMessage: 'User is already a member of the organization.' })
  assert.deepEqual(
    [(await addMember(acme, 'nobody')).status, (await addMember(acme, 'nobody')).json],
    [404, { error: 'HTTP 404 Not Found' }],
  )
  await addMember(acme, await userId('bohdan'))
  const names = async (query: string): Promise<unknown[]> => list(await admin('GET', `${members}?${query}`)).map(({ username }) => username)
  assert.deepEqual(await names(''), ['anna', 'bohdan'])
  assert.deepEqual(await names('search=NN'), ['anna'])
  assert.deepEqual(await names('search=b*n'), ['bohdan'])
  assert.deepEqual(await names('search=ann&exact=true'), [])
  assert.deepEqual(await names('search=anna@example.com&exact=true'), ['anna'])
  assert.deepEqual(await names('membershipType=managed'), [])
  assert.deepEqual(await names('first=1&max=1'), ['bohdan'])
  assert.equal((await admin('GET', `${members}?membershipType=other`)).status, 500)
  assert.equal((await admin('GET', `${members}/count`)).text, '2')
  const { json: member } = await admin('GET', `${members}/${anna}`)
  assert.deepEqual([member['username'], member['membershipType'], member['totp']], ['anna', 'UNMANAGED', false])
  assert.equal(list(await admin('GET', members))[0]?.['totp'], undefined)
  assert.deepEqual((await admin('GET', `${members}/${await userId('kateryna')}`)).json, { error: 'HTTP 404 Not Found' })
  for (const below of [`${members}/${anna}/organizations`, `${path}/organizations/members/${anna}/organizations`])
    assert.deepEqual(
      list(await admin('GET', below)).map(({ alias }) => alias),
      ['acme'],
    )
  assert.equal((await admin('DELETE', `${members}/${await userId('bohdan')}`)).status, 204)
  assert.equal((await admin('DELETE', `${members}/${await userId('bohdan')}`)).status, 404)
  assert.deepEqual(await names(''), ['anna'])
  assert.notEqual(await userId('bohdan'), 'undefined')
})

test('a member who is renamed is listed by the new name', { skip: server.onReference }, async () => {
  await admin('PUT', path, { editUsernameAllowed: true })
  const id = await userId('kateryna')
  await addMember(beta, id)
  await admin('PUT', `${path}/users/${id}`, { username: 'aaa', email: 'kateryna@example.com', firstName: 'К', lastName: 'Б' })
  const [first] = list(await admin('GET', `${path}/organizations/${beta}/members`))
  assert.equal(first?.['username'], 'aaa')
  await admin('PUT', `${path}/users/${id}`, { username: 'kateryna', email: 'kateryna@example.com', firstName: 'К', lastName: 'Б' })
  await admin('DELETE', `${path}/organizations/${beta}/members/${id}`)
})

test('who may see what: organizations and users are rights of their own', async () => {
  const anna = await userId('anna')
  const base = `${path}/organizations`
  const callers = Object.fromEntries(
    await Promise.all(['viewer', 'asker', 'boss'].map(async (who) => [who, callerOf(server, await bearerOf(server, name, who))] as const)),
  )
  const statuses = async (method: string, below: string, body?: unknown): Promise<unknown[]> => {
    const answers = await Promise.all(['viewer', 'asker', 'boss'].map((who) => callers[who]?.(method, `${base}${below}`, body)))
    return answers.map((answer) => (answer?.status === 200 && answer.text.length < 4 ? `${answer.status} ${answer.text}` : answer?.status))
  }
  assert.deepEqual(await statuses('GET', ''), [200, '200 []', 200])
  assert.deepEqual(await statuses('GET', '/count'), ['200 2', '200 0', '200 2'])
  assert.deepEqual(await statuses('GET', `/${acme}`), [200, 403, 200])
  assert.deepEqual(await statuses('GET', '/nope'), [404, 404, 404])
  assert.deepEqual(await statuses('PUT', `/${acme}`, {}), [403, 403, 409])
  assert.deepEqual(await statuses('GET', `/${acme}/members`), [200, 403, '200 []'])
  assert.deepEqual(await statuses('GET', `/${acme}/members/count`), ['200 1', 403, '200 0'])
  assert.deepEqual(await statuses('GET', `/${acme}/members/${anna}`), [200, 403, 403])
  assert.deepEqual(await statuses('GET', `/${acme}/members/nope`), [404, 403, 404])
  assert.deepEqual(await statuses('GET', `/members/${anna}/organizations`), [200, '200 []', 403])
  assert.deepEqual(await statuses('POST', `/${acme}/members`, 'nope'), [403, 403, 404])
  assert.deepEqual(await statuses('GET', `/${acme}/invitations`), [403, 403, '200 []'])
  assert.deepEqual(await statuses('GET', `/${acme}/groups`), ['200 []', 403, '200 []'])
  assert.deepEqual(await statuses('DELETE', `/${acme}/groups/nope`), [404, 403, 404])
  assert.deepEqual(await statuses('POST', `/${acme}/groups`, {}), [403, 403, 400])
  assert.deepEqual(await statuses('GET', `/${acme}/identity-providers`), ['200 []', 403, 403])
  assert.deepEqual(await statuses('POST', `/${acme}/identity-providers`, 'nope'), [403, 403, 403])
})

test('lists run as many statements for many rows as for one', { skip: server.onReference }, async () => {
  const many = await create({ name: 'many' })
  const ids = await Promise.all(people.map(userId))
  const counts = async (below: string): Promise<number> =>
    (await server.statements(() => admin('GET', `${path}/organizations/${many}/${below}`))).length
  await addMember(many, ids[0])
  const lists = [
    'members?briefRepresentation=false',
    'groups?briefRepresentation=false&subGroupsCount=true',
    'identity-providers',
    'invitations',
  ]
  const before: number[] = []
  for (const below of lists) before.push(await counts(below))
  for (const id of ids.slice(1)) await addMember(many, id)
  for (const group of ['x', 'y', 'z']) await admin('POST', `${path}/organizations/${many}/groups`, { name: group })
  for (const [index, below] of lists.entries()) assert.equal(await counts(below), before[index], below)
  await admin('DELETE', `${path}/organizations/${many}`)
})

test('organizations go with their realm, and members with their organization', async () => {
  await admin('POST', '/realms', { realm: 'org-gone', enabled: true, organizationsEnabled: true, users: [person('anna')] })
  const made = await admin('POST', '/realms/org-gone/organizations', { name: 'x', domains: [{ name: 'x.com' }] })
  const [user] = list(await admin('GET', '/realms/org-gone/users'))
  assert.equal((await admin('POST', `/realms/org-gone/organizations/${idOf(made)}/members`, user?.['id'])).status, 201)
  await admin('POST', `/realms/org-gone/organizations/${idOf(made)}/groups`, { name: 'g' })
  assert.equal((await admin('DELETE', '/realms/org-gone')).status, 204)
})
