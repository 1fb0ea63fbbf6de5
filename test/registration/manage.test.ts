import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwtClaims } from '../server/jwt.ts'
import { serverOfFile } from '../server.ts'
import { realmOfAdministrators, redirectUris, registering } from './registering.ts'

const name = 'reg-manage'
const server = await serverOfFile({ realms: [realmOfAdministrators(name)] })
const { initialToken, register, registerClient, stored, accessToken, answered, call } = registering(server, name)

interface Client {
  readonly id: string
  readonly token: string
}

async function newClient(metadata: Record<string, unknown> = {}): Promise<Client> {
  const json = await answered(201, register(await initialToken(), { redirect_uris: redirectUris, ...metadata }))
  return { id: String(json['client_id']), token: String(json['registration_access_token']) }
}

const at = (id: string): string => `/openid-connect/${encodeURIComponent(id)}`
const sorted = (list: unknown): unknown[] => (list as unknown[]).toSorted()
const notYours = { error: 'invalid_token', error_description: 'Not authorized to update client. Maybe missing token or bad token type.' }
const notShown = {
  error: 'invalid_token',
  error_description: 'Not authorized to view client. Not valid token or client credentials provided.',
}

test('a client reads itself with its token, as often as it likes', async () => {
  const { id, token } = await newClient({ client_name: 'Reader' })
  for (const _time of [1, 2]) {
    const json = await answered(200, call('GET', at(id), { bearer: token }))
    assert.deepEqual([json['client_id'], json['client_name'], json['registration_access_token']], [id, 'Reader', token])
    assert.equal(json['client_id_issued_at'], undefined)
  }
})

test('a client changes itself: its token is void afterwards and another comes with the answer', async () => {
  const { id, token } = await newClient({ client_name: 'Before' })
  const change = { client_id: id, redirect_uris: redirectUris, client_name: 'After' }
  const json = await answered(200, call('PUT', at(id), { bearer: token, json: change }))
  assert.equal(json['client_name'], 'After')
  assert.deepEqual(await answered(401, call('PUT', at(id), { bearer: token, json: change })), notYours)
  assert.deepEqual(await answered(401, call('GET', at(id), { bearer: token })), notShown)
  await answered(200, call('GET', at(id), { bearer: String(json['registration_access_token']) }))
  assert.equal((await stored(id))['name'], 'After')
})

test('a change keeps what it does not name; scopes that it names are those that are asked for', async () => {
  const { id, token } = await newClient({ client_name: 'Kept', scope: 'phone' })
  const json = await answered(200, call('PUT', at(id), { bearer: token, json: { client_id: id, scope: 'address basic' } }))
  assert.deepEqual([json['client_name'], json['redirect_uris'], json['scope']], ['Kept', redirectUris, 'address'])
  assert.deepEqual((await stored(id))['defaultClientScopes'], ['basic'])
  const again = { bearer: String(json['registration_access_token']), json: { client_id: id, subject_type: 'pairwise' } }
  const pairwise = await answered(200, call('PUT', at(id), again))
  assert.deepEqual([pairwise['subject_type'], pairwise['scope']], ['pairwise', 'address'])
  const back = { bearer: String(pairwise['registration_access_token']), json: { client_id: id } }
  assert.equal((await answered(200, call('PUT', at(id), back)))['subject_type'], 'public')
  assert.equal((await stored(id))['protocolMappers'], undefined)
})

test('a change that is no good is refused, and the token stays', async () => {
  const { id, token } = await newClient()
  const refuse = async (json: Record<string, unknown>, error: string, description: string): Promise<void> =>
    assert.deepEqual(await answered(400, call('PUT', at(id), { bearer: token, json })), { error, error_description: description })
  await refuse({ client_id: 'another' }, 'invalid_client_metadata', 'Client Identifier modified')
  await refuse({}, 'invalid_client_metadata', 'Client Identifier modified')
  const fragment = { client_id: id, redirect_uris: ['http://localhost/#x'] }
  await refuse(fragment, 'invalid_redirect_uri', 'A redirect URI must not contain an URL fragment')
  await answered(200, call('GET', at(id), { bearer: token }))
})

test('a client removes itself once', async () => {
  const { id, token } = await newClient()
  const gone = await call('DELETE', at(id), { bearer: token })
  assert.deepEqual([gone.status, gone.text], [204, ''])
  assert.deepEqual(await answered(401, call('DELETE', at(id), { bearer: token })), notYours)
  assert.deepEqual(await answered(401, call('GET', at(id), { bearer: token })), notShown)
})

test("a client's token is good for that client alone, and only while it is enabled", async () => {
  const [mine, other] = [await newClient(), await newClient()]
  for (const method of ['PUT', 'DELETE'])
    assert.deepEqual(await answered(401, call(method, at(other.id), { bearer: mine.token, json: { client_id: other.id } })), notYours)
  assert.deepEqual(await answered(401, call('GET', at(other.id), { bearer: mine.token })), notShown)
  await server.realm(name).changeClient(mine.id, { enabled: false })
  assert.deepEqual(await answered(401, call('GET', at(mine.id), { bearer: mine.token })), notShown)
  assert.deepEqual(await answered(401, call('PUT', at(mine.id), { bearer: mine.token, json: { client_id: mine.id } })), notYours)
})

test("a client's token survives the revocation of everything before now, and means nothing anywhere else", async () => {
  const { id, token } = await newClient()
  const { iat } = jwtClaims(token)
  await server.realm(name).change({ notBefore: Number(iat) + 10 })
  await answered(200, call('GET', at(id), { bearer: token }))
  await server.realm(name).change({ notBefore: 0 })
  assert.equal((await server.realm(name).userinfo(token)).status, 401)
  assert.equal((await server.call('GET', `/admin/realms/${name}/clients`, { bearer: token })).status, 401)
  const introspected = await server.realm(name).introspect({ token }, { basic: ['closed', 'secret-of-closed'] })
  assert.deepEqual(introspected.json, { active: false })
})

