import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { modulo, recorded } from './administrators.ts'

const server = await serverOfFile({
  realms: [
    { realm: 'cli-scopes', enabled: true },
    { realm: 'cli-fresh', enabled: true },
  ],
})
const realm = '/realms/cli-scopes'
const base = `${realm}/client-scopes`

const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }

const lastSegment = ({ headers }: Answer): string => String(headers.location).split('/').at(-1) ?? ''
const list = async (path: string): Promise<Json[]> => (await server.admin('GET', path)).json as unknown as Json[]

async function create(scope: Json, path = base): Promise<string> {
  const answer = await server.admin('POST', path, { protocol: 'openid-connect', ...scope })
  assert.deepEqual([answer.status, answer.text], [201, ''])
  assert.equal(answer.headers.location, `${server.url}/admin${path}/${lastSegment(answer)}`)
  return lastSegment(answer)
}

async function refused(method: string, path: string, body: unknown, status: number, answer: unknown): Promise<void> {
  const { status: got, json } = await server.admin(method, path, body)
  assert.deepEqual([got, json], [status, answer])
}

for (const name of ['clients', 'client-scopes', 'default-default-client-scopes', 'default-optional-client-scopes']) {
  test(`a new realm answers as recorded: ${name}`, async () => {
    const text = JSON.stringify(await list(`/realms/cli-fresh/${name}`)).replaceAll('/cli-fresh/', '/x/')
    assert.deepEqual(modulo(JSON.parse(text)), modulo(JSON.parse(JSON.stringify(recorded(name)).replaceAll(/<mapper:[^>]*>/g, '~'))))
  })
}

test('a scope is made, read under both of its paths, changed and removed', async () => {
  const id = await create({ name: 'crud', description: 'd', attributes: { a: '', 'include.in.token.scope': 'false' }, nope: 1 })
  const scope = {
    id,
    name: 'crud',
    description: 'd',
    protocol: 'openid-connect',
    attributes: { a: '', 'include.in.token.scope': 'false' },
  }
  assert.deepEqual((await server.admin('GET', `${base}/${id}`)).json, scope)
  assert.deepEqual((await server.admin('GET', `${realm}/client-templates/${id}`)).json, scope)
  assert.ok((await list(base)).some((other) => other['id'] === id))
  const changed = async (patch: Json): Promise<Json> => {
    const { status, text } = await server.admin('PUT', `${base}/${id}`, { name: 'crud', ...patch })
    assert.deepEqual([status, text], [204, ''])
    return (await server.admin('GET', `${base}/${id}`)).json
  }
  assert.deepEqual(await changed(scope), scope)
  assert.deepEqual((await changed({ attributes: { b: '2' } }))['attributes'], { ...scope.attributes, b: '2' })
  assert.deepEqual((await changed({ attributes: { b: null, a: 'x' } }))['attributes'], { ...scope.attributes, a: 'x' })
  assert.equal((await changed({ description: '' }))['description'], '')
  assert.equal((await changed({ name: 'renamed', id: 'other', protocolMappers: [{ name: 'x' }] }))['name'], 'renamed')
  assert.equal((await changed({ protocol: 'saml' }))['protocol'], 'saml')
  assert.equal((await server.admin('DELETE', `${base}/${id}`)).status, 204)
  for (const method of ['GET', 'PUT', 'DELETE'])
    await refused(method, `${base}/${id}`, method === 'PUT' ? { name: 'x' } : undefined, 404, { error: 'Could not find client scope' })
})

test('a scope can be made under its old name', async () => {
  const id = await create({ name: 'template' }, `${realm}/client-templates`)
  assert.equal((await server.admin('GET', `${base}/${id}`)).json['name'], 'template')
})

