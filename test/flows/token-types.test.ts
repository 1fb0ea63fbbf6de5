import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { forgeries, jwtClaims } from '../server/jwt.ts'
import type { TestRealm } from '../server/realm.ts'
import { as, audience, password, person, refreshing, secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

/** A client whose tokens pass everywhere, were they of the right type: it is in its own audience. */
const app = service('app', { directAccessGrantsEnabled: true, protocolMappers: [audience('app')] })
const small = service('small', {
  directAccessGrantsEnabled: true,
  attributes: { 'token.response.type.bearer.lower-case': 'true' },
  protocolMappers: [audience('app')],
})
const clients = [app, small, refreshing('machine')]

const server = await serverOfFile({
  realms: [
    { realm: 'flows-types', enabled: true, clients, users: [person('taras')] },
    { realm: 'flows-types-other', enabled: true, clients, users: [person('taras')] },
  ],
})
const realm = server.realm('flows-types')

async function login(at: TestRealm): Promise<Json> {
  const form = { grant_type: 'password', username: 'taras', password, scope: 'openid' }
  return expectToken(await at.token(form, { basic: as('app') }))
}

async function adminLogin(): Promise<Json> {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin', scope: 'openid' }
  return expectToken(await server.realm('master').token(form))
}

/** Every endpoint that takes a token: what it does with it, and how it refuses. */
const endpoints: readonly {
  readonly name: string
  /** The kind of token it is for. */
  readonly kind: 'access' | 'refresh' | 'admin'
  send(token: string): Promise<Answer>
  refused(answer: Answer): void
}[] = [
  {
    name: 'userinfo, header',
    kind: 'access',
    send: (token) => realm.userinfo(token),
    refused: ({ status, text }) => assert.deepEqual([status, text], [401, '']),
  },
  {
    name: 'userinfo, form',
    kind: 'access',
    send: (token) => realm.call('POST', '/protocol/openid-connect/userinfo', { form: { access_token: token } }),
    refused: ({ status, text }) => assert.deepEqual([status, text], [401, '']),
  },
  {
    name: 'introspection',
    kind: 'access',
    send: (token) => realm.introspect({ token }, { basic: as('app') }),
    refused: ({ status, text }) => assert.deepEqual([status, text], [200, '{"active":false}']),
  },
  {
    name: 'introspection, hint refresh_token',
    kind: 'refresh',
    send: (token) => realm.introspect({ token, token_type_hint: 'refresh_token' }, { basic: as('app') }),
    refused: ({ status, text }) => assert.deepEqual([status, text], [200, '{"active":false}']),
  },
  {
    name: 'refresh',
    kind: 'refresh',
    send: (token) => realm.token({ grant_type: 'refresh_token', refresh_token: token }, { basic: as('app') }),
    refused: (answer) => expectError(answer, 400, 'invalid_grant', 'Invalid refresh token'),
  },
  {
    name: 'Admin API',
    kind: 'admin',
    send: (token) => server.call('GET', '/admin/realms/flows-types', { bearer: token }),
    refused: ({ status, json }) => assert.deepEqual([status, json], [401, { error: 'HTTP 401 Unauthorized' }]),
  },
]

/** Real tokens by kind. */
async function realTokens(): Promise<Record<string, string>> {
  const [here, there, admin] = [await login(realm), await login(server.realm('flows-types-other')), await adminLogin()]
  const named = (prefix: string, { access_token, refresh_token, id_token }: Json): Record<string, string> => ({
    [`${prefix}access`]: String(access_token),
    [`${prefix}refresh`]: String(refresh_token),
    [`${prefix}id`]: String(id_token),
  })
  return { ...named('', here), ...named('foreign ', there), ...named('master ', admin) }
}

const wanted = { access: 'access', refresh: 'refresh', admin: 'master access' } as const

for (const endpoint of endpoints) {
  test(`${endpoint.name}: takes its own type of token and no other`, async () => {
    const tokens = await realTokens()
    for (const [name, token] of Object.entries(tokens)) {
      // Without an administrator's rights a token is understood at the Admin API, and refused with 403.
      if (endpoint.kind === 'admin' && /^(foreign )?access$/.test(name)) {
        assert.equal((await endpoint.send(token)).status, 403, name)
        continue
      }
      // The reference server calls an ID token active when its own client asks; who guards an API by introspection must not let one in.
      if (server.onReference && endpoint.name === 'introspection' && name === 'id') continue
      if (name !== wanted[endpoint.kind]) endpoint.refused(await endpoint.send(token))
    }
    const accepted = await endpoint.send(tokens[wanted[endpoint.kind]] ?? '')
    assert.equal(accepted.status, 200, accepted.text)
    assert.notEqual(accepted.text, '{"active":false}')
  })

  test(`${endpoint.name}: takes no forgery of a token that it takes`, async () => {
    const tokens = await realTokens()
    const of = endpoint.kind === 'admin' ? 'master' : 'flows-types'
    const publicKey = String((await server.realm(of).call('GET', '')).json['public_key'])
    const original = tokens[wanted[endpoint.kind]] ?? ''
    for (const [name, forgery] of Object.entries(forgeries(original, publicKey))) {
      const answer = await endpoint.send(forgery)
      try {
        endpoint.refused(answer)
      } catch (error) {
        throw new Error(`${name}: ${answer.status} ${answer.text}`, { cause: error })
      }
    }
    assert.equal((await endpoint.send(original)).status, 200)
  })
}

test('no token is a proof of who a client is', async () => {
  const tokens = await realTokens()
  for (const token of Object.values(tokens)) {
    const form = { grant_type: 'client_credentials', client_id: 'app' }
    assert.equal((await realm.token(form, { bearer: token })).status, 401)
    assert.equal((await realm.token({ ...form, client_secret: token })).status, 401)
    assert.equal((await realm.introspect({ token, client_id: 'app', client_secret: token })).status, 401)
  }
  expectToken(await realm.token({ grant_type: 'client_credentials', client_id: 'app', client_secret: secret }))
})

test('a client may want the type of its tokens in small letters, and they are access tokens all the same', async () => {
  const { access_token, refresh_token, token_type } = expectToken(await realm.token(smallForm, { basic: as('small') }))
  assert.deepEqual([token_type, jwtClaims(access_token)['typ']], ['bearer', 'bearer'])
  const bearer = String(access_token)
  assert.equal((await realm.userinfo(bearer)).status, 200)
  const { active, typ, token_type: told } = (await realm.introspect({ token: bearer }, { basic: as('app') })).json
  assert.deepEqual([active, typ, told], [true, 'bearer', 'bearer'])
  const next = await realm.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) }, { basic: as('small') })
  assert.equal(expectToken(next)['token_type'], 'bearer')
  // The reference does not know its own type here.
  if (server.onReference) return
  const revoked = await realm.call('POST', '/protocol/openid-connect/revoke', { form: { token: bearer }, basic: as('small') })
  assert.equal(revoked.status, 200)
  assert.equal((await realm.userinfo(bearer)).status, 401)
})

const smallForm = { grant_type: 'password', username: 'taras', password, scope: 'openid' }
