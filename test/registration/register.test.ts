import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { serverOfFile } from '../server.ts'
import { realmOfAdministrators, redirectUris, registering } from './registering.ts'

const name = 'reg-create'
const server = await serverOfFile({ realms: [realmOfAdministrators(name)] })
const { initialToken, register, registerClient, stored, accessToken, answered, call } = registering(server, name)

test('an initial access token registers a client by its metadata, and the answer is all that the client needs', async () => {
  const answer = await register(await initialToken(), { redirect_uris: redirectUris, client_name: 'App' })
  assert.equal(answer.status, 201, answer.text)
  const {
    client_id,
    client_secret,
    registration_access_token: token,
    registration_client_uri: uri,
    client_id_issued_at,
    ...rest
  } = answer.json
  assert.match(String(client_id), /^[0-9a-f-]{36}$/)
  assert.ok(String(client_secret).length >= 32)
  assert.equal(typeof client_id_issued_at, 'number')
  assert.equal(uri, `${server.realm(name).url}/clients-registrations/openid-connect/${client_id}`)
  assert.equal(answer.headers.location, uri)
  assert.equal(answer.headers['content-type'], 'application/json;charset=UTF-8')
  const scopes = String(rest['scope']).split(' ').sort()
  assert.deepEqual(scopes, ['address', 'microprofile-jwt', 'offline_access', 'organization', 'phone'])
  assert.deepEqual(
    { ...rest, scope: '' },
    {
      redirect_uris: redirectUris,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code', 'none'],
      client_name: 'App',
      scope: '',
      subject_type: 'public',
      request_uris: [],
      tls_client_certificate_bound_access_tokens: false,
      dpop_bound_access_tokens: false,
      post_logout_redirect_uris: redirectUris,
      client_secret_expires_at: 0,
      backchannel_logout_session_required: false,
      require_pushed_authorization_requests: false,
      frontchannel_logout_session_required: false,
    },
  )
  assert.equal(jwtHeader(String(token))['alg'], 'HS512')
  const { iss, aud, typ, exp, registration_auth } = jwtClaims(String(token))
  const issuer = server.realm(name).url
  assert.deepEqual(
    { iss, aud, typ, exp, registration_auth },
    { iss: issuer, aud: issuer, typ: 'RegistrationAccessToken', exp: 0, registration_auth: 'authenticated' },
  )
})

test('metadata decides flows, authentication, scopes, subjects and addresses of the stored client', async () => {
  const metadata = {
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'implicit', 'client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code', 'id_token token'],
    token_endpoint_auth_method: 'client_secret_post',
    client_uri: 'http://localhost/home',
    scope: 'address email',
    subject_type: 'pairwise',
    backchannel_logout_uri: 'http://localhost/logout',
    backchannel_logout_session_required: false,
    id_token_signed_response_alg: 'ES256',
    post_logout_redirect_uris: ['http://localhost/bye'],
  }
  const json = await answered(201, register(await initialToken(), metadata))
  assert.deepEqual(json['grant_types'], [
    'authorization_code',
    'implicit',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
    'refresh_token',
  ])
  assert.equal(json['token_endpoint_auth_method'], 'client_secret_post')
  assert.deepEqual(String(json['scope']).split(' ').sort(), ['address', 'email'])
  assert.deepEqual(json['post_logout_redirect_uris'], ['http://localhost/bye'])
  const client = await stored(String(json['client_id']))
  const { standardFlowEnabled, implicitFlowEnabled, serviceAccountsEnabled, directAccessGrantsEnabled, baseUrl } = client
  assert.deepEqual(
    { standardFlowEnabled, implicitFlowEnabled, serviceAccountsEnabled, directAccessGrantsEnabled, baseUrl },
    {
      standardFlowEnabled: true,
      implicitFlowEnabled: true,
      serviceAccountsEnabled: true,
      directAccessGrantsEnabled: false,
      baseUrl: 'http://localhost/home',
    },
  )
  assert.deepEqual((client['defaultClientScopes'] as string[]).toSorted(), ['basic', 'service_account'])
  const attributes = client['attributes'] as Record<string, string>
  assert.equal(attributes['backchannel.logout.session.required'], 'false', 'a client with an address for logout says the rest itself')
  assert.equal(attributes['id.token.signed.response.alg'], 'ES256')
  const [mapper] = client['protocolMappers'] as Record<string, unknown>[]
  assert.equal(mapper?.['protocolMapper'], 'oidc-sha256-pairwise-sub-mapper')
})

test('a registered client gets tokens at once', async () => {
  const json = await answered(201, register(await initialToken(), { grant_types: ['client_credentials'] }))
  const basic = [String(json['client_id']), String(json['client_secret'])] as const
  const token = await server.realm(name).accessToken(basic)
  assert.equal(jwtClaims(token)['azp'], basic[0])
})