test('names and protocols are what a scope parameter can hold', async () => {
  await create({ name: 'a:b/c*' })
  await create({ name: 'of-saml', protocol: 'saml' })
  for (const name of ['bad name', '', 'ю', 'a"b', 'a\\b', 's20 '])
    await refused('POST', base, { name, protocol: 'openid-connect' }, 400, { errorMessage: `Unexpected name "${name}" for ClientScope` })
  for (const protocol of [undefined, 'nope', 'docker-v2'])
    await refused('POST', base, { name: 's2', protocol }, 400, { errorMessage: 'Unexpected protocol' })
  await refused('POST', base, { protocol: 'openid-connect' }, 500, unknown)
  await refused('POST', base, { name: 'email', protocol: 'openid-connect' }, 409, { errorMessage: 'Client Scope email already exists' })
  const id = await create({ name: 'to-rename' })
  await refused('PUT', `${base}/${id}`, { name: 'email' }, 409, { errorMessage: 'Client Scope email already exists' })
  await refused('PUT', `${base}/${id}`, { name: 'a b' }, 400, { errorMessage: 'Unexpected name "a b" for ClientScope' })
  await refused('PUT', `${base}/${id}`, {}, 500, unknown)
})

const mapper = (name: string, more: Json = {}): Json => ({
  name,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': name, 'claim.value': 'v', 'access.token.claim': 'true', 'id.token.claim': 'true' },
  ...more,
})

const clientAnswer = await server.admin('POST', `${realm}/clients`, { clientId: 'mapped', publicClient: true })
const clientPath = `${realm}/clients/${lastSegment(clientAnswer)}`
const scopeId = await create({ name: 'mapped-scope' })

for (const owner of [clientPath, `${base}/${scopeId}`, `${realm}/client-templates/${scopeId}`]) {
  const kind = owner.split('/').at(-2)
  const models = `${owner}/protocol-mappers/models`

  test(`a mapper of ${kind} is made, read, changed and removed`, async () => {
    const answer = await server.admin('POST', models, mapper('m1', { consentRequired: true, consentText: 'x' }))
    const id = lastSegment(answer)
    assert.deepEqual([answer.status, answer.text, answer.headers.location], [201, '', `${server.url}/admin${models}/${id}`])
    const read = async (): Promise<Json> => (await server.admin('GET', `${models}/${id}`)).json
    const config = { ...(mapper('m1')['config'] as Json), 'introspection.token.claim': 'true', 'userinfo.token.claim': 'true' }
    const made = { id, ...mapper('m1'), consentRequired: false, config }
    assert.deepEqual(await read(), made)
    assert.deepEqual(await list(`${owner}/protocol-mappers/protocol/openid-connect`), [made])
    assert.deepEqual(await list(`${owner}/protocol-mappers/protocol/saml`), [])
    assert.equal((await server.admin('PUT', `${models}/${id}`, made)).status, 204)
    assert.deepEqual(await read(), made)
    const change = mapper('other name', { id, protocol: 'saml', config: { 'claim.name': 'c', e: '' } })
    assert.equal((await server.admin('PUT', `${models}/${id}`, change)).status, 204)
    assert.deepEqual(await read(), { ...made, config: { 'claim.name': 'c' } })
    await refused('PUT', `${models}/${id}`, { ...change, protocolMapper: 'nope' }, 404, { error: 'ProtocolMapper provider not found' })
    await refused('PUT', `${models}/${id}`, { ...change, id: 'other' }, 500, unknown)
    assert.equal((await server.admin('DELETE', `${models}/${id}`)).status, 204)
    for (const method of ['GET', 'PUT', 'DELETE'])
      await refused(method, `${models}/${id}`, method === 'PUT' ? change : undefined, 404, { error: 'Model not found' })
  })

  test(`several mappers of ${kind} are made at once, or none`, async () => {
    const add = `${owner}/protocol-mappers/add-models`
    assert.equal((await server.admin('POST', add, [mapper('b1'), mapper('b2')])).status, 204)
    await refused('POST', add, [mapper('b3'), mapper('b1')], 409, {
      error: 'conflict',
      error_description: 'Protocol mapper name must be unique per protocol',
    })
    await refused('POST', add, [mapper('b4'), mapper('b5', { protocolMapper: 'nope' })], 404, {
      error: 'ProtocolMapper provider not found',
    })
    assert.equal((await server.admin('POST', add, [])).status, 204)
    const made = await list(models)
    assert.deepEqual(new Set(made.map(({ name }) => name)), new Set(['b1', 'b2']))
    // Switches that follow others are shown with the mapper by itself, not with its owner.
    const config = mapper('b1')['config'] as Json
    const followed = { ...config, 'introspection.token.claim': 'true', 'userinfo.token.claim': 'true' }
    assert.deepEqual(made.find(({ name }) => name === 'b1')?.['config'], followed)
    const shown = (await server.admin('GET', owner)).json['protocolMappers'] as Json[]
    assert.deepEqual(shown.find(({ name }) => name === 'b1')?.['config'], config)
    for (const { id } of made) await server.admin('DELETE', `${models}/${id}`)
  })
}

