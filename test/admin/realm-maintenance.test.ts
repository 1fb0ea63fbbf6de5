import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { withStoredSecrets } from '../../src/admin/realms/test-smtp-connection.ts'
import type { Answer, Json } from '../server/call.ts'
import { formText } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { openSmtpSink } from '../smtp.ts'
import { administrator, bearerOf, callerOf, recorded } from './administrators.ts'

const name = 'rlm-upkeep'
const pushed: { readonly url: string; readonly body: string }[] = []
const app = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    pushed.push({ url: request.url ?? '', body: Buffer.concat(chunks).toString() })
    response.end()
  })
}).listen(0, '127.0.0.1')
await once(app, 'listening')
const appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
const sink = await openSmtpSink()
after(() => {
  app.close()
  return sink.close()
})

const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [
        { clientId: 'near', adminUrl: `${appUrl}/near` },
        { clientId: 'below', rootUrl: `${appUrl}/base`, adminUrl: '/below' },
        { clientId: 'far', adminUrl: 'http://127.0.0.1:1/far' },
      ],
      users: [administrator('boss', ['manage-realm']), administrator('viewer', ['view-realm']), administrator('clerk', ['manage-users'])],
    },
  ],
})
const path = `/realms/${name}`
const post = (place: string, json?: unknown): Promise<Answer> => server.admin('POST', `${path}/${place}`, json)

async function eventOf(resourcePath: string): Promise<Json> {
  if (!server.onReference) await server.services.events.flush()
  const [event = {}] = (await server.admin('GET', `${path}/admin-events?resourcePath=${resourcePath}`)).json as unknown as Json[]
  const { operationType, resourceType, representation } = event
  return { operationType, resourceType, ...(representation ? { representation } : {}) }
}

test('every client with an address is told which tokens are void, by a token that the realm signed', async () => {
  const { status, json } = await post('push-revocation')
  assert.equal(status, 200)
  assert.deepEqual((json['successRequests'] as string[]).sort(), [`${appUrl}/base/below`, `${appUrl}/near`])
  assert.deepEqual(json['failedRequests'], ['http://127.0.0.1:1/far'])
  assert.deepEqual(pushed.map(({ url }) => url).sort(), ['/base/below/k_push_not_before', '/near/k_push_not_before'])
  const near =
    pushed
      .find(({ url }) => url.startsWith('/near'))
      ?.body.split('.')
      .slice(0, 2) ?? []
  const [header = {}, claims = {}] = near.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json)
  assert.equal(header['alg'], 'RS256')
  assert.deepEqual([claims['action'], claims['resource'], claims['notBefore']], ['PUSH_NOT_BEFORE', 'near', 0])
  const event = await eventOf('push-revocation')
  assert.deepEqual([event['operationType'], event['resourceType']], ['ACTION', 'REALM'])
})

test('caches are cleared, and the log tells of it', async () => {
  for (const name of ['clear-realm-cache', 'clear-user-cache', 'clear-keys-cache', 'clear-crl-cache']) {
    assert.equal((await post(name)).status, 204)
    assert.deepEqual(await eventOf(name), { operationType: 'ACTION', resourceType: 'REALM' })
  }
})

test('clients are listed with the sessions that they have', async () => {
  await bearerOf(server, name, 'viewer')
  const stats = (await server.admin('GET', `${path}/client-session-stats`)).json as unknown as Json[]
  const [cli = {}] = stats
  assert.deepEqual([stats.length, cli['clientId'], cli['offline']], [1, 'admin-cli', '0'])
  assert.ok(Number(cli['active']) >= 1)
})

test('required actions that set up a credential are named', async () => {
  const { text } = await server.admin('GET', `${path}/credential-registrators`)
  assert.deepEqual(JSON.parse(text), [
    'CONFIGURE_TOTP',
    'webauthn-register',
    'webauthn-register-passwordless',
    'CONFIGURE_RECOVERY_AUTHN_CODES',
  ])
})