test('a client with a key signs its own assertions: the key set is kept whole', async () => {
  const { subtle } = globalThis.crypto
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey)
  const jwks = { keys: [{ kid: 'one', kty, alg: 'ES256', use: 'sig', crv, x, y }] }
  const json = await answered(
    201,
    register(await initialToken(), { redirect_uris: redirectUris, token_endpoint_auth_method: 'private_key_jwt', jwks }),
  )
  assert.deepEqual(json['jwks'], jwks)
  assert.equal(json['client_secret'], undefined)
  const attributes = (await stored(String(json['client_id'])))['attributes'] as Record<string, string>
  assert.equal(attributes['jwt.credential.kid'], 'one')
  assert.ok(attributes['jwt.credential.public.key'])
})

const refused = [
  ['a client id', { client_id: 'mine' }, 'invalid_client_metadata', 'Client Identifier included'],
  [
    'a redirect URI with a fragment',
    { redirect_uris: ['http://localhost/#a'] },
    'invalid_redirect_uri',
    'A redirect URI must not contain an URL fragment',
  ],
  ['a script as redirect URI', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri', 'A redirect URI uses an illegal scheme'],
  ['a home that is no address', { client_uri: 'no address' }, 'invalid_client_metadata', 'Base URL is not a valid URL'],
  ['an unknown authentication method', { token_endpoint_auth_method: 'guess' }, 'invalid_client_metadata', 'Client metadata invalid'],
  ['an unknown response type', { response_types: ['guess'] }, 'invalid_client_metadata', 'Client metadata invalid'],
  [
    'a signed assertion without a key',
    { token_endpoint_auth_method: 'private_key_jwt' },
    'invalid_client_metadata',
    'Client metadata invalid',
  ],
  [
    'keys twice',
    { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://localhost/keys', jwks: { keys: [] } },
    'invalid_client_metadata',
    'Client metadata invalid',
  ],
  [
    'pairwise subjects of two hosts',
    { redirect_uris: ['http://a.example/', 'http://b.example/'], subject_type: 'pairwise' },
    'invalid_client_metadata',
    'Without a configured Sector Identifier URI, client redirect URIs must not contain multiple host components.',
  ],
] as const

for (const [what, metadata, error, description] of refused) {
  test(`${what} is refused in the words of RFC 7591, and no use of the token is lost`, async () => {
    const token = await initialToken({ count: 1 })
    assert.deepEqual(await answered(400, register(token, metadata)), { error, error_description: description })
    await answered(201, register(token, { redirect_uris: redirectUris }))
  })
}

test('a body that is no metadata is refused: unknown members, another type, a form', async () => {
  const token = await initialToken()
  const unknown = await answered(400, register(token, { software_statement: 'x' }))
  assert.match(
    String(unknown['error']),
    /^Invalid json representation for OIDCClientRepresentation. Unrecognized field "software_statement"/,
  )
  assert.deepEqual(await answered(400, register(token, { redirect_uris: 'http://localhost/' })), {
    error: 'unknown_error',
    error_description: 'Cannot parse the JSON',
  })
  if (!server.onReference) {
    const nothing = { error: 'invalid_client_metadata', error_description: 'Client metadata invalid' }
    for (const form of ['/openid-connect', '/default'])
      assert.deepEqual(await answered(400, call('POST', form, { bearer: token })), nothing)
  }
  const form = await call('POST', '/openid-connect', { bearer: token, form: { client_name: 'x' } })
  assert.equal(form.status, 415)
})

test('who may register: managers and creators of clients, and nobody else with an access token', async () => {
  for (const username of ['manager', 'creator']) await answered(201, register(await accessToken(username), { redirect_uris: redirectUris }))
  for (const username of ['viewer', 'nobody'])
    assert.deepEqual(await answered(403, register(await accessToken(username), { redirect_uris: redirectUris })), {
      error: 'insufficient_scope',
      error_description: 'Forbidden',
    })
})

test('a token that is no good is refused with the reason', async () => {
  const say = async (token: string, text: string): Promise<void> =>
    assert.deepEqual(await answered(401, register(token, { redirect_uris: redirectUris })), {
      error: 'invalid_token',
      error_description: text,
    })
  await say('garbage', 'Failed decode token')
  const once = await initialToken({ count: 1 })
  await answered(201, register(once, { redirect_uris: redirectUris }))
  await say(once, 'No remaining count on initial access token')
  const gone = await initialToken()
  const list = (await server.admin('GET', `/realms/${name}/clients-initial-access`)).json as unknown as { id: string }[]
  const { jti } = jwtClaims(gone)
  assert.ok(list.some(({ id }) => id === jti))
  await server.admin('DELETE', `/realms/${name}/clients-initial-access/${jti}`)
  await say(gone, 'Initial Access Token not found')
  const tokens = await answered(
    200,
    server.realm(name).token({ grant_type: 'password', client_id: 'app', username: 'manager', password: 'secret', scope: 'openid' }),
  )
  await say(String(tokens['id_token']), 'Invalid type of token')
  await say(String(tokens['refresh_token']), 'Invalid type of token')
})

test('an access token of a session that is over registers nothing', { skip: server.onReference }, async () => {
  const tokens = await answered(
    200,
    server.realm(name).token({ grant_type: 'password', client_id: 'app', username: 'manager', password: 'secret' }),
  )
  await server.realm(name).call('POST', '/protocol/openid-connect/logout', {
    form: { client_id: 'app', refresh_token: String(tokens['refresh_token']) },
  })
  await answered(401, register(String(tokens['access_token']), { redirect_uris: redirectUris }))
})

test('an initial access token for five clients registers five, however many ask at once', async () => {
  const token = await initialToken({ count: 5 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(token, { redirect_uris: redirectUris })))
  assert.equal(answers.filter(({ status }) => status === 201).length, 5)
  assert.equal(answers.filter(({ status }) => status === 401).length, 15)
})

test("the server's own JSON registers a client too, with roles that everybody has", async () => {
  const token = await initialToken()
  const answer = await registerClient(token, { clientId: 'own', redirectUris, defaultRoles: ['b', 'a'] })
  assert.equal(answer.status, 201, answer.text)
  assert.equal(answer.headers.location, `${server.realm(name).url}/clients-registrations/default/own`)
  assert.deepEqual([(answer.json['defaultRoles'] as string[]).toSorted(), answer.json['publicClient']], [['a', 'b'], false])
  const composites = (await server.admin('GET', `/realms/${name}/roles/default-roles-${name}/composites`)).json as unknown as {
    name: string
  }[]
  assert.deepEqual(
    ['a', 'b'].filter((role) => composites.some((one) => one.name === role)),
    ['a', 'b'],
  )
  assert.deepEqual(await answered(400, registerClient(token, { clientId: 'own' })), {
    error: 'invalid_client_metadata',
    error_description: 'Client Identifier in use',
  })
  assert.deepEqual(await answered(400, registerClient(token, { clientId: '' })), {
    error: 'invalid_client_metadata',
    error_description: 'Client ID cannot be blank',
  })
})

test('scripts of the origins that an initial access token names may register; others are refused before anything is written', async () => {
  const token = await initialToken({ webOrigins: ['http://app.example'] })
  const good = await register(token, { redirect_uris: redirectUris }, { headers: { origin: 'http://app.example' } })
  assert.equal(good.status, 201, good.text)
  assert.equal(good.headers['access-control-allow-origin'], 'http://app.example')
  const bad = await register(token, { redirect_uris: redirectUris, client_name: 'Evil' }, { headers: { origin: 'http://evil.example' } })
  assert.deepEqual([bad.status, bad.json, bad.headers['access-control-allow-origin']], [403, { error: 'Invalid origin' }, undefined])
  const clients = (await server.admin('GET', `/realms/${name}/clients`)).json as unknown as { name?: string }[]
  assert.ok(clients.every((client) => client.name !== 'Evil'))
  const before = await call('OPTIONS', '/openid-connect', {
    headers: { origin: 'http://any.example', 'access-control-request-method': 'POST' },
  })
  assert.equal(before.headers['access-control-allow-origin'], 'http://any.example')
  assert.deepEqual(String(before.headers['access-control-allow-methods']).split(', ').sort(), ['DELETE', 'GET', 'OPTIONS', 'POST', 'PUT'])
})

test('what happens is told by audit events, without a token or a secret', async () => {
  await server.realm(name).events()
  const json = await answered(201, register(await initialToken(), { redirect_uris: redirectUris }))
  await answered(401, register('garbage', { redirect_uris: redirectUris }))
  await answered(403, register(await accessToken('nobody'), { redirect_uris: redirectUris }))
  const events = (await server.realm(name).events()).filter(({ type }) => String(type).startsWith('CLIENT_'))
  assert.deepEqual(
    events.map(({ type, clientId, error }) => [type, clientId, error]),
    [
      ['CLIENT_REGISTER', json['client_id'], undefined],
      ['CLIENT_REGISTER_ERROR', undefined, 'invalid_token'],
      ['CLIENT_REGISTER_ERROR', undefined, 'not_allowed'],
    ],
  )
  const text = JSON.stringify(events)
  assert.ok(!text.includes(String(json['client_secret'])) && !text.includes(String(json['registration_access_token'])))
})

test('over plain HTTP nothing is registered where the realm insists on TLS; an unknown realm or form is 404', async () => {
  const token = await initialToken()
  await server.realm(name).change({ sslRequired: 'all' })
  assert.deepEqual(await answered(403, register(token, { redirect_uris: redirectUris })), {
    error: 'invalid_request',
    error_description: 'HTTPS required',
  })
  await server.realm(name).change({ sslRequired: 'external' })
  assert.deepEqual(await answered(404, call('POST', '/guess', { bearer: token, json: {} })), {
    error: 'Client registration provider not found',
  })
  assert.deepEqual(await answered(404, server.call('POST', '/realms/no-such-realm/clients-registrations/default', { json: {} })), {
    error: 'Realm does not exist',
  })
})
