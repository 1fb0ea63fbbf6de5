import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparable, differences } from '../../src/realm/defaults/fixtures/comparable.ts'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, recorded } from './administrators.ts'

const name = 'trf-export'
const server = await serverOfFile({
  realms: [
    { realm: 'trf-x', enabled: true },
    {
      realm: name,
      enabled: true,
      smtpServer: { host: 'mail.example.com', password: 'secret-of-smtp', from: 'a@example.com' },
      clients: [{ clientId: 'c1', secret: 'secret-of-c1', serviceAccountsEnabled: true }],
      roles: {
        realm: [{ name: 'r1', composites: { realm: ['offline_access'], client: { c1: ['x'] } } }],
        client: { c1: [{ name: 'x', attributes: { a: ['b'] } }] },
      },
      groups: [{ name: 'g1', attributes: { a: ['b'] }, realmRoles: ['r1'], clientRoles: { c1: ['x'] }, subGroups: [{ name: 's1' }] }],
      defaultGroups: ['/g1'],
      identityProviders: [
        {
          alias: 'idp1',
          providerId: 'oidc',
          config: { clientId: 'a', clientSecret: 'secret-of-idp', tokenUrl: 'https://a/t', authorizationUrl: 'https://a/a' },
        },
      ],
      users: [
        { username: 'anna', credentials: [{ type: 'password', value: 'secret-of-anna' }] },
        administrator('keeper', ['manage-realm']),
        administrator('client-keeper', ['manage-realm', 'view-clients']),
        administrator('people-keeper', ['manage-realm', 'manage-users']),
        administrator('all-keeper', ['manage-realm', 'manage-users', 'manage-clients']),
        administrator('seer', ['view-realm', 'view-clients', 'view-users']),
      ],
    },
  ],
})

const export_ = async (query: string, realm = name): Promise<Json> => {
  const { status, headers, json } = await server.admin('POST', `/realms/${realm}/partial-export${query}`)
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/json')
  return json
}
const everything = '?exportClients=true&exportGroupsAndRoles=true'

test('of a fresh realm it is the recorded one', async () => {
  const { body } = recorded('partial-export') as { body: object }
  assert.deepEqual(differences(comparable(body, 'x'), comparable(await export_(everything, 'trf-x'), 'trf-x')), {})
})

test('it is in the order of members that the reference prints', { skip: server.onReference }, async () => {
  const { body } = recorded('partial-export') as { body: object }
  assert.deepEqual(Object.keys(await export_(everything, 'trf-x')), Object.keys(body))
})

test('sections come as they are asked for', async () => {
  const none = await export_('')
  for (const section of ['clients', 'clientScopeMappings', 'users', 'roles', 'groups']) assert.ok(!(section in none), section)
  assert.deepEqual(none['defaultGroups'], ['/g1'])
  assert.equal(none['keycloakVersion'], '26.7.0')
  const without = await export_('?exportClients=nope')
  assert.ok(!('clients' in without))
  const clients = await export_('?exportClients=true')
  assert.ok(!('roles' in clients))
  const groups = await export_('?exportGroupsAndRoles=true')
  assert.deepEqual(Object.keys(groups['roles'] as Json), ['realm'])
  const both = await export_(everything)
  assert.deepEqual(Object.keys((both['roles'] as Json)['client'] as Json).sort(), [
    'account',
    'account-console',
    'admin-cli',
    'broker',
    'c1',
    'realm-management',
    'security-admin-console',
  ])
})

test('a client scope without attributes has an empty map of them', async () => {
  assert.equal((await server.admin('POST', '/realms/trf-x/client-scopes', { name: 'bare', protocol: 'openid-connect' })).status, 201)
  const { json } = await server.admin('POST', '/realms/trf-x/partial-export')
  const { id: _, ...bare } = (json['clientScopes'] as Json[]).find((scope) => scope['name'] === 'bare') ?? {}
  assert.deepEqual(bare, { name: 'bare', protocol: 'openid-connect', attributes: {} })
})