test('features that are off by default say so', async () => {
  for (const place of ['users-management-permissions', 'client-types']) {
    const { status, json } = await server.admin('GET', `${path}/${place}`)
    assert.deepEqual([status, json['error']], [501, 'Feature not enabled'])
  }
})

const settings = { host: '127.0.0.1', port: String(sink.port), from: 'realm@example.com' }

test('the caller gets a letter by the settings of the body or of a form', async () => {
  const boss = await bearerOf(server, name, 'boss')
  const asBoss = callerOf(server, boss)
  assert.equal((await asBoss('POST', `${path}/testSMTPConnection`, settings)).status, 204)
  const mail = await sink.next()
  assert.deepEqual([mail.from, mail.to], ['realm@example.com', ['boss@example.com']])
  const form = {
    bearer: boss,
    body: formText({ config: JSON.stringify(settings) }),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
  assert.equal((await server.call('POST', `/admin${path}/testSMTPConnection`, form)).status, 204)
  assert.deepEqual((await sink.next()).to, ['boss@example.com'])
})

test('what can not be sent is one error, whatever the reason', async () => {
  const asBoss = callerOf(server, await bearerOf(server, name, 'boss'))
  for (const body of [{}, { ...settings, from: undefined }, { ...settings, port: '1' }, { ...settings, port: 'x' }]) {
    const { status, json } = await asBoss('POST', `${path}/testSMTPConnection`, body)
    assert.deepEqual([status, json], [500, { errorMessage: 'Failed to send email' }], JSON.stringify(body))
  }
  const [{ status, json }] = [await post('testSMTPConnection', settings)]
  assert.deepEqual([status, json], [500, { errorMessage: 'Failed to send email' }], 'the administrator of master has no address')
})

test('a masked password stands for the stored one only at the stored server', () => {
  const stored = { ...settings, user: 'u', password: 'stored' }
  const masked = { ...stored, password: '**********' }
  assert.equal(withStoredSecrets(masked, stored)['password'], 'stored')
  for (const change of [{ host: 'evil.example' }, { port: '2525' }, { user: 'other' }])
    assert.equal(withStoredSecrets({ ...masked, ...change }, stored)['password'], '**********', JSON.stringify(change))
})

test('who may only see the realm, or manages other things, may do none of it', async () => {
  for (const username of ['viewer', 'clerk']) {
    const as = callerOf(server, await bearerOf(server, name, username))
    for (const place of ['push-revocation', 'clear-realm-cache', 'testSMTPConnection'])
      assert.equal((await as('POST', `${path}/${place}`, {})).status, 403, place)
  }
  const clerk = callerOf(server, await bearerOf(server, name, 'clerk'))
  for (const place of ['client-session-stats', 'credential-registrators'])
    assert.equal((await clerk('GET', `${path}/${place}`)).status, 403)
})

test('a realm’s events configuration reads as the reference’s', async () => {
  const given = (await server.admin('GET', `${path}/events/config`)).json
  const golden = recorded('events-config') as Json
  assert.deepEqual([...(given['enabledEventTypes'] as string[])].sort(), [...(golden['enabledEventTypes'] as string[])].sort())
  assert.deepEqual(given['eventsListeners'], golden['eventsListeners'])
})

test('a change of the realm is kept in the log without its secrets', async () => {
  const smtpServer = { ...settings, user: 'u', password: 'hush-hush-1' }
  assert.equal((await server.admin('PUT', path, { displayName: 'Logged', smtpServer })).status, 204)
  if (!server.onReference) await server.services.events.flush()
  const events = (await server.admin('GET', `${path}/admin-events?operationTypes=UPDATE`)).json as unknown as Json[]
  const event = events.find(({ representation }) => String(representation).includes('Logged')) ?? {}
  assert.equal(event['resourcePath'], undefined)
  assert.deepEqual(JSON.parse(String(event['representation'])), {
    displayName: 'Logged',
    smtpServer: { ...smtpServer, password: '**********' },
  })
})
