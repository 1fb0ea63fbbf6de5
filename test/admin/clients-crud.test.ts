import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { clientIds, modulo, recorded } from './administrators.ts'

const server = await serverOfFile({ realms: [{ realm: 'cli-crud', enabled: true, registrationAllowed: false }] })
const base = '/realms/cli-crud/clients'

const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }

async function create(client: Json): Promise<string> {
  const { status, headers, text } = await server.admin('POST', base, client)
  assert.deepEqual([status, text], [201, ''], text)
  const location = String(headers.location)
  assert.ok(location.startsWith(`${server.url}/admin/realms/cli-crud/clients/`), location)
  return location.slice(location.lastIndexOf('/') + 1)
}

const read = async (id: string): Promise<Json> => (await server.admin('GET', `${base}/${id}`)).json

/** Lists of the reference have no order. */
const unordered = (value: unknown): string | undefined => (Array.isArray(value) ? JSON.stringify(value.toSorted()) : JSON.stringify(value))

/** What is other after the PUT than before: member → new value. */
async function changed(id: string, patch: Json): Promise<Json> {
  const before = await read(id)
  const { status, text } = await server.admin('PUT', `${base}/${id}`, patch)
  assert.deepEqual([status, text], [204, ''])
  const after = await read(id)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(names.filter((name) => unordered(before[name]) !== unordered(after[name])).map((name) => [name, after[name]]))
}

async function refused(method: string, path: string, body: unknown, status: number, answer: unknown): Promise<void> {
  const { status: got, json } = await server.admin(method, path, body)
  assert.deepEqual([got, json], [status, answer])
}

const invalid = (description: string): Json => ({ error: 'invalid_input', error_description: description })

const kinds = recorded('client-creation-defaults') as Readonly<Record<string, { request: Json; client: Json }>>

function comparable({ attributes, ...client }: Json): unknown {
  // Keys are made anew, and are not in the recording.
  const entries = Object.entries(attributes as Json).filter(([name]) => !name.startsWith('saml.signing.'))
  const known = entries.map(([name, value]) => [name, name === 'client.secret.creation.time' ? '~' : value] as const)
  return modulo({ ...client, ...(client['secret'] === undefined ? {} : { secret: '~' }), attributes: Object.fromEntries(known) })
}

for (const [kind, { request, client }] of Object.entries(kinds)) {
  test(`a new client has the reference's defaults: ${kind}`, async () => {
    const id = await create(request)
    const expected: Json = { ...client, ...(client['secret'] === undefined ? {} : { secret: '~' }), id: '~' }
    const { access, ...made } = await read(id)
    assert.deepEqual(comparable({ ...made, id: '~' }), comparable(expected))
    assert.deepEqual(access, { view: true, configure: true, manage: true })
    for (const list of ['default', 'optional']) {
      const { json } = await server.admin('GET', `${base}/${id}/${list}-client-scopes`)
      const names = (json as unknown as Json[]).map((scope) => scope['name'])
      assert.deepEqual(modulo(names), modulo(made[`${list}ClientScopes`]))
    }
  })

  test(`a PUT of what was read changes nothing: ${kind}`, async () => {
    const id = await create({ ...request, clientId: `again-${kind}` })
    assert.deepEqual(await changed(id, await read(id)), {})
  })
}

test('a SAML client that signs has a key with a certificate of its own name; one that does not has none', async () => {
  const attributes = async (more: Json): Promise<Json> => (await read(await create({ protocol: 'saml', ...more })))['attributes'] as Json
  const signing = await attributes({ clientId: 'signing-saml' })
  const certificate = new X509Certificate(Buffer.from(String(signing['saml.signing.certificate']), 'base64'))
  const key = createPrivateKey({ key: Buffer.from(String(signing['saml.signing.private.key']), 'base64'), format: 'der', type: 'pkcs1' })
  assert.equal(certificate.subject, 'CN=signing-saml')
  assert.ok(certificate.checkPrivateKey(key))
  const silent = await attributes({ clientId: 'silent-saml', attributes: { 'saml.client.signature': 'false' } })
  assert.equal(silent['saml.signing.private.key'], undefined)
})

test('an empty client is called by its id, and a given id is kept', async () => {
  const id = await create({})
  assert.equal((await read(id))['clientId'], id)
  assert.equal(await create({ id: 'crud-own-id', clientId: 'with-id' }), 'crud-own-id')
  await refused('POST', base, { id: 'crud-own-id', clientId: 'other' }, 409, {
    error: 'conflict',
    error_description: 'Duplicate resource error',
  })
})

