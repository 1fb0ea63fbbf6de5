import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountRealm, holder, listOf, logIn, userIds } from './people.ts'

const name = 'w-account-resources'
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      userManagedAccessAllowed: true,
      clients: [
        service('library', {
          authorizationServicesEnabled: true,
          baseUrl: 'http://library.example/',
          redirectUris: ['http://library.example/*'],
          authorizationSettings: { scopes: [{ name: 'view', displayName: 'See it' }, { name: 'edit' }] },
        }),
      ],
      users: [holder('olena'), holder('taras'), holder('ivan'), holder('viewer', ['view-profile']), holder('lister', ['view-groups'])],
    }),
  ],
})
const call = accountCall(server, name)
const ids = await userIds(server, name)
const [library = {}] = listOf(await server.admin('GET', `/realms/${name}/clients?clientId=library`))

async function register(resource: string, owner: string): Promise<string> {
  const answer = await server.admin('POST', `/realms/${name}/clients/${library['id']}/authz/resource-server/resource`, {
    name: resource,
    displayName: `The ${resource}`,
    owner: { id: ids[owner] },
    ownerManagedAccess: true,
    scopes: [{ name: 'view' }, { name: 'edit' }],
    uris: [`/${resource}`],
    icon_uri: 'http://icon/',
  })
  return String(answer.json['_id'])
}
const album = await register('album', 'olena')
const book = await register('book', 'olena')
const foreign = await register('foreign', 'ivan')

async function ask(resource: string, requester: string, scopeName: string): Promise<void> {
  const bearer = await server.realm(name).accessToken(['library', 'sample-secret-1'])
  const ticket = { resource, requester: ids[requester], scopeName }
  const { status, text } = await server.realm(name).call('POST', '/authz/protection/permission/ticket', { bearer, json: ticket })
  assert.equal(status, 200, text)
}

const person = (username: string, ...scopes: string[]): Json => ({
  username,
  firstName: 'Тарас',
  lastName: 'Шевченко',
  email: `${username}@example.com`,
  scopes,
})
const sorted = (answer: Answer): Json[] =>
  listOf(answer)
    .map((one) => ({ ...one, scopes: (one['scopes'] as unknown[]).toSorted() }))
    .toSorted((a, b) => (String((a as Json)['username']) < String((b as Json)['username']) ? -1 : 1))
const permissions = async (bearer: string, resource: string, what = 'permissions'): Promise<Json[]> =>
  sorted(await call('GET', `/resources/${resource}/${what}`, bearer))
const put = (bearer: string, resource: string, body: unknown): Promise<Answer> =>
  call('PUT', `/resources/${resource}/permissions`, bearer, { json: body })
const names = (answer: Answer): unknown[] => listOf(answer).map((one) => one['name'])

const described = (resource: string, id: string): Json => ({
  name: resource,
  displayName: `The ${resource}`,
  client: { clientId: 'library', baseUrl: 'http://library.example/' },
  _id: id,
  uris: [`/${resource}`],
  scopes: [{ name: 'view', displayName: 'See it' }, { name: 'edit' }],
  icon_uri: 'http://icon/',
})

test('own resources are listed page by page', async () => {
  const bearer = await logIn(server, name, 'olena')
  const all = await call('GET', '/resources', bearer)
  assert.deepEqual([all.status, all.json, all.headers['link']], [200, [described('album', album), described('book', book)], undefined])
  const url = `${server.url}/realms/${name}/account/resources`
  const first = await call('GET', '/resources?first=0&max=1', bearer)
  assert.deepEqual([names(first), first.headers['link']], [['album'], `<${url}?first=1&max=1>; rel="next"`])
  const last = await call('GET', '/resources?first=1&max=1', bearer)
  assert.deepEqual([names(last), last.headers['link']], [['book'], `<${url}?first=0&max=1>; rel="prev"`])
  const none = await call('GET', '/resources?first=5&max=1', bearer)
  assert.deepEqual([none.json, none.headers['link']], [[], undefined])
  assert.deepEqual(names(await call('GET', '/resources?name=OO', bearer)), ['book'])
  assert.deepEqual(names(await call('GET', '/resources?max=1', bearer)), ['album', 'book'])
  assert.deepEqual((await call('GET', `/resources/${album}`, bearer)).json, described('album', album))
})

test('nobody reaches the resources of others', async () => {
  const bearer = await logIn(server, name, 'olena')
  for (const below of ['', '/permissions', '/permissions/requests', '/user?value=taras']) {
    const { status, json } = await call('GET', `/resources/${foreign}${below}`, bearer)
    assert.deepEqual([below, status, json], [below, 400, { error: 'invalid_resource' }])
    const unknown = await call('GET', `/resources/nothing${below}`, bearer)
    assert.deepEqual([unknown.status, unknown.json], [404, { error: 'resource_not_found' }])
  }
  const shared = await put(bearer, foreign, [{ username: 'olena', scopes: ['view'] }])
  assert.deepEqual([shared.status, shared.json], [400, { error: 'invalid_resource' }])
  assert.equal((await call('GET', '/resources', await logIn(server, name, 'lister'))).status, 403)
})

