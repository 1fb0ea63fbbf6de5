import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { exportRealms, importRealms } from '../../src/server.ts'
import type { Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { serverOfFile } from '../server.ts'
import { exported, fixture, missing, openMemory, readJson, temporaryFolder } from './transfers.ts'

/** Realm files as the reference wrote them at its versions; nobody's passwords are `password-of-` and the name. */
const eras = ['old', '20', '23', '26'] as const
const files = Object.fromEntries(eras.map((era) => [era, readJson(fixture(`eras/realm-${era}`)) as RealmRepresentation]))
const server = await serverOfFile({ realms: Object.values(files) })
const folder = temporaryFolder()

async function login(era: (typeof eras)[number], username: string, form: Readonly<Record<string, string>> = {}) {
  const realm = server.realm(files[era]?.realm ?? '')
  return realm.token({ grant_type: 'password', client_id: 'app', username, password: `password-of-${username}`, ...form })
}

async function claimsOf(era: (typeof eras)[number], username: string): Promise<Json> {
  const { status, json, text } = await login(era, username)
  assert.equal(status, 200, text)
  return jwtClaims(String(json['access_token']))
}

/** What the Admin API tells about a user, below the path. */
async function about(era: string, username: string, below: string): Promise<Json[]> {
  const realm = files[era]?.realm
  const [user] = (await server.admin('GET', `/realms/${realm}/users?username=${username}&exact=true`)).json as unknown as Json[]
  return (await server.admin('GET', `/realms/${realm}/users/${user?.['id']}/${below}`)).json as unknown as Json[]
}

test('hashes in members of their own, from before version 8, let their owners in', async () => {
  const claims = await claimsOf('old', 'hashed')
  assert.equal(claims['edrpou'], '12345678')
  assert.deepEqual(claims['realm_access'], { roles: ['reader'] })
  assert.deepEqual((claims['resource_access'] as Json)['app'], { roles: ['app-user'] })
  await claimsOf('old', 'sha256')
})

test('one-time passwords from before version 8 are asked for', async () => {
  const { status, json } = await login('old', 'coded')
  assert.deepEqual([status, json['error']], [400, 'invalid_grant'])
  if (server.onReference) return
  const credentials = (await exported(server.services, 'trf-era-old', folder))['users'] as Json[]
  const coded = credentials.find((user) => user['username'] === 'coded') ?? {}
  const [, otp] = coded['credentials'] as Json[]
  assert.equal(otp?.['type'], 'otp')
  assert.deepEqual(JSON.parse(String(otp?.['secretData'])), { value: 'JBSWY3DPEHPK3PXP' })
  assert.deepEqual(JSON.parse(String(otp?.['credentialData'])), {
    subType: 'totp',
    digits: 6,
    counter: 0,
    period: 30,
    algorithm: 'HmacSHA1',
  })
})

test('lists of default roles become composites of the one default role', { skip: server.onReference }, async () => {
  const { realm, client } = (await exported(server.services, 'trf-era-old', folder))['roles'] as { realm: Json[]; client: Json }
  const role = realm.find((one) => one['name'] === 'default-roles-trf-era-old') ?? {}
  const composites = role['composites'] as { realm: string[]; client: Record<string, string[]> }
  for (const name of ['reader', 'offline_access', 'uma_authorization']) assert.ok(composites.realm.includes(name), name)
  assert.deepEqual(composites.client['app'], ['app-user'])
  assert.ok('app' in client)
})

test('version 20: stored hashes, default role, consents and attributes stay', async () => {
  const claims = await claimsOf('20', 'hashed')
  assert.deepEqual((claims['realm_access'] as { roles: string[] }).roles.toSorted(), [
    'default-roles-trf-era-20',
    'offline_access',
    'reader',
    'uma_authorization',
  ])
})

test('version 20: what a user has allowed an application is asked about no more', { skip: server.onReference }, async () => {
  const [user = {}] = (await exported(server.services, 'trf-era-20', folder))['users'] as Json[]
  const [consent = {}] = user['clientConsents'] as Json[]
  assert.deepEqual([consent['clientId'], (consent['grantedClientScopes'] as string[]).toSorted()], ['app', ['email', 'profile']])
  const services = server.services
  const realm = await services.realms.find('trf-era-20')
  const client = await realm?.client('app')
  const granted = await services.consents.find(String(user['id']), client?.id ?? '')
  assert.equal(granted?.size, 2)
})

test('version 23: groups below groups, and attributes that the profile does not name', async () => {
  const groups = await about('23', 'hashed', 'groups')
  if (Array.isArray(groups))
    assert.deepEqual(
      groups.map((group) => group['path']),
      ['/staff/deep'],
    )
  assert.deepEqual((await claimsOf('23', 'hashed'))['realm_access'], { roles: ['reader'] })
})

test('version 26: a one-time password is asked for beside the password', async () => {
  const { status, json } = await login('26', 'hashed')
  assert.deepEqual([status, json['error']], [400, 'invalid_grant'])
})

/** What an import changes on purpose: see round-trip.test.ts; the members of before version 8 have their place elsewhere. */
const moved =
  /\.credentials\[|\.applicationRoles|\.clientTemplates?|\.defaultRoles|\.useTemplate|\.(scopeParamRequired|keycloakVersion)$|^\.attributes\.frontendUrl$|\.keycloakVersion$|policies\[|\.passwordPolicy$/

for (const era of eras) {
  test(`${era}: nothing of the file is missing in an export`, async () => {
    const services = await openMemory()
    const given = readJson(fixture(`eras/realm-${era}`))
    const kept: string[] = []
    await importRealms(services, { paths: [fixture(`eras/realm-${era}`)], override: false, onKept: (line) => kept.push(line) })
    const out = await exported(services, String(given['realm']), folder)
    assert.deepEqual(
      missing(given, out).filter((path) => !moved.test(path)),
      [],
    )
    assert.deepEqual(kept, [])
  })
}

test('what is not acted on is told once, by name and count, and is in the export', async () => {
  const services = await openMemory()
  const kept: string[] = []
  const files = temporaryFolder()
  const { writeFileSync } = await import('node:fs')
  const file = `${files}/odd.json`
  const mapper = (name: string) => ({ name, protocol: 'openid-connect', protocolMapper: 'script-own.js', config: {} })
  const hash = { type: 'password', secretData: '{"value":"x","salt":"eA=="}', credentialData: '{"hashIterations":1,"algorithm":"bcrypt"}' }
  const realm = {
    realm: 'odd',
    clients: [{ clientId: 'a', protocolMappers: [mapper('one'), mapper('two')], futureMember: 1 }],
    components: { 'org.keycloak.storage.UserStorageProvider': [{ name: 'people', providerId: 'own-storage', config: { a: ['b'] } }] },
    users: [
      { username: 'a', credentials: [hash], futureMember: 1 },
      { username: 'b', credentials: [hash], futureMember: 2 },
    ],
  }
  writeFileSync(file, JSON.stringify(realm))
  await importRealms(services, { paths: [file], override: false, onKept: (line) => kept.push(line) })
  assert.equal(kept.length, 1)
  const told = kept[0]?.replace(`${file}: kept, but not acted on: `, '').split(', ').sort()
  assert.deepEqual(told, [
    'clients[].futureMember',
    'password hash bcrypt (2)',
    'protocol mapper script-own.js (2)',
    'user federation own-storage',
    'users[].futureMember (2)',
  ])
  const out = `${files}/out.json`
  await exportRealms(services, { realm: 'odd', file: out, users: 'realm_file' })
  assert.deepEqual(
    missing(realm, readJson(out)).filter((path) => !path.startsWith('.users[') || path.includes('future')),
    [],
  )
})
