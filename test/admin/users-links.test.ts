import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { openSmtpSink } from '../smtp.ts'
import { administrator, bearerOf, callerOf, clientIds, modulo } from './administrators.ts'

const name = 'usr-links'
const path = `/realms/${name}/users`
const sink = await openSmtpSink()
after(() => sink.close())
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      eventsEnabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [
        service('shop', { directAccessGrantsEnabled: true, redirectUris: ['https://shop.example/*'] }),
        service('asks', { consentRequired: true }),
        service('off', { enabled: false }),
      ],
      identityProviders: [
        {
          alias: 'gh',
          providerId: 'oidc',
          enabled: true,
          config: { authorizationUrl: 'https://x.example/a', tokenUrl: 'https://x.example/t', clientId: 'a', clientSecret: 'b' },
        },
      ],
      users: [
        person('anna', {
          realmRoles: ['offline_access'],
          clientConsents: [{ clientId: 'asks', grantedClientScopes: ['email', 'profile'] }],
        }),
        person('olha', { emailVerified: false }),
        { username: 'no-mail', enabled: true },
        person('disabled', { enabled: false }),
        administrator('boss', ['manage-users']),
        administrator('viewer', ['view-users']),
        administrator('actor', ['view-users', 'impersonation']),
      ],
    },
  ],
})
const realm = server.realm(name)

const idOf = async (username: string): Promise<string> => {
  const [user = {}] = (await server.admin('GET', `${path}?exact=true&username=${username}`)).json as unknown as Json[]
  return String(user['id'])
}
const pathOf = async (username: string): Promise<string> => `${path}/${await idOf(username)}`

async function lastEvent(): Promise<unknown> {
  if (!server.onReference) await server.services.events.flush()
  server.clock.advance(1)
  const [event = {}] = (await server.admin('GET', `/realms/${name}/admin-events?max=1`)).json as unknown as Json[]
  return [event['operationType'], event['resourceType'], event['resourcePath'], event['representation']]
}

const told = ({ status, json }: Answer): unknown => [status, json]

test('accounts at identity providers are linked, listed and taken away; the path names the provider', async () => {
  const anna = await pathOf('anna')
  const id = anna.split('/').at(-1)
  const link = { identityProvider: 'other', userId: 'u1', userName: 'n1' }
  const added = await server.admin('POST', `${anna}/federated-identity/gh`, link)
  assert.deepEqual([added.status, added.headers['cache-control']], [204, 'no-cache'])
  assert.deepEqual(await lastEvent(), ['CREATE', 'USER', `users/${id}/federated-identity/gh`, JSON.stringify(link)])
  const shown = { identityProvider: 'gh', userId: 'u1', userName: 'n1' }
  assert.deepEqual((await server.admin('GET', `${anna}/federated-identity`)).json, [shown])
  assert.deepEqual((await server.admin('GET', anna)).json['federatedIdentities'], [shown])
  assert.deepEqual(told(await server.admin('POST', `${anna}/federated-identity/gh`, { userId: 'u2' })), [
    409,
    { errorMessage: 'User is already linked with provider' },
  ])
  // A provider that the realm does not have is linked to, and not shown.
  assert.equal((await server.admin('POST', `${anna}/federated-identity/gone`, {})).status, 204)
  assert.deepEqual((await server.admin('GET', `${anna}/federated-identity`)).json, [shown])
  server.clock.advance(1)
  for (const provider of ['gone', 'gh']) {
    assert.equal((await server.admin('DELETE', `${anna}/federated-identity/${provider}`)).status, 204)
    assert.deepEqual(await lastEvent(), ['DELETE', 'USER', `users/${id}/federated-identity/${provider}`, undefined])
  }
  assert.deepEqual(told(await server.admin('DELETE', `${anna}/federated-identity/gh`)), [404, { error: 'Link not found' }])
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  assert.equal((await viewer('POST', `${anna}/federated-identity/gh`, {})).status, 403)
})

