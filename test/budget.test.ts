import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { RealmRepresentation } from '../src/representations/realm.ts'
import type { Answer, Json } from './server/call.ts'
import { expectToken } from './server/expect.ts'
import { answerTo, appClient, callback, signIn } from './server/login.ts'
import { account, as, audience, password, person, refreshing, service } from './server/samples.ts'
import { startTestServer, type TestServer } from './server.ts'

/** A realm in which everybody has all of `size` realm roles and `size` client roles, among `size` further clients. */
function realmOf(size: number): RealmRepresentation {
  const names = Array.from({ length: size }, (_, index) => `role-${index}`)
  const composite = { name: 'everything', composite: true, composites: { realm: names, client: { api: names } } }
  const seen = { protocolMappers: [audience('app')] }
  return {
    realm: `budget-${size}`,
    enabled: true,
    roles: { realm: [...names.map((name) => ({ name })), composite], client: { api: names.map((name) => ({ name })) } },
    clients: [
      service('app', { directAccessGrantsEnabled: true, ...seen }),
      service('machine', seen),
      refreshing('refreshing', seen),
      { ...appClient, clientId: 'browser' },
      { clientId: 'api' },
      ...names.map((name) => service(`client-${name}`)),
    ],
    users: [person('taras', { realmRoles: ['everything'] }), account('machine', ['everything']), account('refreshing', ['everything'])],
  }
}

const sizes = [3, 300] as const

/** A request in a warm server; it must succeed, unless it is there to fail. */
interface Case {
  readonly name: string
  /** Reads and writes. Who saves one lowers the number. */
  readonly statements: number
  readonly status?: number
  send(tokens: Tokens): Promise<Answer>
}

interface Tokens {
  readonly machine: Json
  readonly refreshing: Json
  readonly taras: Json
}

function casesOf(server: TestServer, name: string): { readonly cases: readonly Case[]; warm(): Promise<Tokens> } {
  const realm = server.realm(name)
  const grant = (clientId: string) => realm.token({ grant_type: 'client_credentials', scope: 'openid' }, { basic: as(clientId) })
  const login = (word: string) =>
    realm.token({ grant_type: 'password', username: 'taras', password: word, scope: 'openid' }, { basic: as('app') })
  const refresh = (token: unknown, clientId: string) =>
    realm.token({ grant_type: 'refresh_token', refresh_token: String(token) }, { basic: as(clientId) })
  const introspect = (token: unknown) => realm.introspect({ token: String(token) }, { basic: as('app') })
  const cases: readonly Case[] = [
    { name: 'discovery', statements: 0, send: () => realm.call('GET', '/.well-known/openid-configuration') },
    { name: 'certs', statements: 0, send: () => realm.call('GET', '/protocol/openid-connect/certs') },
    { name: 'realm information', statements: 0, send: () => realm.call('GET', '') },
    { name: 'client_credentials', statements: 0, send: () => grant('machine') },
    { name: 'client_credentials with a session', statements: 2, send: () => grant('refreshing') },
    {
      name: 'a wrong client secret',
      statements: 0,
      status: 401,
      send: () => realm.token({ grant_type: 'client_credentials' }, { basic: ['machine', 'wrong-secret'] }),
    },
    { name: 'password', statements: 4, send: () => login(password) },
    { name: 'a wrong password', statements: 2, status: 400, send: () => login('wrong-password') },
    {
      name: 'refresh of a service account',
      statements: 1,
      send: ({ refreshing: { refresh_token } }) => refresh(refresh_token, 'refreshing'),
    },
    { name: 'refresh of a person', statements: 1, send: ({ taras: { refresh_token } }) => refresh(refresh_token, 'app') },
    { name: 'introspection of a service account', statements: 1, send: ({ machine }) => introspect(machine['access_token']) },
    { name: 'introspection of a session', statements: 1, send: ({ taras }) => introspect(taras['access_token']) },
    { name: 'introspection of garbage', statements: 0, send: () => introspect('garbage') },
    { name: 'userinfo of a service account', statements: 1, send: ({ machine }) => realm.userinfo(String(machine['access_token'])) },
    { name: 'userinfo of a session', statements: 1, send: ({ taras }) => realm.userinfo(String(taras['access_token'])) },
    { name: 'userinfo of garbage', statements: 0, status: 401, send: () => realm.userinfo('garbage') },
  ]
  return {
    cases,
    async warm() {
      const tokens = {
        machine: expectToken(await grant('machine')),
        refreshing: expectToken(await grant('refreshing')),
        taras: expectToken(await login(password)),
      }
      for (const { send } of cases) await send(tokens)
      return tokens
    },
  }
}

const options = { skip: process.env['OSTIARY_TEST_REFERENCE'] !== undefined }

for (const engine of options.skip ? [] : (['sqlite', 'postgres'] as const)) {
  const server = await startTestServer({ engine, realms: sizes.map(realmOf) })
  after(() => server.close())

  for (const size of sizes) {
    const { cases, warm } = casesOf(server, `budget-${size}`)
    test(`${engine}, ${size} roles and clients: every request runs the statements of its budget`, async (context) => {
      const tokens = await warm()
      for (const { name, statements, status = 200, send } of cases) {
        await context.test(`${name}: ${statements}`, async () => {
          const ran = await server.statements(async () => {
            const answer = await send(tokens)
            assert.equal(answer.status, status, answer.text)
          })
          assert.equal(ran.length, statements, ran.join(' '))
        })
      }
    })
  }

  for (const size of sizes) {
    test(`${engine}, ${size} roles and clients: a code is exchanged with 4 statements, and its tokens refreshed with 1`, async () => {
      const realm = server.realm(`budget-${size}`)
      const { page } = await signIn(realm, { username: 'taras', password, params: { client_id: 'browser' } })
      const code = answerTo(page)?.['code'] ?? assert.fail(page.text.slice(0, 500))
      const exchange = { grant_type: 'authorization_code', client_id: 'browser', code, redirect_uri: callback }
      let refreshToken: unknown
      const ran = await server.statements(async () => {
        refreshToken = expectToken(await realm.token(exchange))['refresh_token']
      })
      assert.equal(ran.length, 4, ran.join(' '))
      const refresh = { grant_type: 'refresh_token', client_id: 'browser', refresh_token: String(refreshToken) }
      const again = await server.statements(async () => expectToken(await realm.token(refresh)))
      assert.equal(again.length, 1, again.join(' '))
    })
  }

  test(`${engine}: a token of ${sizes[1]} roles really has them`, async () => {
    const token = await server.realm(`budget-${sizes[1]}`).accessToken(as('machine'))
    const { realm_access } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      realm_access: { roles: string[] }
    }
    assert.ok(realm_access.roles.length >= sizes[1])
  })

  test(`${engine}: after a change of the realm the next token reads it once, the one after it not at all`, async () => {
    const realm = server.realm('budget-3')
    await realm.change({ displayName: 'changed' })
    const grant = () => realm.token({ grant_type: 'client_credentials' }, { basic: as('machine') })
    const many = realm.accessToken(as('machine'))
    const first = await server.statements(() => Promise.all([many, ...Array.from({ length: 20 }, grant)]))
    assert.ok(first.length <= 10, first.join(' '))
    assert.deepEqual(await server.statements(grant), [])
  })
}