test('ids and names that are too long are refused, and odd ones are encoded in the answer', async () => {
  await refused('POST', base, { clientId: 'c'.repeat(256) }, 500, unknown)
  await refused('POST', base, { clientId: 'long-id', id: 'i'.repeat(37) }, 400, invalid('Client ID must not exceed 36 characters'))
  if (server.onReference) return
  const { status, headers } = await server.admin('POST', base, { clientId: 'odd-id', id: 'a\r\nb/c' })
  assert.deepEqual([status, String(headers.location).split('/').at(-1)], [201, 'a%0D%0Ab%2Fc'])
})

test('a clientId is there once, whether it is made or given by a PUT', async () => {
  const id = await create({ clientId: 'once' })
  await refused('POST', base, { clientId: 'once' }, 409, { errorMessage: 'Client once already exists' })
  await refused('PUT', `${base}/${id}`, { clientId: 'account' }, 409, { error: 'conflict', error_description: 'Duplicate resource error' })
  assert.equal((await read(id))['clientId'], 'once')
})

test('a client that names OpenID Connect is public and has the password grant, unless it says otherwise', async () => {
  const forced = { 'backchannel.logout.session.required': 'true', 'backchannel.logout.revoke.offline.tokens': 'false' }
  const made = async (client: Json): Promise<Json> => read(await create({ protocol: 'openid-connect', ...client }))
  const open = await made({ attributes: { 'backchannel.logout.session.required': 'false', color: 'red' } })
  assert.deepEqual([open['publicClient'], open['directAccessGrantsEnabled'], open['standardFlowEnabled']], [true, true, true])
  const { 'client.secret.creation.time': time, ...attributes } = open['attributes'] as Record<string, string>
  assert.match(String(time), /^\d+$/)
  assert.deepEqual(attributes, { ...forced, color: 'red', realm_client: 'false' })
  assert.equal('secret' in open, false)
  const closed = await made({ publicClient: false, directAccessGrantsEnabled: false, secret: 'of-its-own' })
  assert.deepEqual([closed['publicClient'], closed['directAccessGrantsEnabled'], closed['secret']], [false, false, 'of-its-own'])
  assert.deepEqual(closed['attributes'], { ...forced, realm_client: 'false' })
  const { publicClient } = await made({ publicClient: null, bearerOnly: true })
  assert.equal(publicClient, true)
  const unnamed = await read(await create({ protocol: null }))
  assert.deepEqual([unnamed['publicClient'], unnamed['directAccessGrantsEnabled']], [false, false])
})

test('a client that names OpenID Connect and a root URL may redirect below it, when it lists no redirect URI', async () => {
  const addresses = async (client: Json): Promise<unknown> => {
    const { adminUrl, redirectUris, webOrigins } = await read(await create({ protocol: 'openid-connect', ...client }))
    return [adminUrl, redirectUris, webOrigins]
  }
  const rootUrl = 'https://root.example:8443/app'
  const all = [rootUrl, [`${rootUrl}/*`], ['https://root.example:8443']]
  assert.deepEqual(await addresses({ rootUrl }), all)
  assert.deepEqual(await addresses({ rootUrl, redirectUris: [], webOrigins: ['https://other.example'] }), all)
  assert.deepEqual(await addresses({ rootUrl: `${rootUrl}/`, adminUrl: '/k' }), ['/k', [`${rootUrl}/*`], ['https://root.example:8443']])
  assert.deepEqual(await addresses({ rootUrl, redirectUris: ['/back'] }), [rootUrl, ['/back'], []])
  assert.deepEqual(await addresses({ rootUrl, protocol: null }), [undefined, [], []])
  const faults = 'Root URL is not a valid URL; Admin URL is not a valid URL'
  await refused('POST', base, { protocol: 'openid-connect', rootUrl: 'no-address' }, 400, invalid(faults))
  const ourselves = `${'$'}{authBaseUrl}`
  assert.deepEqual(await addresses({ rootUrl: ourselves, redirectUris: ['/back'] }), [undefined, ['/back'], []])
  await refused('POST', base, { protocol: 'openid-connect', rootUrl: ourselves }, 400, invalid('A redirect URI is not a valid URI'))
})

