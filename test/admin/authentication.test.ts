import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallOptions } from '../server/call.ts'
import { forgeries, jwtClaims } from '../server/jwt.ts'
import { as, password, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'adm-auth',
      enabled: true,
      clients: [
        service('robot'),
        service('idle'),
        { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true },
        {
          clientId: 'light',
          publicClient: true,
          directAccessGrantsEnabled: true,
          attributes: { 'client.use.lightweight.access.token.enabled': 'true' },
        },
      ],
      users: [
        ...['ann', 'ben', 'cid', 'dan', 'eve'].map((name) => administrator(name, ['realm-admin'])),
        {
          username: 'service-account-robot',
          enabled: true,
          serviceAccountClientId: 'robot',
          clientRoles: { 'realm-management': ['view-clients'] },
        },
      ],
    },
  ],
})
const realm = server.realm('adm-auth')
const path = '/admin/realms/adm-auth'
const unauthorized = { error: 'HTTP 401 Unauthorized' }

async function expectRefused(options: CallOptions, where = path): Promise<void> {
  const { status, json, headers } = await server.call('GET', where, options)
  assert.deepEqual([status, json], [401, unauthorized])
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['www-authenticate'], undefined)
}

test('without a token, with something else, and with forgeries of a real one: 401 everywhere', async () => {
  for (const where of [path, `${path}/clients`, `${path}/nope`, '/admin/realms', '/admin/realms/adm-nope']) {
    await expectRefused({}, where)
    await expectRefused({ bearer: 'garbage' }, where)
  }
  await expectRefused({ basic: ['admin', 'admin'] })
  const token = await bearerOf(server, 'adm-auth', 'ann')
  const key = String((await server.call('GET', '/realms/adm-auth')).json['public_key'])
  const pem = `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`
  for (const [name, forged] of Object.entries(forgeries(token, pem))) {
    const { status } = await server.call('GET', path, { bearer: forged })
    assert.equal(status, 401, name)
  }
  assert.equal((await server.call('GET', path, { bearer: token })).status, 200)
})

test('a refresh token and an ID token are no access tokens', async () => {
  const form = { grant_type: 'password', client_id: 'app', scope: 'openid', username: 'ann', password }
  const { json } = await realm.token(form)
  await expectRefused({ bearer: String(json['refresh_token']) })
  await expectRefused({ bearer: String(json['id_token']) })
  assert.equal((await server.call('GET', path, { bearer: String(json['access_token']) })).status, 200)
})

test('a lightweight token, which holds neither user nor roles, is as good', async () => {
  assert.equal((await server.call('GET', `${path}/clients`, { bearer: await bearerOf(server, 'adm-auth', 'ann', 'light') })).status, 200)
})

test('a service account calls with its own roles', async () => {
  const call = callerOf(server, await realm.accessToken(as('robot')))
  assert.equal((await call('GET', '/realms/adm-auth/clients')).status, 200)
  assert.equal((await call('PUT', '/realms/adm-auth', {})).status, 403)
  assert.equal((await callerOf(server, await realm.accessToken(as('idle')))('GET', '/realms/adm-auth/clients')).status, 403)
})

test('a token stops to work with the session it was given in', async () => {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'ben', password }
  const { access_token, session_state } = (await realm.token(form)).json
  const bearer = String(access_token)
  assert.equal((await server.call('GET', path, { bearer })).status, 200)
  await realm.removeSession(String(session_state))
  await expectRefused({ bearer })
})

test('so it does with its user, and for tokens from before a user’s “not before”', async () => {
  const bearer = await bearerOf(server, 'adm-auth', 'cid')
  await realm.changeUser('cid', { enabled: false })
  await expectRefused({ bearer })
  const second = await bearerOf(server, 'adm-auth', 'dan')
  await realm.removeUser('dan')
  await expectRefused({ bearer: second })
})

test('so it does with its client', async () => {
  const bearer = await bearerOf(server, 'adm-auth', 'eve', 'light')
  await realm.changeClient('light', { enabled: false })
  await expectRefused({ bearer })
})

test('so it does with its realm, and when its time is over', { skip: server.onReference }, async () => {
  const bearer = await bearerOf(server, 'adm-auth', 'eve')
  await realm.change({ enabled: false })
  await expectRefused({ bearer })
  await realm.change({ enabled: true })
  assert.equal((await server.call('GET', path, { bearer })).status, 200)
  server.clock.advance(301)
  await expectRefused({ bearer })
})

test('a role that somebody loses is lost at once, and so is everything with his realm', async () => {
  const clients = [{ clientId: 'app', publicClient: true, directAccessGrantsEnabled: true }]
  await server.admin('POST', '/realms', { realm: 'adm-auth-2', enabled: true, clients, users: [administrator('fox', ['realm-admin'])] })
  const ids = await clientIds(server, 'adm-auth-2')
  const { json } = await server.realm('adm-auth-2').token({ grant_type: 'password', client_id: 'app', username: 'fox', password })
  const bearer = String(json['access_token'])
  const fox = callerOf(server, bearer)
  assert.equal((await fox('GET', '/realms/adm-auth-2')).status, 200)
  assert.equal((await fox('GET', '/realms/adm-auth')).status, 403)
  const mappings = `/realms/adm-auth-2/users/${String(jwtClaims(bearer)['sub'])}/role-mappings/clients/${ids['realm-management']}`
  assert.equal((await server.admin('DELETE', mappings)).status, 204)
  // The reference believes the roles that the token was made with.
  if (!server.onReference) assert.equal((await fox('GET', '/realms/adm-auth-2')).status, 403)
  assert.equal((await server.admin('DELETE', '/realms/adm-auth-2')).status, 204)
  assert.equal((await fox('GET', '/realms/adm-auth')).status, 401)
})
