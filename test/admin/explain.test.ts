import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser } from '../server/browser.ts'
import { type Answer, call } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { answerTo, callback } from '../server/login.ts'
import { account, as, audience, password, person, refreshing, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

// What is not the reference's own: it cannot be asked.
const skip = process.env['OSTIARY_TEST_REFERENCE'] !== undefined
const name = 'doors-explain'
const mapper = (
  title: string,
  type: string,
  config: Record<string, string>,
): { name: string; protocol: string; protocolMapper: string; config: Record<string, string> } => ({
  name: title,
  protocol: 'openid-connect',
  protocolMapper: type,
  config: { 'access.token.claim': 'true', 'id.token.claim': 'true', ...config },
})
const attribute = (claim: string, more: Record<string, string> = {}): ReturnType<typeof mapper> =>
  mapper(`attribute ${claim}`, 'oidc-usermodel-attribute-mapper', { 'user.attribute': claim, 'claim.name': claim, ...more })
const own = { directAccessGrantsEnabled: true, redirectUris: [callback] }
const realm = {
  realm: name,
  enabled: true,
  roles: {
    realm: [
      { name: 'direct' },
      { name: 'inner' },
      { name: 'outer', composites: { realm: ['inner'] } },
      { name: 'of-group' },
      { name: 'old' },
    ],
    client: { api: [{ name: 'reader' }, { name: 'writer' }] },
  },
  groups: [{ name: 'staff', realmRoles: ['of-group'], subGroups: [{ name: 'night' }] }],
  clients: [
    service('api'),
    service('app', {
      ...own,
      protocolMappers: [
        attribute('colour'),
        attribute('nested.value', { 'user.attribute': 'colour' }),
        attribute('hidden', { 'user.attribute': 'colour', 'access.token.claim': 'false' }),
        attribute('missing'),
        attribute('iss', { 'user.attribute': 'colour' }),
        mapper('fixed', 'oidc-hardcoded-claim-mapper', { 'claim.name': 'fixed', 'claim.value': '1', 'jsonType.label': 'int' }),
        mapper('groups', 'oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'true' }),
        mapper('renames', 'oidc-role-name-mapper', { role: 'old', 'new.role.name': 'api.young' }),
        mapper('everybody', 'oidc-hardcoded-role-mapper', { role: 'api.guest' }),
        audience('api'),
        audience('app'),
      ],
    }),
    service('narrow', { ...own, fullScopeAllowed: false }),
    service('light', { ...own, attributes: { 'client.use.lightweight.access.token.enabled': 'true' } }),
    refreshing('lasting'),
  ],
  users: [
    person('anna', {
      attributes: { colour: ['green'] },
      groups: ['/staff/night'],
      realmRoles: ['direct', 'outer', 'old', `default-roles-${name}`],
      clientRoles: { api: ['reader'] },
    }),
    account('api', ['direct']),
    account('lasting', []),
  ],
}

interface Explained {
  readonly valid: boolean
  readonly checks: readonly { readonly check: string; readonly ok: boolean; readonly detail: string }[]
  readonly claims: readonly {
    readonly claim: string
    readonly value: unknown
    readonly source: { readonly kind: string; readonly name: string; readonly scope?: string }
    readonly reason: string
  }[]
  readonly roles: readonly { readonly role: string; readonly client?: string; readonly in: boolean; readonly reason: string }[]
  readonly withheld: readonly { readonly claim?: string; readonly role?: string; readonly reason: string }[]
}

if (!skip) {
  const server = await serverOfFile({ realms: [realm, { realm: 'doors-elsewhere', enabled: true, clients: [service('app')] }] })
  const one = server.realm(name)
  /** Past the server's own watch over secrets: the answer names values such as session ids, which may stand in logs. */
  const ask = async (token: unknown, path = name, bearer?: string): Promise<Answer> =>
    call('POST', `${server.url}/admin/realms/${path}/explain`, { bearer: bearer ?? (await administrator()), json: { token } })
  const administrator = async (): Promise<string> => {
    const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
    return String(expectToken(await server.realm('master').token(form))['access_token'])
  }
  const explain = async (token: unknown): Promise<Explained> => {
    const answer = await ask(token)
    assert.equal(answer.status, 200, answer.text)
    assert.ok(!answer.text.includes(String(token)), 'the token is not repeated')
    return answer.json as unknown as Explained
  }
  const login = async (client: string, form: Readonly<Record<string, string>> = {}): Promise<Answer['json']> =>
    expectToken(await one.token({ grant_type: 'password', username: 'anna', password, ...form }, { basic: as(client) }))
  const roleOf = ({ roles }: Explained, role: string, client?: string): string => {
    const found = roles.find((entry) => entry.role === role && entry.client === client)
    return found === undefined ? 'not told' : `${found.in ? 'in' : 'out'}: ${found.reason}`
  }
  const withheldOf = ({ withheld }: Explained, claim: string): string | undefined => withheld.find((entry) => entry.claim === claim)?.reason
  const leaves = (value: unknown, path = ''): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, member]) => leaves(member, `${path}${path === '' ? '' : '.'}${key.replaceAll('.', '\\.')}`))
      : [path]

  test('every claim of every kind of token has a source, and only what is there is told', async () => {
    const browser = openBrowser(server.url)
    const query = new URLSearchParams({
      client_id: 'app',
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid phone',
      nonce: 'n',
      max_age: '60',
    })
    const page = await browser.get(`${one.url}/protocol/openid-connect/auth?${query}`)
    const done = await browser.follow(await browser.submit(page, 'password', { username: 'anna', password }))
    const coded = expectToken(
      await one.token({ grant_type: 'authorization_code', code: answerTo(done)?.['code'], redirect_uri: callback }, { basic: as('app') }),
    )
    const answers = [
      coded,
      await login('app', { scope: 'openid offline_access address' }),
      await login('narrow', { scope: 'openid' }),
      await login('light', { scope: 'openid' }),
      expectToken(await one.token({ grant_type: 'client_credentials' }, { basic: as('api') })),
      expectToken(await one.token({ grant_type: 'client_credentials' }, { basic: as('lasting') })),
    ]
    for (const answer of answers)
      for (const kind of ['access_token', 'id_token', 'refresh_token']) {
        const token = answer[kind]
        if (token === undefined) continue
        const told = await explain(token)
        const claims = jwtClaims(token)
        const where = `${String(claims['azp'])} ${kind}`
        assert.deepEqual(
          told.claims.filter(({ source }) => source.kind === 'unknown'),
          [],
          where,
        )
        assert.deepEqual(told.claims.map(({ claim }) => claim).sort(), leaves(claims).sort(), where)
        assert.deepEqual([told.valid, told.checks.filter(({ ok }) => !ok)], [true, []], where)
      }
  })

  test('claims name their mapper and its scope', async () => {
    const { claims } = await explain((await login('app', { scope: 'openid' }))['access_token'])
    const sourceOf = (claim: string): unknown => claims.find((entry) => entry.claim === claim)?.source
    assert.deepEqual(sourceOf('colour'), { kind: 'mapper', name: 'attribute colour' })
    assert.deepEqual(sourceOf('nested.value'), { kind: 'mapper', name: 'attribute nested.value' })
    assert.deepEqual(sourceOf('email'), { kind: 'mapper', name: 'email', scope: 'email' })
    assert.deepEqual(sourceOf('realm_access.roles'), { kind: 'mapper', name: 'realm roles', scope: 'roles' })
    assert.deepEqual(sourceOf('sub'), { kind: 'mapper', name: 'sub', scope: 'basic' })
    assert.deepEqual(sourceOf('iss'), { kind: 'server', name: 'server' })
    assert.match(
      claims.find((entry) => entry.claim === 'aud')?.reason ?? '',
      /^by mapper "audience \w+" of the client, added to by mapper .* of the client/,
    )
  })

  test('what is withheld is told with its reason', async () => {
    const told = await explain((await login('app'))['access_token'])
    assert.equal(withheldOf(told, 'hidden'), 'mapper "attribute hidden" of the client lacks "Add to access token"')
    assert.match(withheldOf(told, 'missing') ?? '', /^mapper "attribute missing" of the client has no value for the user anna/)
    assert.equal(withheldOf(told, 'colour'), undefined)
    const narrow = await explain((await login('narrow'))['access_token'])
    assert.equal(withheldOf(narrow, 'preferred_username'), undefined)
    const light = await explain((await login('light'))['access_token'])
    assert.match(withheldOf(light, 'email') ?? '', /lacks "Add to lightweight access token", and the token is a lightweight one/)
    assert.match(
      roleOf(light, 'direct'),
      /^out: given to the user directly; withheld, since mapper "realm roles" of scope "roles" lacks "Add to lightweight/,
    )
  })

  test('roles tell how the user comes by them and which mapper puts them in', async () => {
    const told = await explain((await login('app'))['access_token'])
    const put = 'put into realm_access.roles by mapper "realm roles" of scope "roles"'
    assert.equal(roleOf(told, 'direct'), `in: given to the user directly; ${put}`)
    assert.equal(roleOf(told, 'inner'), `in: part of the composite role outer; ${put}`)
    assert.equal(roleOf(told, 'of-group'), `in: given by the group /staff; ${put}`)
    assert.equal(roleOf(told, 'offline_access'), `in: a default role of the realm; ${put}`)
    assert.match(
      roleOf(told, 'reader', 'api'),
      /^in: given to the user directly; put into resource_access\.api\.roles by mapper "client roles"/,
    )
    assert.match(roleOf(told, 'old'), /^in: given to the user directly; put into resource_access\.api\.roles as "young" by/)
    assert.equal(roleOf(told, 'guest', 'api'), 'in: a mapper puts it into the token of everybody (hardcoded role)')
    assert.equal(roleOf(told, 'young', 'api'), 'not told')
    assert.equal(roleOf(told, 'writer', 'api'), 'not told')
  })

  test('roles outside of the scope of the client are withheld, and the scope that would let them in is named', async () => {
    const scope = { name: 'nightly', protocol: 'openid-connect' }
    const id = (await server.admin('POST', `/realms/${name}/client-scopes`, scope)).headers.location?.split('/').at(-1)
    const client = ((await server.admin('GET', `/realms/${name}/clients?clientId=narrow`)).json as unknown as { id: string }[])[0]?.id
    await server.admin('PUT', `/realms/${name}/clients/${client}/optional-client-scopes/${id}`)
    const role = (await server.admin('GET', `/realms/${name}/roles/of-group`)).json
    await server.admin('POST', `/realms/${name}/client-scopes/${id}/scope-mappings/realm`, [role])
    const told = await explain((await login('narrow'))['access_token'])
    assert.match(
      roleOf(told, 'direct'),
      /^out: given to the user directly; withheld, since "Full scope allowed" is off for the client narrow and neither .* have the role$/,
    )
    assert.match(roleOf(told, 'of-group'), /; the scope "nightly", which the token does not have, would let it in$/)
    assert.match(
      roleOf(await explain((await login('narrow', { scope: 'nightly' }))['access_token']), 'of-group'),
      /^in: given by the group \/staff; /,
    )
    assert.ok(told.withheld.some((entry) => entry.role === 'direct'))
  })

  test('a token that holds no more is explained, with the check that fails', async () => {
    const failed = async (token: unknown): Promise<string[]> => {
      const told = await explain(token)
      assert.equal(told.valid, false)
      return told.checks.filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`)
    }
    const good = String((await login('app'))['access_token'])
    const [head, body = '', signature] = good.split('.')
    const changed = (claims: object): string =>
      [head, Buffer.from(JSON.stringify({ ...jwtClaims(good), ...claims })).toString('base64url'), signature].join('.')
    assert.match((await failed(changed({ email: 'x@evil.example' }))).join(), /^signature: the key \S+ did not make this signature/)
    assert.match(
      (await failed(`${Buffer.from('{"alg":"RS256","kid":"strange"}').toString('base64url')}.${body}.${signature}`)).join(),
      /the realm has no key strange/,
    )
    assert.match(
      (await failed(changed({ iss: 'http://other.example/realms/x' }))).join(),
      /issuer: the token says "http:\/\/other\.example\/realms\/x", this realm is /,
    )
    assert.match((await failed(changed({ azp: 'nobody' }))).join(), /client: the realm has no such client/)
    await one.changeUser('anna', { enabled: false })
    assert.deepEqual(await failed(good), ['user: is disabled'])
    await one.changeUser('anna', { enabled: true })
    await one.changeClient('app', { enabled: false })
    assert.deepEqual(await failed(good), ['client: is disabled'])
    await one.changeClient('app', { enabled: true })
    await one.removeSession(String(jwtClaims(good)['sid']))
    assert.deepEqual(await failed(good), ['session: has ended: a logout, its lifespan, or an administrator'])
    const ended = await explain(good)
    assert.deepEqual(
      ended.claims.filter(({ source }) => source.kind === 'unknown'),
      [],
    )
    const old = (await login('app'))['access_token']
    server.clock.advance(301)
    assert.match((await failed(old)).join(), /^expiry: ends at \S+, now it is \S+$/)
  })

  test('what has changed since is told of what the token still says', async () => {
    const token = (await login('app'))['access_token']
    const user = ((await server.admin('GET', `/realms/${name}/users?username=anna`)).json as unknown as { id: string }[])[0]
    assert.equal((await server.admin('PUT', `/realms/${name}/users/${user?.id}`, { ...user, email: 'new@example.com' })).status, 204)
    const role = (await server.admin('GET', `/realms/${name}/roles/direct`)).json
    await server.admin('DELETE', `/realms/${name}/users/${user?.id}/role-mappings/realm`, [role])
    const told = await explain(token)
    const email = told.claims.find(({ claim }) => claim === 'email')
    assert.equal(email?.reason, 'by mapper "email" of scope "email"; a token made now would have "new@example.com"')
    assert.equal(roleOf(told, 'direct'), 'in: the user had it when the token was made, or a mapper gave it: neither is so now')
    await server.admin('POST', `/realms/${name}/users/${user?.id}/role-mappings/realm`, [role])
  })

  test('what cannot be explained is refused', async () => {
    const elsewhere = expectToken(await server.realm('doors-elsewhere').token({ grant_type: 'client_credentials' }, { basic: as('app') }))
    const cases: readonly (readonly [unknown, string])[] = [
      [elsewhere['access_token'], 'The token is of the realm doors-elsewhere'],
      ['not-a-token', 'The token is no JWT'],
      ['', 'token is missing'],
      [undefined, 'token is missing'],
    ]
    for (const [token, errorMessage] of cases) {
      const answer = await ask(token)
      assert.deepEqual([answer.status, answer.json], [400, { errorMessage }])
    }
    assert.equal((await server.admin('POST', `/realms/${name}/explain`, { token: 'not-a-token', other: 1 })).status, 400)
    assert.equal((await ask('not-a-token', 'nobody')).status, 404)
  })

  test('claims that were made to hurt are answered like any others', async () => {
    const good = jwtClaims((await login('app'))['access_token'])
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
    const claims: readonly unknown[] = [
      { ...good, azp: {} },
      { ...good, sid: 7 },
      { ...good, sid: 'x\0' },
      { ...good, scope: ['openid'] },
      { ...good, exp: 1e300, iat: 'x', nbf: null },
      { ...good, exp: -8e15 },
      { ...good, realm_access: null, resource_access: { a: null, 'b.c': { roles: [1, null, 'x'] } } },
      { ...good, typ: '__proto__', constructor: { name: 1 } },
      { ...good, iss: ['x'], sub: { a: 1 }, jti: 1, acr: 7, aud: { a: 1 } },
      { ...good, iss: `${one.url}/../${name}` },
      {},
    ]
    const texts = [
      ...claims.map((value) => JSON.stringify(value)),
      JSON.stringify({ ...good, deep: 0 }).replace('"deep":0', `"deep":${deep}`),
    ]
    const bearer = await administrator()
    for (const text of texts) {
      const token = [Buffer.from('{"alg":"RS256","kid":"x"}'), Buffer.from(text)].map((part) => part.toString('base64url')).join('.')
      const { status, json } = await ask(`Bearer ${token}.AAAA`, name, bearer)
      assert.ok(status === 200 || status === 400, `${status} ${text.slice(0, 200)}`)
      if (status === 200) assert.equal(json['valid'], false)
    }
  })

  test('whoever may look at clients and at users may ask, and nobody else', async () => {
    const management = (
      (await server.admin('GET', `/realms/${name}/clients?clientId=realm-management`)).json as unknown as { id: string }[]
    )[0]?.id
    const user = ((await server.admin('GET', `/realms/${name}/users?username=service-account-api`)).json as unknown as { id: string }[])[0]
      ?.id
    const token = (await login('app'))['access_token']
    const rights = [
      [['view-clients'], 403],
      [['view-users'], 403],
      [['query-users', 'query-clients'], 403],
      [['view-clients', 'view-users'], 200],
      [['manage-clients', 'manage-users'], 200],
    ] as const
    for (const [names, status] of rights) {
      const roles = await Promise.all(
        names.map(async (role) => (await server.admin('GET', `/realms/${name}/clients/${management}/roles/${role}`)).json),
      )
      await server.admin('POST', `/realms/${name}/users/${user}/role-mappings/clients/${management}`, roles)
      const bearer = await one.accessToken(as('api'))
      const answer = await call('POST', `${server.url}/admin/realms/${name}/explain`, { bearer, json: { token } })
      assert.equal(answer.status, status, names.join())
      await server.admin('DELETE', `/realms/${name}/users/${user}/role-mappings/clients/${management}`, roles)
    }
    assert.equal((await server.call('POST', `/admin/realms/${name}/explain`, { json: { token } })).status, 401)
  })

  test('an explanation costs a fixed number of statements', async () => {
    const token = (await login('app'))['access_token']
    const bearer = await administrator()
    await ask(token, name, bearer)
    const names = await server.statements(() => ask(token, name, bearer))
    assert.ok(names.length <= 8, names.join())
  })
}