test('web origins come from redirect URIs, scopes that are named are the only ones', async () => {
  const redirecting = await read(await create({ clientId: 'redirecting', redirectUris: ['http://h/*', 'http://h/*', '/rel/*'] }))
  assert.deepEqual(redirecting['webOrigins'], ['http://h'])
  const named = await read(await create({ clientId: 'named', defaultClientScopes: ['email', 'nope'], serviceAccountsEnabled: true }))
  assert.deepEqual(
    [new Set(named['defaultClientScopes'] as string[]), named['optionalClientScopes']],
    [new Set(['service_account', 'email']), []],
  )
})

const bad: readonly (readonly [Json, string])[] = [
  [{ clientId: '' }, 'Client ID cannot be blank'],
  [{ protocol: 'nope' }, 'Invalid protocol: nope'],
  [{ rootUrl: 'not a url' }, 'Root URL is not a valid URL'],
  [{ rootUrl: 'JAVASCRIPT:x' }, 'Root URL uses an illegal scheme'],
  [{ rootUrl: 'http://a#f' }, 'Root URL must not contain an URL fragment'],
  [{ rootUrl: 'http://' }, 'Root URL is not a valid URL'],
  [{ rootUrl: 'http://[::1' }, 'Root URL is not a valid URL'],
  [{ rootUrl: 'nope:x' }, 'Root URL is not a valid URL'],
  [{ baseUrl: 'nope' }, 'Base URL is not a valid URL'],
  [{ baseUrl: 'javascript:x' }, 'Base URL uses an illegal scheme'],
  [{ adminUrl: 'data:x' }, 'Admin URL uses an illegal scheme'],
  [{ redirectUris: ['javascript:alert(1)', 'data:2'] }, 'A redirect URI uses an illegal scheme'],
  [{ redirectUris: ['a b'] }, 'A redirect URI is not a valid URI'],
  [{ redirectUris: ['http://a#frag'] }, 'A redirect URI must not contain an URL fragment'],
  [{ attributes: { logoUri: 'javascript:1' } }, 'Logo URL uses an illegal scheme'],
  [{ attributes: { policyUri: 'not a url' } }, 'Policy URL is not a valid URL'],
  [{ attributes: { tosUri: 'data:1' } }, 'Terms of service URL uses an illegal scheme'],
  [{ attributes: { 'backchannel.logout.url': 'not a url' } }, 'Backchannel logout URL is not a valid URL'],
  [{ attributes: { 'frontchannel.logout.url': 'rel' } }, 'Front-channel logout URL is not a valid URL'],
  [{ attributes: { 'jwks.url': 'javascript:1' } }, 'JWKS URL uses an illegal scheme'],
  [{ attributes: { 'request.uris': 'javascript:1' } }, 'Valid request URIs has a value with illegal scheme'],
  [{ attributes: { 'post.logout.redirect.uris': 'http://a#f##http://b' } }, 'A post-logout redirect URI must not contain an URL fragment'],
  [
    { protocol: 'saml', attributes: { saml_assertion_consumer_url_post: 'javascript:1' } },
    'Assertion Consumer Service POST Binding URL uses an illegal scheme',
  ],
  [
    { attributes: { 'use.jwks.url': 'true', 'use.jwks.string': 'true' } },
    'The "Use JWKS" switch and the switch "Use JWKS URL" cannot be ON at the same time.',
  ],
  [{ attributes: { 'acr.loa.map': '{"a":"b"}' } }, 'Invalid client configuration (ACR-LOA map) for client'],
  [
    { attributes: { 'acr.loa.map': '{"a":1}', 'default.acr.values': 'a##2' } },
    'Default ACR values need to contain values specified in the ACR-To-Loa mapping or number levels from set realm browser flow',
  ],
  [
    { attributes: { 'minimum.acr.value': 'zz' } },
    'Minimum ACR value needs to be value specified in the ACR-To-Loa mapping or number level from set realm browser flow',
  ],
  [
    { attributes: { 'ciba.backchannel.token.delivery.mode': 'ping' } },
    'CIBA Backchannel Client Notification Endpoint must be set for the CIBA ping mode',
  ],
  [{ attributes: { 'client.session.idle.timeout': '9999' } }, 'Client session idle timeout cannot exceed realm SSO session idle timeout.'],
  [{ attributes: { 'client.session.max.lifespan': '99999' } }, 'Client session max lifespan cannot exceed realm SSO session max lifespan.'],
  [
    { protocolMappers: [{ name: 'x', protocol: 'openid-connect', protocolMapper: 'oidc-sha256-pairwise-sub-mapper' }] },
    'Client redirect URIs must contain a valid host component.',
  ],
  [
    {
      protocolMappers: [{ name: 'x', protocol: 'openid-connect', protocolMapper: 'oidc-sha256-pairwise-sub-mapper' }],
      redirectUris: ['http://a/*', 'http://b/*'],
    },
    'Without a configured Sector Identifier URI, client redirect URIs must not contain multiple host components.',
  ],
  [
    { rootUrl: 'x', baseUrl: 'y z', redirectUris: ['javascript:1'] },
    'Base URL is not a valid URL; Root URL is not a valid URL; A redirect URI uses an illegal scheme',
  ],
  [
    {
      rootUrl: 'x',
      adminUrl: 'y z',
      attributes: {
        logoUri: 'x',
        policyUri: 'x',
        tosUri: 'x',
        'backchannel.logout.url': 'x y',
        'frontchannel.logout.url': 'x y',
        'jwks.url': 'x y',
        'request.uris': 'x y',
        'post.logout.redirect.uris': 'x y',
      },
    },
    'Backchannel logout URL is not a valid URL; Valid request URIs has an invalid value; A post-logout redirect URI is not a valid URI; ' +
      'Root URL is not a valid URL; Admin URL is not a valid URL; Policy URL is not a valid URL; Terms of service URL is not a valid URL; ' +
      'JWKS URL is not a valid URL; Front-channel logout URL is not a valid URL',
  ],
]