test('administrators see and change every client by their access tokens, and get no token of the client', async () => {
  const { id } = await newClient()
  const [manager, viewer, creator] = await Promise.all(['manager', 'viewer', 'creator'].map(accessToken))
  const seen = await answered(200, call('GET', at(id), { bearer: viewer ?? '' }))
  assert.deepEqual([seen['client_id'], seen['registration_access_token']], [id, undefined])
  const forbidden = { error: 'insufficient_scope', error_description: 'Forbidden' }
  assert.deepEqual(await answered(403, call('GET', at(id), { bearer: creator ?? '' })), forbidden)
  const change = { client_id: id, client_name: 'Managed' }
  assert.deepEqual(await answered(403, call('PUT', at(id), { bearer: viewer ?? '', json: change })), forbidden)
  assert.equal((await answered(200, call('PUT', at(id), { bearer: manager ?? '', json: change })))['client_name'], 'Managed')
  assert.deepEqual(await answered(404, call('GET', at('no-such-client'), { bearer: manager ?? '' })), {
    error: 'invalid_request',
    error_description: 'Client not found',
  })
  assert.deepEqual(await answered(403, call('DELETE', '/default/account', { bearer: manager ?? '' })), { error: 'HTTP 403 Forbidden' })
  assert.equal((await call('DELETE', at(id), { bearer: manager ?? '' })).status, 204)
})

test('an initial access token registers and does nothing else', async () => {
  const { id } = await newClient()
  const bearer = await initialToken()
  assert.deepEqual(await answered(401, call('GET', at(id), { bearer })), {
    error: 'invalid_token',
    error_description: 'Not initial access token allowed',
  })
  assert.deepEqual(await answered(401, call('PUT', at(id), { bearer, json: { client_id: id } })), notYours)
})

test("the server's own JSON changes scopes, mappers and roles that everybody has", async () => {
  const made = await answered(201, registerClient(await initialToken(), { clientId: 'own', redirectUris, defaultRoles: ['old', 'kept'] }))
  const mapper = { name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-full-name-mapper', config: {} }
  const change = {
    clientId: 'own',
    defaultClientScopes: ['email'],
    optionalClientScopes: ['email', 'phone'],
    protocolMappers: [mapper],
    defaultRoles: ['kept', 'new'],
  }
  const json = await answered(200, call('PUT', '/default/own', { bearer: String(made['registrationAccessToken']), json: change }))
  assert.deepEqual(
    [json['defaultClientScopes'], json['optionalClientScopes'], sorted(json['defaultRoles']), json['redirectUris']],
    [['email'], ['phone'], ['kept', 'new'], redirectUris],
  )
  assert.equal((json['protocolMappers'] as unknown[]).length, 1)
  const token = String(json['registrationAccessToken'])
  const alone = await answered(
    200,
    call('PUT', '/default/own', { bearer: token, json: { clientId: 'own', optionalClientScopes: ['address'] } }),
  )
  assert.deepEqual([alone['defaultClientScopes'], alone['optionalClientScopes']], [[], ['address']])
})

test('a client of another protocol is no OpenID Connect client, though it is a client', async () => {
  const made = await answered(201, registerClient(await initialToken(), { clientId: 'other-protocol', protocol: 'saml' }))
  const bearer = String(made['registrationAccessToken'])
  assert.deepEqual(await answered(400, call('GET', at('other-protocol'), { bearer })), {
    error: 'invalid_client',
    error_description: 'Wrong client protocol.',
  })
  assert.equal((await answered(200, call('GET', '/default/other-protocol', { bearer })))['protocol'], 'saml')
})

test('a token that the Admin API makes takes the place of the client’s own', async () => {
  const { id, token } = await newClient()
  const made = await server.admin('POST', `/realms/${name}/clients/${(await stored(id))['id']}/registration-access-token`)
  assert.deepEqual(await answered(401, call('GET', at(id), { bearer: token })), notShown)
  await answered(200, call('GET', at(id), { bearer: String(made.json['registrationAccessToken']) }))
})

test("an adapter's file is for administrators, the client itself and, of public clients, for everybody", async () => {
  const file = await answered(200, call('GET', '/install/closed', { basic: ['closed', 'secret-of-closed'] }))
  assert.deepEqual(file, {
    realm: name,
    'auth-server-url': `${server.url}/`,
    'ssl-required': 'external',
    resource: 'closed',
    credentials: { secret: 'secret-of-closed' },
    'confidential-port': 0,
  })
  assert.equal((await answered(200, call('GET', '/install/app')))['public-client'], true)
  await answered(200, call('GET', '/install/closed', { bearer: await accessToken('viewer') }))
  const refuse = async (options: Parameters<typeof call>[2], path: string, text: string): Promise<void> =>
    assert.deepEqual(await answered(401, call('GET', path, options)), { error: 'invalid_token', error_description: text })
  await refuse({ basic: ['closed', 'wrong'] }, '/install/closed', 'Failed to authenticate client')
  await refuse({}, '/install/closed', 'Failed to authenticate client')
  await refuse({ basic: ['closed', 'secret-of-closed'] }, '/install/saml', 'Different client authenticated')
  await refuse({}, '/install/no-such-client', notShown.error_description)
  await answered(403, call('GET', '/install/closed', { bearer: await accessToken('nobody') }))
})
