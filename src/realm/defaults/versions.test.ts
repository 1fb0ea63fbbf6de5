import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { completeRealm } from './complete.ts'
import { sequence, standstill } from './fixtures/sequence.ts'

const cookie = { authenticator: 'auth-cookie', requirement: 'ALTERNATIVE', priority: 10 }
const flow = (alias: string, authenticationExecutions: object[]) => ({
  alias,
  providerId: 'basic-flow',
  topLevel: true,
  builtIn: true,
  authenticationExecutions,
})

/** What a file of an older version brings of that which later versions have changed. */
const file: RealmRepresentation = {
  realm: 'old',
  enabled: true,
  clients: [
    { clientId: 'account', publicClient: true },
    { clientId: 'security-admin-console', publicClient: true, fullScopeAllowed: false },
    { clientId: 'own' },
    { clientId: 'resource', bearerOnly: true },
  ],
  clientScopes: [{ name: 'email', protocol: 'openid-connect' }],
  defaultDefaultClientScopes: ['email'],
  roles: { client: { account: [{ name: 'manage-account' }, { name: 'view-profile' }] } },
  requiredActions: [{ alias: 'VERIFY_EMAIL', providerId: 'VERIFY_EMAIL', name: 'Verify Email', enabled: true, priority: 50 }],
  authenticationFlows: [
    flow('browser', [cookie]),
    flow('http challenge', [cookie]),
    flow('registration form', [
      { authenticator: 'registration-profile-action', requirement: 'REQUIRED', priority: 40 },
      { authenticator: 'registration-password-action', requirement: 'REQUIRED', priority: 50 },
    ]),
  ],
}

const written = (keycloakVersion: string, more: RealmRepresentation = {}): RealmRepresentation =>
  completeRealm(
    { ...structuredClone(file), ...more, keycloakVersion },
    { realmName: 'old', kind: 'import', random: sequence(), clock: standstill },
  )

const client = (realm: RealmRepresentation, name: string) => realm.clients?.find(({ clientId }) => clientId === name)
const steps = (realm: RealmRepresentation, name: string) =>
  realm.authenticationFlows
    ?.find(({ alias }) => alias === name)
    ?.authenticationExecutions?.map(({ authenticator, flowAlias, priority }) => [authenticator ?? flowAlias, priority])

/** Recorded: what the reference makes of such a file, by the last version before each step and the first behind it. */
const changes: readonly (readonly [what: string, before: string, at: string, is: (realm: RealmRepresentation) => boolean])[] = [
  ['a client of the Account Console', '8.0.2', '9.0.0', (realm) => client(realm, 'account-console') !== undefined],
  ['roles for consents', '8.0.2', '9.0.0', (realm) => names(realm).includes('manage-consent')],
  ['a role for applications', '8.0.2', '9.0.0', (realm) => names(realm).includes('view-applications')],
  ['the action for a language', '8.0.2', '9.0.0', (realm) => !!realm.requiredActions?.some(({ alias }) => alias === 'update_user_locale')],
  [
    'a proof of the Admin Console',
    '8.0.2',
    '9.0.0',
    (realm) => client(realm, 'security-admin-console')?.attributes?.['pkce.code.challenge.method'] === 'S256',
  ],
  ['the scope acr', '17.0.1', '18.0.0', (realm) => !!client(realm, 'own')?.defaultClientScopes?.includes('acr')],
  ['a role for groups', '19.0.3', '20.0.0', (realm) => names(realm).includes('view-groups')],
  ['no flow of HTTP authentication', '21.1.2', '22.0.0', (realm) => steps(realm, 'http challenge') === undefined],
  ['no step for the profile alone', '22.0.5', '23.0.0', (realm) => steps(realm, 'registration form')?.length === 1],
  [
    'the whole scope of the Admin Console',
    '25.0.6',
    '26.0.0',
    (realm) => client(realm, 'security-admin-console')?.fullScopeAllowed === true,
  ],
  ['a step for organizations', '26.6.9', '26.7.0', (realm) => steps(realm, 'browser')?.some(([name]) => name === 'Organization') === true],
]

const names = (realm: RealmRepresentation): unknown[] => (realm.roles?.client?.['account'] ?? []).map(({ name }) => name)

for (const [what, before, at, is] of changes) {
  test(`a realm file from before ${at} gets ${what}`, () => {
    assert.equal(is(written(before)), true)
    assert.equal(is(written(at)), false)
  })
}

test('the Account Console of a realm from before it may show what it needs of the account', () => {
  const realm = written('8.0.2')
  assert.deepEqual(realm.clientScopeMappings?.['account'], [{ client: 'account-console', roles: ['manage-account', 'view-groups'] }])
  assert.deepEqual(client(realm, 'account-console')?.defaultClientScopes?.toSorted(), ['acr', 'basic', 'email'])
  const consents = realm.roles?.client?.['account']?.find(({ name }) => name === 'manage-consent')
  assert.deepEqual([consents?.composite, consents?.composites?.client], [true, { account: ['view-consent'] }])
  assert.equal(client(realm, 'resource')?.defaultClientScopes?.includes('acr'), false)
})

test('a flow of HTTP authentication that is used stays', () => {
  assert.notEqual(steps(written('21.0.0', { browserFlow: 'http challenge' }), 'http challenge'), undefined)
})

test('the step for organizations stands before the forms, under a free name, and only where nobody is asked yet', () => {
  const taken = { authenticationFlows: [flow('browser', [cookie, { ...cookie, priority: 40 }]), flow('Organization', [cookie])] }
  assert.deepEqual(steps(written('26.6.0', taken), 'browser'), [
    ['auth-cookie', 10],
    ['identity-provider-redirector', 25],
    ['Built-in Organization', 26],
    ['auth-cookie', 40],
  ])
  const asked = { authenticationFlows: [flow('browser', [{ ...cookie, authenticator: 'organization' }])] }
  assert.equal(steps(written('26.6.0', asked), 'browser')?.length, 2)
})
