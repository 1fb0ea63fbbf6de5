import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formText, type Json } from '../server/call.ts'
import { expectClientRefused } from '../server/expect.ts'
import { account, as, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { clientIds } from './administrators.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'adm-clients',
      enabled: true,
      clients: [
        service('machine', { secret: 'first-secret-of-machine' }),
        service('plain', { serviceAccountsEnabled: false }),
        { clientId: 'public', publicClient: true },
        { clientId: 'bearer', bearerOnly: true },
      ],
      users: [{ ...account('machine', ['default-roles-adm-clients']), attributes: { edrpou: ['12345678'], fullName: ['Тарас Шевченко'] } }],
    },
  ],
})
const realm = server.realm('adm-clients')
const ids = await clientIds(server, 'adm-clients')
const path = (clientId: string): string => `/realms/adm-clients/clients/${ids[clientId]}`
const clientCredentials = { grant_type: 'client_credentials' }

const names = async (query: string): Promise<unknown[]> => {
  const { json } = await server.admin('GET', `/realms/adm-clients/clients?${query}`)
  return (json as unknown as Json[]).map((client) => client['clientId'])
}

test('clients are found by their id exactly, or by a part of it, and paged', async () => {
  const all = await names('')
  assert.equal(all.length, 10)
  assert.deepEqual(await names('clientId=machine'), ['machine'])
  assert.deepEqual(await names('clientId=machin'), [])
  assert.deepEqual(await names('clientId=ACC&search=true'), ['account', 'account-console'])
  // The reference takes these for wildcards.
  if (!server.onReference) for (const sign of ['%25', '_']) assert.deepEqual(await names(`clientId=${sign}&search=true`), [])
  assert.deepEqual(await names('first=2&max=3'), all.slice(2, 5))
  assert.deepEqual(await names('first=-1&max=-1'), all)
  assert.deepEqual(await names('first=100'), [])
})

test('one client reads as in the list', async () => {
  const { status, json } = await server.admin('GET', path('machine'))
  const listed = (await server.admin('GET', '/realms/adm-clients/clients?clientId=machine')).json as unknown as Json[]
  assert.equal(status, 200)
  assert.deepEqual([json], listed)
  assert.equal(json['secret'], 'first-secret-of-machine')
})

test('a new secret voids the old one at once, and tells when it was made', async () => {
  const old = ['machine', 'first-secret-of-machine'] as const
  assert.equal((await realm.token(clientCredentials, { basic: old })).status, 200)
  const { status, json } = await server.admin('POST', `${path('machine')}/client-secret`)
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(json), ['type', 'value'])
  const value = String(json['value'])
  assert.match(value, /^[A-Za-z0-9]{86}$/)
  expectClientRefused(await realm.token(clientCredentials, { basic: old }), 'unauthorized_client')
  assert.equal((await realm.token(clientCredentials, { basic: ['machine', value] })).status, 200)
  assert.deepEqual((await server.admin('GET', `${path('machine')}/client-secret`)).json, { type: 'secret', value })
  const { secret, attributes } = (await server.admin('GET', path('machine'))).json as { secret: string; attributes: Json }
  assert.equal(secret, value)
  assert.match(String(attributes['client.secret.creation.time']), /^\d{10}$/)
})

test('two rotations at once: the secret that is read afterwards is the one that works', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => server.admin('POST', `${path('machine')}/client-secret`)))
  const value = String((await server.admin('GET', `${path('machine')}/client-secret`)).json['value'])
  assert.ok(answers.some(({ json }) => json['value'] === value))
  assert.equal((await realm.token(clientCredentials, { basic: ['machine', value] })).status, 200)
})

test('the secret that a public client is given is not shown with the client', async () => {
  const { json } = await server.admin('POST', `${path('public')}/client-secret`)
  assert.deepEqual((await server.admin('GET', `${path('public')}/client-secret`)).json, json)
  assert.equal((await server.admin('GET', path('public'))).json['secret'], undefined)
})

test('a service account’s user is shown with its attributes, and its absence is said', async () => {
  const { json } = await server.admin('GET', `${path('machine')}/service-account-user`)
  const { id: _id, createdTimestamp: _made, attributes, ...user } = json
  assert.deepEqual(user, {
    username: 'service-account-machine',
    emailVerified: false,
    enabled: true,
    totp: false,
    disableableCredentialTypes: [],
    requiredActions: [],
    notBefore: 0,
  })
  if (!server.onReference) assert.deepEqual(attributes, { edrpou: ['12345678'], fullName: ['Тарас Шевченко'] })
  for (const clientId of ['plain', 'public', 'bearer']) {
    const { status, json: body } = await server.admin('GET', `${path(clientId)}/service-account-user`)
    assert.deepEqual([status, body], [400, { error: `Service account not enabled for the client '${clientId}'` }])
  }
})

test('a secret in the query or with a wrong content type is no way in', async () => {
  const query = formText({ ...clientCredentials, client_id: 'plain', client_secret: as('plain')[1] })
  assert.notEqual((await realm.call('POST', `/protocol/openid-connect/token?${query}`)).status, 200)
})
