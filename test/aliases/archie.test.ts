import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser } from '../server/browser.ts'
import type { Answer, CallOptions } from '../server/call.ts'
import { expectError, expectNoStore, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { answerTo, appClient, callback } from '../server/login.ts'
import { account, as, password, person, secret, service } from '../server/samples.ts'
import { serverOfFile, startTestServer, type TestServer } from '../server.ts'

// What is not the reference's own: it cannot be asked.
const options = { skip: process.env['OSTIARY_TEST_REFERENCE'] !== undefined }
const name = 'doors-archie'
const odd = ['журнал 100%+1&=', 'пар+оль %41&=:'] as const
const own = { directAccessGrantsEnabled: true, redirectUris: [callback] }
const realms = [
  {
    realm: name,
    enabled: true,
    clients: [
      appClient,
      service('archie', own),
      service('asking', { ...own, consentRequired: true }),
      service('pairwise', {
        ...own,
        protocolMappers: [
          {
            name: 'pairwise',
            protocol: 'openid-connect',
            protocolMapper: 'oidc-sha256-pairwise-sub-mapper',
            config: { pairwiseSubAlgorithmSalt: 'salt', sectorIdentifierUri: 'https://journal.example' },
          },
        ],
      }),
      service(odd[0], { ...own, secret: odd[1] }),
    ],
    users: [person('anna', { realmRoles: [`default-roles-${name}`] }), person('borys'), account('archie', [])],
  },
]
const server = options.skip ? undefined : await serverOfFile({ realms, args: [`--oauth2-realm=${name}`] })
const permissions = [
  { resource: 'reviews', entity: 'CD000001', grants: ['read', 'write'] },
  { resource: 'reviews', entity: 'CD000002', grants: ['read'] },
  { resource: 'people', entity: '', grants: ['find'] },
]

/** Makes the scopes, and lets every client ask for them. */
async function addScopes(one: TestServer, names: readonly string[]): Promise<void> {
  const clients = (await one.admin('GET', `/realms/${name}/clients`)).json as unknown as { id: string }[]
  for (const scope of names) {
    const made = await one.admin('POST', `/realms/${name}/client-scopes`, { name: scope, protocol: 'openid-connect' })
    const id = made.headers.location?.split('/').at(-1)
    for (const client of clients) await one.admin('PUT', `/realms/${name}/clients/${client.id}/optional-client-scopes/${id}`)
  }
}

async function userId(one: TestServer, username: string): Promise<string> {
  const found = await one.admin('GET', `/realms/${name}/users?username=${username}&exact=true`)
  return (found.json as unknown as { id: string }[])[0]?.id ?? ''
}

if (server !== undefined) {
  const oidc = `/realms/${name}/protocol/openid-connect`
  const realm = server.realm(name)
  await addScopes(server, ['all', 'none', 'reviews', 'reviews:read', 'people:find'])
  const anna = await userId(server, 'anna')
  const permissionsPath = `/realms/${name}/users/${anna}/permissions`

  const login = async (form: Readonly<Record<string, string>> = {}, more: CallOptions = { basic: as('archie') }): Promise<Answer['json']> =>
    expectToken(await realm.token({ grant_type: 'password', username: 'anna', password, ...form }, more))
  const accessToken = async (form: Readonly<Record<string, string>> = {}, more?: CallOptions): Promise<string> =>
    String((await login(form, more))['access_token'])
  const info = (token: string | undefined, params: Readonly<Record<string, string>> = {}, path = `${oidc}/tokeninfo`): Promise<Answer> =>
    server.call('GET', `${path}?${new URLSearchParams(token === undefined ? params : { access_token: token, ...params })}`)
  const authorize = (params: Readonly<Record<string, string>>): string =>
    `/oauth2/auth?${new URLSearchParams({ client_id: 'archie', redirect_uri: callback, response_type: 'code', ...params })}`
  /** Logs anna in by /oauth2/auth and takes the tokens by /oauth2/token. */
  const logIn = async (params: Readonly<Record<string, string>>, username = 'anna'): Promise<Answer['json']> => {
    const browser = openBrowser(server.url)
    const page = await browser.follow(await browser.get(server.url + authorize(params), { 'sec-fetch-mode': 'navigate' }))
    const done = await browser.follow(await browser.submit(page, 'password', { username, password }))
    const form = { grant_type: 'authorization_code', code: answerTo(done)?.['code'], redirect_uri: callback }
    return expectToken(await server.call('POST', '/oauth2/token', { form, basic: as('archie') }))
  }

  test('permissions are granted by an administrator, replaced as a whole, and audited', async () => {
    await realm.change({ adminEventsEnabled: true, adminEventsDetailsEnabled: true })
    assert.equal((await server.admin('PUT', permissionsPath, permissions)).status, 204)
    assert.deepEqual((await server.admin('GET', permissionsPath)).json, permissions)
    const events = (await server.admin('GET', `/realms/${name}/admin-events?operationTypes=UPDATE&resourceTypes=USER`)).json as unknown as {
      resourcePath: string
      representation: string
    }[]
    assert.equal(events[0]?.resourcePath, `users/${anna}/permissions`)
    assert.deepEqual(JSON.parse(events[0].representation), permissions)
    assert.deepEqual((await server.admin('GET', `/realms/${name}/users/${await userId(server, 'borys')}/permissions`)).json, [])
    assert.equal((await server.admin('PUT', permissionsPath.replace(anna, 'nobody'), [])).status, 404)
    const bare = [{ resource: 'reviews', entity: 'CD000003', grants: [] }]
    assert.equal((await server.admin('PUT', permissionsPath, [{ resource: 'reviews', entity: 'CD000003' }])).status, 204)
    assert.deepEqual((await server.admin('GET', permissionsPath)).json, bare)
    await server.admin('PUT', permissionsPath, permissions)
  })

  test('permissions that make no sense are refused, and the old ones stay', async () => {
    const one = permissions[0]
    const cases: readonly (readonly [unknown, string | undefined])[] = [
      [[{ ...one, resource: '' }], 'Permission 1: resource must be a name without blanks'],
      [[{ ...one, resource: undefined }], 'Permission 1: resource must be a name without blanks'],
      [[{ ...one, resource: 'a b' }], 'Permission 1: resource must be a name without blanks'],
      [[{ ...one, resource: 'x'.repeat(256) }], 'Permission 1: resource must be a name without blanks'],
      [[{ ...one, entity: 'a\nb' }], 'Permission 1: entity must be a short text'],
      [[{ ...one, grants: 'read' }], undefined],
      [[{ ...one, grants: ['a b'] }], 'Permission 1: a grant must be a name without blanks'],
      [[{ ...one, grants: Array.from({ length: 101 }, (_, i) => `g${i}`) }], 'Permission 1: more than 100 grants'],
      [[one, one], 'Permission 2: the resource and entity are in the list already'],
      [Array.from({ length: 1_001 }, (_, i) => ({ ...one, entity: `e${i}` })), 'More than 1000 permissions'],
      [[{ ...one, other: 1 }], undefined],
      [one, undefined],
      ['x', undefined],
    ]
    for (const [body, errorMessage] of cases) {
      const answer = await server.admin('PUT', permissionsPath, body)
      assert.equal(answer.status, 400, answer.text)
      if (errorMessage !== undefined) assert.deepEqual(answer.json, { errorMessage })
    }
    assert.deepEqual((await server.admin('GET', permissionsPath)).json, permissions)
  })

  test('who may view users reads permissions, who may manage them grants them, others nothing', async () => {
    const roles = [
      ['view-users', 200, 403],
      ['manage-users', 200, 204],
      ['query-users', 403, 403],
      ['view-clients', 403, 403],
    ] as const
    const management = (
      (await server.admin('GET', `/realms/${name}/clients?clientId=realm-management`)).json as unknown as { id: string }[]
    )[0]?.id
    const account = await userId(server, 'service-account-archie')
    for (const [role, get, put] of roles) {
      const found = (await server.admin('GET', `/realms/${name}/clients/${management}/roles/${role}`)).json
      const mappings = `/realms/${name}/users/${account}/role-mappings/clients/${management}`
      await server.admin('POST', mappings, [found])
      const bearer = await realm.accessToken(as('archie'))
      const path = `/admin${permissionsPath}`
      assert.equal((await server.call('GET', path, { bearer })).status, get, role)
      assert.equal((await server.call('PUT', path, { bearer, json: permissions })).status, put, role)
      await server.admin('DELETE', mappings, [found])
    }
    assert.equal((await server.call('GET', `/admin${permissionsPath}`)).status, 401)
  })

  test('tokeninfo tells whose a token is, by query, form and header, at both addresses', async () => {
    const token = await accessToken({ scope: 'reviews' })
    const expected = { user_name: 'anna', client_id: 'archie', person_id: anna }
    for (const path of [`${oidc}/tokeninfo`, '/oauth2/tokeninfo']) {
      const answers: Answer[] = [
        await info(token, {}, path),
        await server.call('GET', path, { bearer: token }),
        await server.call('POST', path, { bearer: token }),
        await server.call('POST', path, { form: { access_token: token } }),
      ]
      for (const answer of answers) {
        assert.equal(answer.status, 200, answer.text)
        const { scope, expires_in, ...rest } = answer.json
        assert.deepEqual(rest, expected)
        assert.equal(scope, jwtClaims(token)['scope'])
        assert.equal(typeof expires_in, 'string')
        assert.ok(Number(expires_in) > 0 && Number(expires_in) <= 300)
        expectNoStore(answer)
        assert.equal(answer.headers['referrer-policy'], 'no-referrer')
      }
    }
  })

  test('detailed adds the person, include_permissions what he may do, and nothing else does', async () => {
    const token = await accessToken({ scope: 'all' })
    const details = { user_id: anna, name: 'Тарас Шевченко', first_name: 'Тарас', last_name: 'Шевченко', email: 'anna@example.com' }
    for (const on of ['true', 'TRUE', '1', '']) {
      const { json } = await info(token, { detailed: on, include_permissions: on })
      assert.deepEqual(json, { ...json, ...details, permissions })
    }
    for (const off of ['false', '0', 'no']) {
      const { json } = await info(token, { detailed: off, include_permissions: off })
      assert.deepEqual(Object.keys(json), ['user_name', 'scope', 'expires_in', 'client_id', 'person_id'])
    }
    const { json } = await server.call('POST', '/oauth2/tokeninfo', { form: { access_token: token, detailed: 'true' } })
    assert.deepEqual(json, { ...json, ...details })
  })

  test('permissions are those within the scopes of the token', async () => {
    const read = { ...permissions[0], grants: ['read'] }
    const cases: readonly (readonly [string | undefined, unknown])[] = [
      ['all', permissions],
      ['none', []],
      [undefined, []],
      ['reviews', permissions.slice(0, 2)],
      ['reviews:read', [read, permissions[1]]],
      ['reviews:read people:find', [read, permissions[1], permissions[2]]],
      ['people:find', permissions.slice(2)],
    ]
    for (const [scope, expected] of cases) {
      const token = await accessToken(scope === undefined ? {} : { scope })
      assert.deepEqual((await info(token, { include_permissions: 'true' })).json['permissions'], expected, scope ?? 'no scope')
    }
    const borys = await accessToken({ username: 'borys', scope: 'all' })
    assert.deepEqual((await info(borys, { include_permissions: 'true' })).json['permissions'], [])
  })

  test('new permissions count at once for tokens that are out already', async () => {
    const token = await accessToken({ scope: 'all' })
    await server.admin('PUT', permissionsPath, [])
    assert.deepEqual((await info(token, { include_permissions: 'true' })).json['permissions'], [])
    await server.admin('PUT', permissionsPath, permissions)
    assert.deepEqual((await info(token, { include_permissions: 'true' })).json['permissions'], permissions)
  })

  test('all and none stand alone, wherever scopes are asked for', async () => {
    for (const scope of ['all reviews', 'none openid', 'reviews all', 'all none', 'none profile']) {
      const refused = [400, { error: 'invalid_scope', error_description: `Invalid scopes: ${scope}` }]
      const byPassword = await realm.token({ grant_type: 'password', username: 'anna', password, scope }, { basic: as('archie') })
      const byClient = await realm.token({ grant_type: 'client_credentials', scope }, { basic: as('archie') })
      for (const answer of [byPassword, byClient]) assert.deepEqual([answer.status, answer.json], refused)
      const atDoor = answerTo(await server.call('GET', authorize({ scope })))
      assert.deepEqual([atDoor?.['error'], atDoor?.['error_description']], ['invalid_scope', `Invalid scopes: ${scope}`])
    }
    for (const scope of ['all', 'none', 'all all', 'all ']) assert.equal((await info(await accessToken({ scope }))).status, 200)
  })

  test('a token that does not hold any more is told as an error of the token endpoint', async () => {
    const refused = async (token: string, description: string): Promise<void> =>
      expectError(await info(token), 400, 'invalid_token', description)
    const good = await login()
    const token = String(good['access_token'])
    for (const text of ['x', 'a.b.c', `${token}x`, String(good['refresh_token'])]) await refused(text, 'Token verification failed')
    await realm.changeClient('archie', { enabled: false })
    await refused(token, 'Client disabled')
    await realm.changeClient('archie', { enabled: true })
    await realm.changeUser('anna', { enabled: false })
    await refused(token, 'User disabled')
    await realm.changeUser('anna', { enabled: true })
    assert.equal((await info(token)).status, 200)
    assert.equal((await server.call('POST', '/oauth2/revoke', { form: { token }, basic: as('archie') })).status, 200)
    await refused(token, 'Token verification failed')
    const other = await accessToken()
    await realm.removeSession(String(jwtClaims(other)['sid']))
    await refused(other, 'user_session_not_found')
    const old = await accessToken()
    server.clock.advance(301)
    await refused(old, 'Token is not active')
    const master = String(
      (await server.realm('master').token({ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' })).json[
        'access_token'
      ],
    )
    await refused(master, 'Token verification failed')
  })

  test('a request that is not clear about its token is refused', async () => {
    const token = await accessToken()
    expectError(await info(undefined), 400, 'invalid_request', 'Missing parameter: access_token')
    expectError(await info(''), 400, 'invalid_request', 'Missing parameter: access_token')
    const both = await server.call('GET', `${oidc}/tokeninfo?access_token=${token}`, { bearer: token })
    expectError(both, 400, 'invalid_request', 'More than one method used for including an access token')
    const posted = await server.call('POST', `${oidc}/tokeninfo?access_token=${token}`, { form: { access_token: token } })
    expectError(posted, 400, 'invalid_request', 'More than one method used for including an access token')
    const twice = await server.call('GET', `${oidc}/tokeninfo?access_token=${token}&access_token=${token}`)
    expectError(twice, 400, 'invalid_request', 'duplicated parameter')
    expectError(await server.call('GET', '/realms/nobody/protocol/openid-connect/tokeninfo'), 404, 'Realm does not exist')
  })

  test('tokeninfo costs one read, and one more for permissions', async () => {
    const token = await accessToken({ scope: 'all' })
    await info(token, { include_permissions: 'true', detailed: 'true' })
    const plain = await server.statements(() => info(token, { detailed: 'true' }))
    const more = await server.statements(() => info(token, { include_permissions: 'true' }))
    assert.equal(plain.length, 1, plain.join())
    assert.deepEqual(
      more.filter((statement) => !plain.includes(statement)),
      ['user-permissions.find'],
    )
  })

  test('events tell who was asked about, and no token', async () => {
    await realm.events()
    const token = await accessToken()
    await info(token)
    await info('x')
    const events = (await realm.events()).filter(({ type }) => String(type).startsWith('INTROSPECT'))
    assert.deepEqual(
      events.map(({ type }) => type),
      ['INTROSPECT_TOKEN', 'INTROSPECT_TOKEN_ERROR'],
    )
    assert.ok(!JSON.stringify(events).includes(token))
  })

  test('a script of a known origin may read the answer', async () => {
    const token = await accessToken()
    const answer = await server.call('GET', `${oidc}/tokeninfo?access_token=${token}`, { headers: { origin: 'https://evil.example' } })
    expectError(answer, 403, 'Invalid origin')
    const preflight = await server.call('OPTIONS', '/oauth2/tokeninfo', { headers: { origin: 'https://app.example' } })
    assert.equal(preflight.headers['access-control-allow-methods'], 'GET, POST, OPTIONS')
  })

  const rename = async (username: string): Promise<void> => {
    const user = (await server.admin('GET', `/realms/${name}/users/${anna}`)).json
    assert.equal((await server.admin('PUT', `/realms/${name}/users/${anna}`, { ...user, username })).status, 204)
  }

  test('person_id outlives a change of the user name, and a client with pairwise subjects gets its own', async () => {
    const before = (await info(await accessToken())).json['person_id']
    await realm.change({ editUsernameAllowed: true })
    await rename('hanna')
    const { json } = await info(await accessToken({ username: 'hanna' }))
    assert.deepEqual([json['user_name'], json['person_id']], ['hanna', before])
    await rename('anna')
    const paired = (await info(await accessToken({}, { basic: as('pairwise') }), { detailed: 'true' })).json
    assert.notEqual(paired['person_id'], before)
    assert.equal(paired['user_id'], paired['person_id'])
    assert.equal(paired['person_id'], jwtClaims(await accessToken({}, { basic: as('pairwise') }))['sub'])
  })

  test('access_type decides on the refresh token, and offline outlives the session of the browser', async () => {
    assert.equal((await logIn({ access_type: 'online' }))['refresh_token'], undefined)
    assert.ok((await logIn({}))['refresh_token'])
    for (const scope of ['all', 'reviews']) {
      const offline = await logIn({ access_type: 'offline', scope })
      const refreshToken = String(offline['refresh_token'])
      assert.equal(jwtClaims(refreshToken)['typ'], 'Offline')
      assert.ok(String(offline['scope']).split(' ').includes(scope))
      await server.admin('POST', `/realms/${name}/users/${anna}/logout`)
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
      expectToken(await server.call('POST', '/oauth2/token', { form, basic: as('archie') }))
    }
    const borys = await logIn({ access_type: 'offline', scope: 'all' }, 'borys')
    assert.equal(jwtClaims(borys['refresh_token'])['typ'], 'Refresh', 'who may not go offline')
    const wrong = answerTo(await server.call('GET', authorize({ access_type: 'always' })))
    assert.deepEqual([wrong?.['error'], wrong?.['error_description']], ['invalid_request', 'Invalid parameter: access_type'])
  })

  test('client ids and secrets of any letters work by Basic, in forms and in addresses', async () => {
    const [id] = odd
    const token = await accessToken({}, { basic: odd })
    assert.equal((await info(token)).json['client_id'], id)
    await login({ client_id: id, client_secret: odd[1] }, {})
    const page = await server.call(
      'GET',
      `/oauth2/auth?${new URLSearchParams({ client_id: id, redirect_uri: callback, response_type: 'code' })}`,
    )
    assert.equal(page.status, 200)
    assert.equal((await server.call('POST', '/oauth2/revoke', { form: { token }, basic: odd })).status, 200)
    expectError(
      await realm.token({ grant_type: 'client_credentials' }, { basic: [id, 'wrong%'] }),
      401,
      'unauthorized_client',
      'Invalid client or Invalid client credentials',
    )
  })

  test('where consent is asked for, details keep to the scopes', async () => {
    const browser = openBrowser(server.url)
    const query = new URLSearchParams({ client_id: 'asking', redirect_uri: callback, response_type: 'code' })
    const page = await browser.get(`${server.url}${oidc}/auth?${query}`)
    const consent = await browser.follow(await browser.submit(page, 'password', { username: 'anna', password }))
    const done = await browser.follow(await browser.submit(consent, 'accept', { accept: 'Yes' }))
    const form = { grant_type: 'authorization_code', code: answerTo(done)?.['code'], redirect_uri: callback }
    const token = String(expectToken(await realm.token(form, { basic: as('asking') }))['access_token'])
    assert.equal((await info(token, { detailed: 'true' })).json['email'], 'anna@example.com')
    const client = ((await server.admin('GET', `/realms/${name}/clients?clientId=asking`)).json as unknown as { id: string }[])[0]?.id
    const scopes = (await server.admin('GET', `/realms/${name}/client-scopes`)).json as unknown as { id: string; name: string }[]
    const email = scopes.find((scope) => scope.name === 'email')?.id
    await server.admin('DELETE', `/realms/${name}/clients/${client}/default-client-scopes/${email}`)
    const again = answerTo(await browser.follow(await browser.get(`${server.url}${oidc}/auth?${query}`)))
    const narrow = String(expectToken(await realm.token({ ...form, code: again?.['code'] }, { basic: as('asking') }))['access_token'])
    const { json } = await info(narrow, { detailed: 'true' })
    assert.deepEqual([json['email'], json['first_name']], [undefined, 'Тарас'])
  })

  test('permissions survive export and import, and go with the person', async () => {
    const { services } = server
    const { exportUsers } = await import('../../src/transfer/export-users.ts')
    const users: unknown[] = []
    const snapshot = await services.realms.find(name)
    for await (const page of exportUsers(services.database, snapshot?.id ?? '')) users.push(...page)
    const exported = (users as { username: string; attributes?: Record<string, string[]> }[]).find((user) => user.username === 'anna')
    assert.deepEqual(
      exported?.attributes?.['ostiary.permissions']?.map((text) => JSON.parse(text) as unknown),
      permissions,
    )
    const copy = { ...exported, id: undefined, credentials: [] }
    assert.equal((await server.admin('POST', '/realms', { realm: 'doors-copy', enabled: true, users: [copy] })).status, 201)
    const found = (await server.admin('GET', '/realms/doors-copy/users?username=anna')).json as unknown as {
      id: string
      attributes?: object
    }[]
    assert.equal(found[0]?.attributes, undefined)
    assert.deepEqual((await server.admin('GET', `/realms/doors-copy/users/${found[0]?.id}/permissions`)).json, permissions)
    assert.equal((await server.admin('DELETE', `/realms/doors-copy/users/${found[0]?.id}`)).status, 204)
    assert.equal((await server.admin('DELETE', '/realms/doors-copy')).status, 204)
  })
}

test('without the option nothing answers at /oauth2, and access_type changes nothing', options, async () => {
  await using plain = await startTestServer({ realms })
  for (const path of ['auth', 'token', 'tokeninfo', 'revoke'])
    for (const method of ['GET', 'POST']) assert.equal((await plain.call(method, `/oauth2/${path}`)).status, 404)
  const browser = openBrowser(plain.url)
  const query = new URLSearchParams({ client_id: 'archie', redirect_uri: callback, response_type: 'code', access_type: 'online' })
  const page = await browser.get(`${plain.url}/realms/${name}/protocol/openid-connect/auth?${query}`)
  const done = await browser.follow(await browser.submit(page, 'password', { username: 'anna', password }))
  const form = { grant_type: 'authorization_code', code: answerTo(done)?.['code'], redirect_uri: callback }
  assert.ok(expectToken(await plain.realm(name).token(form, { basic: as('archie') }))['refresh_token'])
})

test('below another base path the shape answers at the root of the host as well', options, async () => {
  await using one = await startTestServer({ realms, args: [`--oauth2-realm=${name}`, '--http-relative-path=/auth'] })
  const origin = new URL(one.url).origin
  for (const base of [origin, one.url, `${origin}/api`]) {
    const form = { grant_type: 'client_credentials', client_id: 'archie', client_secret: secret }
    const token = String(expectToken(await one.call('POST', `${base}/oauth2/token`, { form }))['access_token'])
    assert.equal(jwtClaims(token)['iss'], `${one.url}/realms/${name}`)
    assert.equal((await one.call('GET', `${base}/oauth2/tokeninfo`, { bearer: token })).json['user_name'], 'service-account-archie')
  }
})

test('a realm that is no name of one is refused at start', options, async () => {
  for (const realm of ['', 'a/b', 'a?b']) await assert.rejects(startTestServer({ args: [`--oauth2-realm=${realm}`] }), /oauth2-realm/)
})