for (const [member, description] of bad) {
  test(`refused, when it is made and when it is changed: ${description.slice(0, 90)} ${JSON.stringify(member).slice(0, 40)}`, async () => {
    await refused('POST', base, { clientId: 'bad', ...member }, 400, invalid(description))
    const id = await create({})
    await refused('PUT', `${base}/${id}`, member, 400, invalid(description))
    await server.admin('DELETE', `${base}/${id}`)
  })
}

test('odd but lawful addresses are taken', async () => {
  const fine: readonly Json[] = [
    { redirectUris: ['*', '', 'http://*', 'vbscript:x', 'http://h/*x', 'myapp:/cb'] },
    { baseUrl: '/rel', adminUrl: '/x', rootUrl: 'http://h' },
    { rootUrl: `${'$'}{authBaseUrl}` },
    { rootUrl: 'ftp://x' },
    { baseUrl: 'http://a#f' },
    { attributes: { 'post.logout.redirect.uris': '+', 'frontchannel.logout.url': '/rel', logoUri: '/rel', 'jwks.url': '/rel' } },
    {
      attributes: {
        'request.uris': 'nope',
        'backchannel.logout.url': 'http://h/{sid}',
        'default.acr.values': '1',
        'acr.loa.map': '{"a":1}',
      },
    },
    { attributes: { 'client.session.idle.timeout': 'abc', 'access.token.lifespan': 'abc' } },
  ]
  for (const client of fine) await create(client)
})

test('what the reference fails over is answered as there', async () => {
  await refused('POST', base, { clientId: 'f', authenticationFlowBindingOverrides: { browser: 'nope' } }, 500, unknown)
  await refused('POST', base, { clientId: 'f', authorizationServicesEnabled: true }, 500, unknown)
  const { status, json } = await server.call('POST', `/admin${base}`, {})
  assert.deepEqual([status, json], [401, { error: 'HTTP 401 Unauthorized' }])
  await refused('POST', base, { clientId: 'f', nope: 1 }, 400, {
    error: 'Invalid json representation for ClientRepresentation. Unrecognized field "nope" at line 1 column 25.',
  })
  for (const method of ['GET', 'PUT', 'DELETE'])
    await refused(method, `${base}/00000000-0000-4000-8000-000000000000`, method === 'PUT' ? {} : undefined, 404, {
      error: 'Could not find client',
    })
})