test('no people are in it but those behind service accounts, whose rights come with the roles', async () => {
  const users = async (query: string): Promise<Json[]> => (await export_(query))['users'] as Json[]
  const [bare, ...others] = await users('?exportClients=true')
  assert.deepEqual([bare?.['username'], others], ['service-account-c1', []])
  assert.deepEqual([bare?.['realmRoles'], bare?.['groups']], [undefined, undefined])
  const [whole] = await users(everything)
  assert.deepEqual([whole?.['realmRoles'], whole?.['groups']], [[`default-roles-${name}`], ['/g1']])
  assert.deepEqual([whole?.['totp'], whole?.['disableableCredentialTypes'], whole?.['credentials']], [false, [], undefined])
})

test('secrets are masked and keys left out', async () => {
  const text = JSON.stringify(await export_(everything))
  assert.ok(!text.includes('secret-of'))
  const { clients, components, smtpServer } = JSON.parse(text) as { clients: Json[]; components: Record<string, Json[]>; smtpServer: Json }
  assert.equal(clients.find((client) => client['clientId'] === 'c1')?.['secret'], '**********')
  assert.equal(smtpServer['password'], '**********')
  const keys = components['org.keycloak.keys.KeyProvider']?.map((key) => key['config'])
  assert.ok(keys?.every((config) => Object.keys(config as Json).every((member) => member === 'priority' || member === 'algorithm')))
})

test('it takes the right to manage the realm, and to see what else is asked for', async () => {
  const rights: Readonly<Record<string, readonly number[]>> = {
    keeper: [200, 403, 403, 403],
    'client-keeper': [200, 200, 403, 403],
    'people-keeper': [200, 403, 200, 403],
    'all-keeper': [200, 200, 200, 200],
    seer: [403, 403, 403, 403],
  }
  for (const [username, statuses] of Object.entries(rights)) {
    const as = callerOf(server, await bearerOf(server, name, username))
    const found: number[] = []
    for (const query of ['', '?exportClients=true', '?exportGroupsAndRoles=true', everything])
      found.push((await as('POST', `/realms/${name}/partial-export${query}`)).status)
    assert.deepEqual(found, statuses, username)
  }
})

test('it costs the same statements whatever the realm holds', { skip: server.onReference }, async () => {
  const small = await server.statements(() => export_(everything, 'trf-x'))
  const large = await server.statements(() => export_(everything))
  // The name of the one service account's client, its sections.
  assert.ok(large.length <= small.length + 12, `${large.length} and ${small.length}`)
  assert.ok(large.length < 50, `${large.length}`)
})

test('identity providers come as they are read, and organizations not at all', async () => {
  const realm = 'trf-organized'
  const given = { alias: 'own', providerId: 'saml', updateProfileFirstLoginMode: 'on', config: { a: 'b' } }
  await server.admin('POST', '/realms', { realm, enabled: true, organizationsEnabled: true, identityProviders: [given] })
  try {
    const organization = { name: 'closed', enabled: false, domains: [{ name: 'closed.example' }] }
    const { headers } = await server.admin('POST', `/realms/${realm}/organizations`, organization)
    const linking = await server.admin('POST', `${String(headers.location).split('/admin').at(-1)}/identity-providers`, 'own')
    assert.equal(linking.status, 204, linking.text)
    const { json } = await server.admin('POST', `/realms/${realm}/partial-export`)
    assert.equal(json['organizations'], undefined)
    const [provider = {}] = json['identityProviders'] as Json[]
    const { alias, providerId, config } = given
    const shown = { alias, providerId, enabled: false, config, types: ['USER_AUTHENTICATION'], internalId: provider['internalId'] }
    assert.deepEqual(provider, shown)
  } finally {
    await server.admin('DELETE', `/realms/${realm}`)
  }
})