test('consents and offline tokens are listed and taken back client by client', async () => {
  const anna = await pathOf('anna')
  const id = anna.split('/').at(-1)
  const { shop = '' } = await clientIds(server, name)
  const form = { grant_type: 'password', username: 'anna', password, scope: 'openid offline_access' }
  const { json } = await realm.token(form, { basic: as('shop') })
  const list = (await server.admin('GET', `${anna}/consents`)).json as unknown as Json[]
  const [asked = {}, offline] = list
  assert.deepEqual(Object.keys(asked), ['lastUpdatedDate', 'clientId', 'createdDate', 'grantedClientScopes', 'additionalGrants'])
  const { lastUpdatedDate: _updated, createdDate: _created, ...granted } = asked
  assert.deepEqual(modulo(granted), { clientId: 'asks', grantedClientScopes: ['email', 'profile'], additionalGrants: [] })
  assert.deepEqual(offline, {
    clientId: 'shop',
    grantedClientScopes: [],
    additionalGrants: [{ client: shop, key: 'Offline Token' }],
  })
  const sessions = (await server.admin('GET', `${anna}/offline-sessions/${shop}`)).json as unknown as Json[]
  assert.deepEqual(
    sessions.map(({ username, clients }) => [username, clients]),
    [['anna', { [shop]: 'shop' }]],
  )
  assert.deepEqual(told(await server.admin('GET', `${anna}/offline-sessions/nope`)), [404, { error: 'Client not found' }])
  for (const client of ['asks', 'shop']) {
    const { status, headers } = await server.admin('DELETE', `${anna}/consents/${client}`)
    assert.deepEqual([status, headers['cache-control']], [204, 'no-cache'])
    assert.deepEqual(await lastEvent(), ['ACTION', 'USER', `users/${id}/consents/${client}`, undefined])
  }
  assert.equal((await server.admin('GET', `${anna}/consents`)).text, '[]')
  assert.equal((await server.admin('GET', `${anna}/offline-sessions/${shop}`)).text, '[]')
  const refreshed = await realm.token({ grant_type: 'refresh_token', refresh_token: String(json['refresh_token']) }, { basic: as('shop') })
  assert.equal(refreshed.status, 400)
  assert.deepEqual(told(await server.admin('DELETE', `${anna}/consents/shop`)), [404, { error: 'Consent nor offline token not found' }])
  assert.deepEqual(told(await server.admin('DELETE', `${anna}/consents/nope`)), [404, { error: 'Client not found' }])
})

const mails = ['execute-actions-email', 'send-verify-email', 'reset-password-email'] as const
const bodyOf = (mail: string): unknown => (mail === 'execute-actions-email' ? ['UPDATE_PASSWORD'] : undefined)

test('an e-mail that leads nowhere is not sent', async () => {
  const [olha, noMail, disabled] = [await pathOf('olha'), await pathOf('no-mail'), await pathOf('disabled')]
  const refused = (errorMessage: string): unknown => [400, { errorMessage }]
  for (const mail of mails) {
    const put = (user: string, query = ''): Promise<Answer> => server.admin('PUT', `${user}/${mail}${query}`, bodyOf(mail))
    assert.deepEqual(told(await put(noMail)), refused('User email missing'), mail)
    assert.deepEqual(told(await put(noMail, '?client_id=nope')), refused('User email missing'))
    assert.deepEqual(told(await put(disabled)), refused('User is disabled'))
    assert.deepEqual(told(await put(olha, '?redirect_uri=https://x.example')), refused('Client id missing'))
    assert.deepEqual(told(await put(olha, '?client_id=nope')), refused("Client doesn't exist"))
    assert.deepEqual(told(await put(olha, '?client_id=off')), refused('Client is not enabled'))
    assert.deepEqual(told(await put(olha, '?client_id=shop&redirect_uri=https://evil.example/x')), refused('Invalid redirect uri.'))
    assert.deepEqual(told(await put(`${path}/nope`)), [404, { error: 'User not found' }])
    const failed = mail === 'send-verify-email' ? 'Failed to send verify email' : 'Failed to send execute actions email: Invalid sender'
    const { status, json } = await put(olha)
    assert.equal(status, 500)
    assert.ok(String(json['errorMessage']).startsWith(failed), String(json['errorMessage']))
  }
  const unknown = await server.admin('PUT', `${olha}/execute-actions-email`, ['NOPE'])
  assert.deepEqual(told(unknown), refused('Provided invalid required actions'))
  assert.equal((await server.admin('PUT', `${olha}/execute-actions-email?lifespan=x`, [])).status, 404)
})