test('a PUT replaces members, adds to attributes and leaves what it does not name', async () => {
  const id = await create({ clientId: 'put', secret: 's1', redirectUris: ['http://a/*'], attributes: { a: '1', b: '2' } })
  assert.deepEqual(await changed(id, {}), {})
  assert.deepEqual(await changed(id, { secret: 's2' }), { secret: 's2' })
  assert.deepEqual(await changed(id, { secret: null, enabled: null }), {})
  assert.deepEqual(await changed(id, { redirectUris: ['http://b/*'] }), { redirectUris: ['http://b/*'] })
  assert.deepEqual(await changed(id, { redirectUris: [], webOrigins: ['+'] }), { redirectUris: [], webOrigins: ['+'] })
  const attributes = async (patch: Json) => (await changed(id, { attributes: patch }))['attributes']
  assert.deepEqual(await attributes({ a: '3', b: '' }), { realm_client: 'false', a: '3' })
  assert.deepEqual(await attributes({ c: '4', a: null, realm_client: 'true' }), { realm_client: 'false', c: '4' })
  assert.equal(await attributes({}), undefined)
  assert.deepEqual(await changed(id, { name: 'n', description: '' }), { name: 'n', description: '' })
  assert.deepEqual(await changed(id, { registeredNodes: { h: 5 } }), { registeredNodes: { h: 5 } })
  assert.deepEqual(await changed(id, { registeredNodes: { g: 6 } }), { registeredNodes: { h: 5, g: 6 } })
  for (const ignored of [
    { id: 'other' },
    { defaultClientScopes: ['email'], optionalClientScopes: [] },
    { defaultRoles: ['r'] },
    { directGrantsOnly: true },
    { registrationAccessToken: 'x' },
    { access: { view: false }, origin: 'o' },
  ])
    assert.deepEqual(await changed(id, ignored), {})
})

test('a client that becomes public loses its secret, and gets another when it is so no more', async () => {
  const id = await create({ clientId: 'public-for-a-time', secret: 's1' })
  assert.deepEqual(await changed(id, { publicClient: true }), { secret: undefined, publicClient: true })
  const { secret, publicClient, attributes } = await changed(id, { publicClient: false })
  assert.match(String(secret), /^[A-Za-z0-9]{86}$/)
  assert.equal(publicClient, false)
  assert.match(String((attributes as Json)['client.secret.creation.time']), /^\d{10}$/)
})

test('mappers of a PUT are known by protocol and name; the others go away', async () => {
  const mapper = (name: string, more: Json = {}): Json => ({ name, protocol: 'openid-connect', protocolMapper: 'oidc-sub-mapper', ...more })
  const id = await create({ clientId: 'mapped', protocolMappers: [mapper('own'), mapper('other')] })
  const mappers = async () => (await read(id))['protocolMappers'] as Json[] | undefined
  const own = (await mappers())?.find(({ name }) => name === 'own')?.['id']
  await changed(id, { protocolMappers: [mapper('own', { id: 'zz', config: { a: 'b' } }), mapper('new', { id: 'new-in-put' })] })
  assert.deepEqual(
    new Set(await mappers()),
    new Set([
      { id: own, ...mapper('own'), consentRequired: false, config: { a: 'b' } },
      { id: 'new-in-put', ...mapper('new'), consentRequired: false, config: {} },
    ]),
  )
  const description = "Cannot add protocol mapper 'd'. Protocol mapper name must be unique per protocol"
  await refused('PUT', `${base}/${id}`, { protocolMappers: [mapper('d'), mapper('d')] }, 400, invalid(description))
  assert.deepEqual(await changed(id, { protocolMappers: [] }), { protocolMappers: undefined })
})

test('a flow of the realm can replace the realm’s own', async () => {
  const id = await create({ clientId: 'flows' })
  const flows = (await server.admin('GET', '/realms/cli-crud/authentication/flows')).json as unknown as Json[]
  const flow = Array.isArray(flows) ? flows.find(({ alias }) => alias === 'browser')?.['id'] : undefined
  await refused('PUT', `${base}/${id}`, { authenticationFlowBindingOverrides: { browser: 'nope' } }, 500, unknown)
  if (flow === undefined) return
  const overrides = { authenticationFlowBindingOverrides: { browser: flow } }
  assert.deepEqual(await changed(id, overrides), overrides)
  assert.deepEqual(await changed(id, { authenticationFlowBindingOverrides: { browser: '' } }), { authenticationFlowBindingOverrides: {} })
})