test('a resource is shared, less of it, and no more', async () => {
  const bearer = await logIn(server, name, 'olena')
  const taras = await logIn(server, name, 'taras')
  assert.deepEqual(await permissions(bearer, album), [])
  const done = await put(bearer, album, [
    { username: 'taras', scopes: ['view', 'edit'] },
    { username: 'ivan@example.com', scopes: ['view'] },
  ])
  assert.deepEqual([done.status, done.text], [204, ''])
  assert.deepEqual(await permissions(bearer, album), [person('ivan', 'view'), person('taras', 'edit', 'view')])
  const shared = listOf(await call('GET', '/resources/shared-with-me', taras))
  assert.deepEqual(
    shared.map((one) => ({
      ...one,
      scopes: (one['scopes'] as Json[]).toSorted((a, b) => (String(a['name']) > String(b['name']) ? -1 : 1)),
    })),
    [described('album', album)],
  )
  const [other] = listOf(await call('GET', '/resources/shared-with-others', bearer)) as { permissions: Json[] }[]
  assert.deepEqual([other && 'scopes' in other, other?.permissions.length], [false, 2])
  assert.equal((await put(bearer, album, [{ username: 'taras', scopes: ['edit'] }])).status, 204)
  assert.deepEqual(await permissions(bearer, album), [person('ivan', 'view'), person('taras', 'edit')])
  assert.equal((await put(bearer, album, [{ username: 'taras', scopes: [] }])).status, 204)
  assert.deepEqual(await permissions(bearer, album), [person('ivan', 'view')])
  assert.deepEqual(listOf(await call('GET', '/resources/shared-with-me', taras)), [])
})

test('who has asked is shown, and let in', async () => {
  const bearer = await logIn(server, name, 'olena')
  const taras = await logIn(server, name, 'taras')
  const hidden = await call('GET', `/resources/${book}/user?value=taras`, bearer)
  assert.deepEqual([hidden.status, hidden.text], [403, ''])
  assert.equal((await call('GET', `/resources/${book}/user?value=nobody`, bearer)).status, 204)
  await ask(book, 'taras', 'view')
  const pending = listOf(await call('GET', '/resources/pending-requests', taras))
  assert.deepEqual(pending, [{ ...described('book', book), scopes: [{ name: 'view', displayName: 'See it' }] }])
  assert.deepEqual(await permissions(bearer, book, 'permissions/requests'), [person('taras', 'view')])
  assert.deepEqual(await permissions(bearer, book), [])
  const { scopes: _scopes, ...known } = person('taras')
  assert.deepEqual((await call('GET', `/resources/${book}/user?value=taras@example.com`, bearer)).json, { id: ids['taras'], ...known })
  assert.equal((await put(bearer, book, [{ username: 'taras', scopes: ['view', 'edit'] }])).status, 204)
  assert.deepEqual(await permissions(bearer, book), [person('taras', 'edit', 'view')])
  assert.deepEqual(await permissions(bearer, book, 'permissions/requests'), [])
  await ask(book, 'viewer', 'view')
  assert.equal((await put(bearer, book, [{ username: 'viewer', scopes: [] }])).status, 204)
  assert.deepEqual(await permissions(bearer, book, 'permissions/requests'), [])
})

test('what is no list of permissions is refused', async () => {
  const bearer = await logIn(server, name, 'olena')
  const invalid = { error: 'invalid_permissions' }
  const cases: readonly (readonly [unknown, number, Json])[] = [
    [[], 400, invalid],
    [[{ username: 'nobody', scopes: ['view'] }], 404, { error: 'nobody' }],
    [[{ scopes: ['view'] }], 404, { error: 'unknown_error' }],
    [{}, 400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }],
  ]
  for (const [body, status, json] of cases) {
    const answer = await put(bearer, album, body)
    assert.deepEqual([answer.status, answer.json], [status, json], JSON.stringify(body))
  }
  const empty = await call('PUT', `/resources/${album}/permissions`, bearer)
  assert.deepEqual([empty.status, empty.json], [400, invalid])
  const viewer = await logIn(server, name, 'viewer')
  assert.equal((await put(viewer, album, [{ username: 'viewer', scopes: ['view'] }])).status, 400)
  if (server.onReference) return
  // The reference fails without a word.
  assert.deepEqual((await put(bearer, album, [{ username: 'taras', scopes: ['nope'] }])).json, { error: 'invalid_scope' })
  assert.deepEqual((await put(bearer, album, [{ username: 'taras' }])).json, invalid)
})

test('people share where the realm lets them', async () => {
  const bearer = await logIn(server, name, 'olena')
  await server.realm(name).change({ userManagedAccessAllowed: false })
  for (const path of ['/resources', '/resources/shared-with-me', `/resources/${album}`]) {
    const { status, json } = await call('GET', path, bearer)
    assert.deepEqual([status, json], [403, { errorMessage: 'User-managed access not enabled' }])
  }
  await server.realm(name).change({ userManagedAccessAllowed: true })
})

test('lists cost as many statements for many resources as for one', { skip: server.onReference }, async () => {
  const bearer = await logIn(server, name, 'ivan')
  const count = async (path: string): Promise<number> => (await server.statements(() => call('GET', path, bearer))).length
  await put(bearer, foreign, [{ username: 'olena', scopes: ['view'] }])
  const paths = ['/resources', '/resources/shared-with-me', '/resources/shared-with-others', `/resources/${foreign}/permissions`]
  for (const path of paths) await count(path)
  const few = new Map<string, number>()
  for (const path of paths) few.set(path, await count(path))
  for (let at = 0; at < 10; at += 1) {
    const made = await register(`more-${at}`, 'ivan')
    await put(bearer, made, [
      { username: 'olena', scopes: ['view'] },
      { username: 'taras', scopes: ['edit'] },
    ])
  }
  for (const path of paths) assert.equal(await count(path), few.get(path), path)
})
