import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser, visibleText } from '../server/browser.ts'
import { formText } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { appClient, callback, entrance } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const name = 'frontend'
const outside = 'https://login.example/idp'
const issuer = `${outside}/realms/${name}`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      attributes: { frontendUrl: `${outside}/` },
      users: [person('maria', { clientRoles: { 'realm-management': ['realm-admin'] } })],
      clients: [appClient],
    },
    { realm: 'frontend-none', enabled: true, attributes: { frontendUrl: 'no address' } },
  ],
})
const realm = server.realm(name)
const login = { grant_type: 'password', client_id: 'app', username: 'maria', password, scope: 'openid' }

test('a realm with an address of its own is told of there: discovery, realm information, tokens', async () => {
  const { json } = await realm.call('GET', '/.well-known/openid-configuration')
  for (const [member, value] of Object.entries(json))
    if (typeof value === 'string' && value.startsWith('http')) assert.ok(value.startsWith(issuer), `${member}: ${value}`)
  const information = (await realm.call('GET', '')).json
  assert.equal(information['token-service'], `${issuer}/protocol/openid-connect`)
  const tokens = (await realm.token(login)).json
  for (const kind of ['access_token', 'id_token', 'refresh_token']) assert.equal(jwtClaims(tokens[kind])['iss'], issuer, kind)
})

test('its tokens are good at every address of the server, and at the Admin API', async () => {
  const tokens = (await realm.token(login)).json
  const bearer = String(tokens['access_token'])
  assert.equal((await realm.userinfo(bearer)).status, 200)
  assert.equal((await server.call('GET', `/admin/realms/${name}/users`, { bearer })).status, 200)
  const refreshed = await realm.token({ grant_type: 'refresh_token', client_id: 'app', refresh_token: String(tokens['refresh_token']) })
  assert.equal(jwtClaims(refreshed.json['access_token'])['iss'], issuer)
})

test('pages, forms and cookies are those of its address', async () => {
  const page = await openBrowser(server.url).get(entrance(realm))
  assert.equal(page.status, 200, visibleText(page.text))
  assert.equal(/<form[^>]*action="([^"?]*)/.exec(page.text)?.[1], `${issuer}/login-actions/authenticate`)
  for (const cookie of page.headers['set-cookie'] ?? []) assert.match(cookie, /Path=\/idp\/realms\/frontend\//i)
  const query = formText({ client_id: 'app', redirect_uri: callback, response_type: 'code', scope: 'openid', prompt: 'none' })
  const { headers } = await openBrowser(server.url).get(`${realm.url}/protocol/openid-connect/auth?${query}`)
  assert.equal(new URL(String(headers.location)).searchParams.get('iss'), issuer)
})

test('the Admin API stays where it is, and hands out what leads to the realm', async () => {
  const made = await server.admin('POST', `/realms/${name}/clients-initial-access`, { count: 1 })
  assert.ok(String(made.headers.location).startsWith(`${server.url}/admin/realms/`), String(made.headers.location))
  assert.equal(jwtClaims(made.json['token'])['iss'], issuer)
})

test('a text that is no address changes nothing', async () => {
  const none = server.realm('frontend-none')
  assert.equal((await none.call('GET', '/.well-known/openid-configuration')).json['issuer'], none.url)
})