test('the user of a service account comes with it, is renamed with its client and goes with either', async () => {
  const id = await create({ clientId: 'Worker', secret: 'worker-secret-1' })
  const user = async () => {
    const { status, json } = await server.admin('GET', `${base}/${id}/service-account-user`)
    return status === 200 ? json['username'] : status
  }
  const token = async (clientId: string) =>
    (await server.realm('cli-crud').token({ grant_type: 'client_credentials' }, { basic: [clientId, 'worker-secret-1'] })).status
  assert.equal(await user(), 400)
  assert.notEqual(await token('Worker'), 200)
  await changed(id, { serviceAccountsEnabled: true })
  assert.deepEqual([await user(), await token('Worker')], ['service-account-worker', 200])
  assert.ok(((await read(id))['defaultClientScopes'] as string[]).includes('service_account'))
  await changed(id, { clientId: 'worker-2' })
  assert.deepEqual([await user(), await token('worker-2')], ['service-account-worker-2', 200])
  await changed(id, { serviceAccountsEnabled: false })
  assert.equal(await user(), 400)
  assert.ok(!((await read(id))['defaultClientScopes'] as string[]).includes('service_account'))
  await changed(id, { serviceAccountsEnabled: true })
  assert.equal((await server.admin('DELETE', `${base}/${id}`)).status, 204)
  const { json } = await server.admin('GET', '/realms/cli-crud/users?username=service-account-worker')
  assert.deepEqual(json, [])
})

test('authorization services come and go with what the client says', async () => {
  const id = await create({ clientId: 'guarded', serviceAccountsEnabled: true })
  const services = async (): Promise<number> => (await server.admin('GET', `${base}/${id}/authz/resource-server`)).status
  const role = async (): Promise<number> => (await server.admin('GET', `${base}/${id}/roles/uma_protection`)).status
  assert.deepEqual([await services(), await role()], [404, 404])
  assert.deepEqual(await changed(id, { authorizationServicesEnabled: true }), { authorizationServicesEnabled: true })
  assert.deepEqual([await services(), await role()], [200, 200])
  assert.deepEqual(await changed(id, await read(id)), {})
  assert.deepEqual(await changed(id, { authorizationServicesEnabled: false }), { authorizationServicesEnabled: undefined })
  assert.equal(await services(), 404)
  const made = await create({ clientId: 'guarded-at-once', serviceAccountsEnabled: true, authorizationServicesEnabled: true })
  assert.equal((await server.admin('GET', `${base}/${made}/authz/resource-server`)).status, 200)
})

test('clients that the realm needs cannot be removed', async () => {
  const ids = await clientIds(server, 'cli-crud')
  for (const clientId of ['account', 'account-console', 'admin-cli', 'broker', 'security-admin-console'])
    await refused('DELETE', `${base}/${ids[clientId]}`, undefined, 400, {
      error: 'invalid_request',
      error_description: 'Could not delete client',
    })
  for (const [method, body] of [
    ['PUT', { description: 'x' }],
    ['DELETE', undefined],
  ] as const)
    await refused(method, `${base}/${ids['realm-management']}`, body, 403, { error: 'HTTP 403 Forbidden' })
})

test('a search by attributes is refused: none is named as searchable', async () => {
  for (const [q, names] of [
    ['k1:v1', 'k1'],
    ['k2:"v x" k1:v1', 'k1, k2'],
  ] as const)
    await refused('GET', `${base}?q=${encodeURIComponent(q)}`, undefined, 400, {
      error: 'invalid_request',
      error_description: `Attributes [${names}] not allowed for search`,
    })
  assert.equal((await server.admin('GET', `${base}?q=bad&max=1`)).status, 200)
})

test('a client that asks people for consent has not every role in its scope, unless it says so', async () => {
  for (const [given, fullScopeAllowed] of [
    [{}, true],
    [{ consentRequired: true }, false],
    [{ consentRequired: true, fullScopeAllowed: true }, true],
  ] as const) {
    const clientId = `consent ${JSON.stringify(given)}`
    assert.equal((await read(await create({ clientId, ...given })))['fullScopeAllowed'], fullScopeAllowed, clientId)
  }
})

test('addresses of a client are kept once each', async () => {
  const id = await create({ clientId: 'doubled', redirectUris: ['http://a', 'http://a'], webOrigins: ['+', '+'] })
  assert.deepEqual([(await read(id))['redirectUris'], (await read(id))['webOrigins']], [['http://a'], ['+']])
  const twice = { redirectUris: ['http://b', 'http://b'], webOrigins: ['http://b', 'http://b'] }
  assert.deepEqual(await changed(id, twice), { redirectUris: ['http://b'], webOrigins: ['http://b'] })
})