test('what is no mapper is refused', async () => {
  const models = `${clientPath}/protocol-mappers/models`
  const answer = await server.admin('POST', models, mapper('taken'))
  const duplicate = { error: 'conflict', error_description: 'Duplicate resource error' }
  const cases: readonly (readonly [Json, number, unknown])[] = [
    [mapper('taken'), 409, { errorMessage: 'Protocol mapper exists with same name' }],
    [mapper('m3', { id: lastSegment(answer) }), 409, { errorMessage: 'Protocol mapper exists with same name' }],
    [mapper('m2', { protocolMapper: 'nope' }), 404, { error: 'ProtocolMapper provider not found' }],
    [{ name: 'm2' }, 404, { error: 'ProtocolMapper provider not found' }],
    [mapper('m2', { name: null }), 409, duplicate],
    [mapper('m2', { protocol: null }), 409, duplicate],
    [mapper('m2', { name: 'n'.repeat(300) }), 500, unknown],
    [
      mapper('pairwise', { protocolMapper: 'oidc-sha256-pairwise-sub-mapper', config: {} }),
      400,
      {
        error: 'Client redirect URIs must contain a valid host component.',
        error_description: 'Client redirect URIs must contain a valid host component.',
      },
    ],
    [
      mapper('pairwise', { protocolMapper: 'oidc-sha256-pairwise-sub-mapper', config: { sectorIdentifierUri: 'http://127.0.0.1:1/x' } }),
      400,
      {
        error: 'Failed to get redirect URIs from the Sector Identifier URI.',
        error_description: 'Failed to get redirect URIs from the Sector Identifier URI.',
      },
    ],
  ]
  for (const [body, status, json] of cases) await refused('POST', models, body, status, json)
  await refused('POST', models, { ...mapper('x'), nope: 1 }, 400, {
    error: `Invalid json representation for ProtocolMapperRepresentation. Unrecognized field "nope" at line 1 column ${JSON.stringify({ ...mapper('x'), nope: 1 }).length}.`,
  })
  const none = '/00000000-0000-4000-8000-000000000000/protocol-mappers/models'
  await refused('GET', `${realm}/clients${none}`, undefined, 404, { error: 'Could not find client' })
  await refused('POST', `${base}${none}`, mapper('x'), 404, { error: 'Could not find client scope' })
})

test('one name may stand once for each protocol, and types of other protocols are known', async () => {
  const models = `${clientPath}/protocol-mappers/models`
  assert.equal((await server.admin('POST', models, mapper('twice'))).status, 201)
  const saml = mapper('twice', { protocol: 'saml', protocolMapper: 'saml-user-attribute-mapper', config: { 'access.token.claim': 'true' } })
  const answer = await server.admin('POST', models, saml)
  assert.equal(answer.status, 201)
  const { json } = await server.admin('GET', `${models}/${lastSegment(answer)}`)
  assert.deepEqual(json['config'], { 'access.token.claim': 'true' })
})