test('e-mails are sent with a link for as long as was asked for', async () => {
  await realm.change({ smtpServer: { host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' } })
  server.clock.advance(1)
  const id = await idOf('olha')
  for (const mail of mails) {
    const query = '?client_id=shop&redirect_uri=https://shop.example/done&lifespan=600'
    const { status, text } = await server.admin('PUT', `${path}/${id}/${mail}${query}`, bodyOf(mail))
    assert.deepEqual([status, text], [204, ''], mail)
    assert.deepEqual(await lastEvent(), ['ACTION', 'USER', `users/${id}/${mail}`, undefined])
    const { to, text: letter } = await sink.next()
    assert.deepEqual(to, ['olha@example.com'])
    const key = /action-token\?key=([\w.-]+)/.exec(letter)?.[1] ?? ''
    const claims = jwtClaims(key)
    assert.equal(Number(claims['exp']) - Number(claims['iat']), mail === 'reset-password-email' ? 43_200 : 600)
    assert.deepEqual(
      [claims['sub'], claims['azp'], claims['reduri'], claims['rqac']],
      [id, 'shop', 'https://shop.example/done', mail === 'send-verify-email' ? undefined : ['UPDATE_PASSWORD']],
    )
  }
})

test('an administrator becomes a user in the browser, and leaves a trace', async () => {
  const id = await idOf('olha')
  const { status, json, headers, text } = await server.admin('POST', `${path}/${id}/impersonation`, {})
  assert.deepEqual([status, text], [200, JSON.stringify({ redirect: `${server.url}/realms/${name}/account`, sameRealm: false })])
  assert.equal(json['sameRealm'], false)
  const cookies = headers['set-cookie'] ?? []
  assert.deepEqual(
    cookies.map((cookie) => cookie.split('=', 1)[0]),
    ['KEYCLOAK_IDENTITY', 'KEYCLOAK_SESSION'],
  )
  const sessions = (await server.admin('GET', `${path}/${id}/sessions`)).json as unknown as Json[]
  assert.deepEqual(
    sessions.map(({ username, clients }) => [username, clients]),
    [['olha', {}]],
  )
  // Single sign-on takes it for a login of the user.
  const query = new URLSearchParams({
    client_id: 'shop',
    redirect_uri: 'https://shop.example/done',
    response_type: 'code',
    scope: 'openid',
    prompt: 'none',
  })
  const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ')
  const answer = await realm.call('GET', `/protocol/openid-connect/auth?${query}`, { headers: { cookie } })
  assert.match(String(answer.headers['location']), /^https:\/\/shop\.example\/done\?.*code=/)
})

test('an administrator of the realm itself is logged out when he becomes somebody else', async () => {
  const bearer = await bearerOf(server, name, 'actor')
  const actor = callerOf(server, bearer)
  const id = await idOf('olha')
  const { status, json } = await actor('POST', `${path}/${id}/impersonation`)
  assert.deepEqual([status, json['sameRealm']], [200, true])
  assert.equal((await actor('GET', `${path}/${id}`)).status, 401)
})

test('nobody becomes who is switched off, a service account or nobody', async () => {
  const refused = await server.admin('POST', `${await pathOf('disabled')}/impersonation`)
  assert.deepEqual(told(refused), [400, { errorMessage: 'User is disabled' }])
  const account = await server.admin('POST', `${await pathOf('service-account-shop')}/impersonation`)
  assert.deepEqual(told(account), [400, { errorMessage: 'Service accounts cannot be impersonated' }])
  assert.deepEqual(told(await server.admin('POST', `${path}/nope/impersonation`)), [404, { error: 'User not found' }])
  const boss = callerOf(server, await bearerOf(server, name, 'boss'))
  assert.equal((await boss('POST', `${await pathOf('olha')}/impersonation`)).status, 403)
})

test('a user who is logged out by an administrator has to log in anew everywhere', async () => {
  const olha = await pathOf('olha')
  assert.equal((await server.admin('POST', `${olha}/logout`)).status, 204)
  assert.ok(Number((await server.admin('GET', olha)).json['notBefore']) > 0)
})