test('a client has a scope by default or on request; the first way that is given stays', async () => {
  const id = await create({ name: 'linked' })
  const saml = await create({ name: 'linked-saml', protocol: 'saml' })
  const has = async (): Promise<string[]> => {
    const kinds = ['default', 'optional']
    const lists = await Promise.all(kinds.map((kind) => list(`${clientPath}/${kind}-client-scopes`)))
    return kinds.filter((_kind, index) => lists[index]?.some((scope) => scope['id'] === id))
  }
  const change = async (method: string, kind: string, scope = id): Promise<number> =>
    (await server.admin(method, `${clientPath}/${kind}-client-scopes/${scope}`)).status
  assert.deepEqual([await change('PUT', 'default'), await has()], [204, ['default']])
  assert.deepEqual([await change('PUT', 'default'), await has()], [204, ['default']])
  assert.deepEqual([await change('PUT', 'optional'), await has()], [204, ['default']])
  assert.deepEqual([await change('DELETE', 'optional'), await has()], [204, []])
  assert.deepEqual([await change('PUT', 'optional'), await has()], [204, ['optional']])
  const [shown] = (await list(`${clientPath}/optional-client-scopes`)).filter((scope) => scope['id'] === id)
  assert.deepEqual(shown, { id, name: 'linked' })
  assert.equal(await change('PUT', 'default', saml), 204)
  assert.ok(!(await list(`${clientPath}/default-client-scopes`)).some((scope) => scope['id'] === saml))
  for (const method of ['PUT', 'DELETE'])
    await refused(method, `${clientPath}/default-client-scopes/nope`, undefined, 404, { error: 'Client scope not found' })
  // A scope that is in use can be removed; whoever has it loses it.
  assert.equal((await server.admin('DELETE', `${base}/${id}`)).status, 204)
  assert.deepEqual(await has(), [])
})

test('new clients get what the realm’s two lists say', async () => {
  const id = await create({ name: 'given' })
  const names = async (kind: string) => (await list(`${realm}/default-${kind}-client-scopes`)).map(({ name }) => name)
  assert.equal((await server.admin('PUT', `${realm}/default-default-client-scopes/${id}`)).status, 204)
  assert.equal((await names('default')).at(-1), 'given')
  for (const kind of ['default', 'optional'])
    await refused('PUT', `${realm}/default-${kind}-client-scopes/${id}`, undefined, 409, {
      error: 'conflict',
      error_description: 'Duplicate resource error',
    })
  for (const method of ['PUT', 'DELETE'])
    await refused(method, `${realm}/default-optional-client-scopes/nope`, undefined, 404, { error: 'Client scope not found' })
  const made = lastSegment(await server.admin('POST', `${realm}/clients`, { clientId: 'gets-given' }))
  assert.ok(((await server.admin('GET', `${realm}/clients/${made}`)).json['defaultClientScopes'] as string[]).includes('given'))
  for (const _again of [1, 2]) assert.equal((await server.admin('DELETE', `${realm}/default-default-client-scopes/${id}`)).status, 204)
  assert.ok(!(await names('default')).includes('given'))
})

test('scopes and assignments of the first clients are as recorded', { skip: server.onReference }, async () => {
  const expected = recorded('client-assigned-scopes') as Readonly<Record<string, { default: string[]; optional: string[] }>>
  const clients = await list('/realms/cli-fresh/clients')
  for (const { id, clientId } of clients) {
    const wanted = expected[String(clientId)]
    if (wanted === undefined) continue
    for (const kind of ['default', 'optional'] as const) {
      const names = (await list(`/realms/cli-fresh/clients/${id}/${kind}-client-scopes`)).map(({ name }) => name)
      assert.deepEqual(new Set(names), new Set(wanted[kind]))
    }
  }
})
