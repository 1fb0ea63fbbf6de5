import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { completeRealm, masterAdminClient } from './complete.ts'
import { defaultUserProfile } from './components.ts'
import { comparable, differences } from './fixtures/comparable.ts'
import { sequence, standstill } from './fixtures/sequence.ts'

/** Recorded answers, each as the type it is used as. */
const golden = <T>(name: string): T => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as T

interface AssignedScopes {
  readonly default: string[]
  readonly optional: string[]
  readonly scopeMappings: { readonly clientMappings?: { readonly account?: { readonly mappings: { readonly name: string }[] } } }
}

interface RecordedRoles {
  readonly realm: { name?: string }[]
  readonly client: Record<string, { name?: string }[]>
  readonly composites: Record<string, string[]>
}

const complete = (given: RealmRepresentation, kind: 'create' | 'master' = 'create', realmName = 'x') =>
  completeRealm(given, { realmName, kind, random: sequence(), clock: standstill })

const fresh = complete({ realm: 'x', enabled: true })
const same = (actual: unknown, expected: unknown) => assert.deepEqual(comparable(actual, 'x'), comparable(expected, 'x'))
const named = <T extends { name?: string }>(list: readonly T[] | undefined, name: string) => list?.find((item) => item.name === name)

test('a realm made of nothing but its name is the reference’s, in everything that an export shows', () => {
  assert.deepEqual(differences(comparable(golden<{ body: object }>('golden/partial-export').body, 'x'), comparable(fresh, 'x')), {})
})

test('its settings are the recorded ones, and besides them it has its lists and sections only', () => {
  const recorded = golden<object>('golden/realm')
  const settings = Object.fromEntries(Object.entries(fresh).filter(([name]) => name in recorded))
  same(settings, recorded)
  assert.deepEqual(
    Object.keys(fresh).filter((name) => !(name in recorded)),
    [
      'localizationTexts',
      'roles',
      'groups',
      'scopeMappings',
      'clientScopeMappings',
      'clients',
      'clientScopes',
      'defaultDefaultClientScopes',
      'defaultOptionalClientScopes',
      'identityProviders',
      'identityProviderMappers',
      'components',
      'authenticationFlows',
      'authenticatorConfig',
      'requiredActions',
    ],
  )
})

test('its clients, client scopes, actions are the recorded ones', () => {
  same({ clients: fresh.clients }, { clients: golden('golden/clients') })
  same({ clientScopes: fresh.clientScopes }, { clientScopes: golden('golden/client-scopes') })
  assert.deepEqual(fresh.requiredActions, golden('golden/required-actions'))
})

test('its clients have the recorded scopes and scope mappings', () => {
  const recorded = golden<Record<string, AssignedScopes>>('golden/client-assigned-scopes')
  for (const client of fresh.clients ?? []) {
    const expected = recorded[client.clientId ?? '']
    assert.ok(expected, client.clientId ?? '')
    assert.deepEqual(client.defaultClientScopes?.toSorted(), expected.default.toSorted(), client.clientId ?? '')
    assert.deepEqual(client.optionalClientScopes?.toSorted(), expected.optional.toSorted(), client.clientId ?? '')
    const mapped = expected.scopeMappings.clientMappings?.account?.mappings.map((role) => role.name)
    const ours = fresh.clientScopeMappings?.['account']?.find((mapping) => mapping.client === client.clientId)?.roles
    assert.deepEqual(ours?.toSorted(), mapped?.toSorted(), client.clientId ?? '')
  }
  assert.equal(fresh.clients?.length, 6)
})

test('the lists of scopes for new clients are in the reference’s order', () => {
  assert.deepEqual(fresh.defaultOptionalClientScopes, ['offline_access', 'address', 'phone', 'microprofile-jwt', 'organization'])
  assert.deepEqual(fresh.defaultDefaultClientScopes, [
    'role_list',
    'saml_organization',
    'AuthnContextClassRef',
    'profile',
    'email',
    'roles',
    'web-origins',
    'acr',
    'basic',
  ])
  const names = (file: string): string[] => golden<{ name: string }[]>(file).map((scope) => scope.name)
  assert.deepEqual(fresh.defaultDefaultClientScopes.toSorted(), names('golden/default-default-client-scopes').toSorted())
  assert.deepEqual(fresh.defaultOptionalClientScopes.toSorted(), names('golden/default-optional-client-scopes').toSorted())
})

test('its roles and their composites are the recorded ones', () => {
  const recorded = golden<RecordedRoles>('golden/roles')
  const bare = (role: object) =>
    Object.fromEntries(Object.entries(role).filter(([name]) => !['id', 'containerId', 'composites'].includes(name)))
  const sorted = (roles: readonly { name?: string }[]) => roles.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)).map(bare)
  assert.deepEqual(sorted(fresh.roles?.realm ?? []), sorted(recorded.realm))
  assert.deepEqual(Object.keys(fresh.roles?.client ?? {}).toSorted(), Object.keys(recorded.client))
  for (const [clientId, roles] of Object.entries(fresh.roles?.client ?? {}))
    assert.deepEqual(sorted(roles), sorted(recorded.client[clientId] ?? []))

  const composites: Record<string, string[]> = {}
  const clientRoles = Object.entries(fresh.roles?.client ?? {}).flatMap(([clientId, roles]) =>
    roles.map((r) => [`${clientId}/${r.name}`, r] as const),
  )
  for (const [name, role] of [...(fresh.roles?.realm ?? []).map((r) => [r.name, r] as const), ...clientRoles]) {
    if (!role.composites) continue
    const inClients = Object.entries(role.composites.client ?? {}).flatMap(([clientId, names]) =>
      names.map((n) => `<role:${clientId}/${n}>`),
    )
    composites[`<role:${name}>`] = [...(role.composites.realm ?? []).map((n) => `<role:${n}>`), ...inClients].toSorted()
  }
  const expected = Object.entries(recorded.composites).map(([name, list]) => [name, list.toSorted()])
  assert.deepEqual(composites, Object.fromEntries(expected))
})

test('its flows unfold to the recorded executions, level by level', () => {
  const recorded = golden<object>('golden/auth-flow-executions')
  const flow = (alias: string) => fresh.authenticationFlows?.find((f) => f.alias === alias)
  const unfold = (alias: string, level: number): object[] =>
    (flow(alias)?.authenticationExecutions ?? []).flatMap((step, index) => [
      {
        level,
        index,
        priority: step.priority,
        requirement: step.requirement,
        ...(step.authenticator === undefined ? {} : { providerId: step.authenticator }),
        ...(step.flowAlias === undefined ? {} : { displayName: step.flowAlias, description: flow(step.flowAlias)?.description }),
        ...(step.authenticatorConfig === undefined ? {} : { alias: step.authenticatorConfig }),
      },
      ...(step.flowAlias === undefined ? [] : unfold(step.flowAlias, level + 1)),
    ])
  for (const [alias, steps] of Object.entries(recorded)) {
    const expected = (steps as Record<string, unknown>[]).map((step) => ({
      level: step['level'],
      index: step['index'],
      priority: step['priority'],
      requirement: step['requirement'],
      ...('providerId' in step ? { providerId: step['providerId'] } : {}),
      ...('flowId' in step ? { displayName: step['displayName'], description: step['description'] } : {}),
      ...('alias' in step ? { alias: step['alias'] } : {}),
    }))
    assert.deepEqual(unfold(alias, 0), expected, alias)
  }
  const topLevel = fresh.authenticationFlows?.filter((f) => f.topLevel && f.alias !== 'saml ecp').map((f) => f.alias)
  assert.deepEqual(
    topLevel,
    golden<{ alias: string }[]>('golden/auth-flows').map((f) => f.alias),
  )
  const configs = Object.values(golden<object>('golden/auth-configs')).map((c) => ({
    alias: (c as { alias: string }).alias,
    config: (c as { config: object }).config,
  }))
  assert.deepEqual(
    fresh.authenticatorConfig?.map(({ alias, config }) => ({ alias, config })),
    configs,
  )
})

test('its components are the recorded ones, and a new realm has none for its user profile', () => {
  const recorded = golden('golden/components') as { providerType: string }[]
  const flat = Object.entries(fresh.components ?? {}).flatMap(([providerType, list]) =>
    list.map(({ subComponents: _, ...c }) => ({ ...c, providerType })),
  )
  same({ list: flat }, { list: recorded })
})

test('the user profile of a realm without a component for it is the recorded one', () => {
  assert.deepEqual(defaultUserProfile(), golden('golden/users-profile'))
})

test('every id is there, each once, and names the container of roles', () => {
  const seen: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item)
    else if (value !== null && typeof value === 'object') {
      const { id } = value as { id?: unknown }
      if (typeof id === 'string') seen.push(id)
      for (const item of Object.values(value)) walk(item)
    }
  }
  const { defaultRole, ...rest } = fresh
  walk(rest)
  assert.equal(seen.length, new Set(seen).size)
  // The realm, 34 roles, 6 clients with 2 mappers, 15 client scopes with 35 mappers, 21 flows, 4 configurations, 14 components.
  assert.equal(seen.length, 1 + 34 + 6 + 2 + 15 + 35 + 21 + 4 + 14)
  for (const list of [
    fresh.clients,
    fresh.clientScopes,
    fresh.authenticationFlows,
    fresh.authenticatorConfig,
    ...Object.values(fresh.components ?? {}),
  ]) {
    for (const item of list ?? []) assert.equal(typeof item.id, 'string')
  }
  const role = named(fresh.roles?.realm, 'default-roles-x')
  assert.deepEqual([defaultRole?.id, defaultRole?.containerId], [role?.id, fresh.id])
  const account = fresh.clients?.find((client) => client.clientId === 'account')
  assert.equal(named(fresh.roles?.client?.['account'], 'view-profile')?.containerId, account?.id)
})

test('given ids are kept, unknown provider ids and members survive', () => {
  const given: RealmRepresentation = {
    id: 'my-realm',
    clients: [
      {
        id: 'c-id',
        clientId: 'c',
        protocolMappers: [{ id: 'm-id', name: 'm', protocol: 'openid-connect', protocolMapper: 'no-such-mapper' }],
      },
    ],
    clientScopes: [{ id: 's-id', name: 's', protocol: 'openid-connect' }],
    roles: { realm: [{ id: 'r-id', name: 'r' }] },
    groups: [{ id: 'g-id', name: 'g' }],
    components: { 'no.such.Type': [{ id: 'k-id', name: 'k', providerId: 'no-such-provider', config: { a: ['b'] } }] },
    users: [{ id: 'u-id', username: 'U', email: 'A@B.C', credentials: [{ type: 'password', value: 'p', temporary: true }] }],
    userFederationProviders: [{ displayName: 'kept' }],
  }
  const realm = complete(given)
  assert.equal(realm.id, 'my-realm')
  assert.equal(realm.clients?.find((c) => c.clientId === 'c')?.protocolMappers?.[0]?.id, 'm-id')
  assert.equal(named(realm.clientScopes, 's')?.id, 's-id')
  assert.equal(named(realm.roles?.realm, 'r')?.containerId, 'my-realm')
  assert.equal(realm.groups?.[0]?.id, 'g-id')
  assert.deepEqual(realm.components?.['no.such.Type'], [
    { id: 'k-id', name: 'k', providerId: 'no-such-provider', subComponents: {}, config: { a: ['b'] } },
  ])
  assert.deepEqual(realm.userFederationProviders, [{ displayName: 'kept' }])
  // As the reference answered for such a user: disabled, lower case, no roles, no action owed because of the temporary password.
  assert.deepEqual(realm.users, [
    {
      id: 'u-id',
      username: 'u',
      email: 'a@b.c',
      credentials: [{ type: 'password', value: 'p', temporary: true }],
      emailVerified: false,
      enabled: false,
      createdTimestamp: standstill.now(),
      requiredActions: [],
      notBefore: 0,
    },
  ])
})

test('what is given is not changed, and two realms share nothing', () => {
  const given: RealmRepresentation = {
    roles: { realm: [{ name: 'r', composites: { realm: ['s'] } }, { name: 's' }] },
    clients: [{ clientId: 'c' }],
  }
  const before = structuredClone(given)
  const [one, two] = [complete(given), complete(given)]
  assert.deepEqual(given, before)
  one.webAuthnPolicySignatureAlgorithms?.push('ES512')
  one.clientScopes?.[0]?.protocolMappers?.splice(0)
  assert.notDeepEqual(one, two)
  assert.deepEqual(two, complete(given))
})

test('master is the reference’s own first realm', () => {
  const master = complete({}, 'master', 'master')
  assert.deepEqual(differences(golden('master-export'), comparable(master, '\u0000none')), {})
})

test('a realm gives master a client whose roles administrators have', () => {
  const recorded = golden<{ client: object; roles: string[]; masterAdminCompositesOfX: string[] }>('golden/master-realm-client-of-x')
  const { client, roles, adminComposites } = masterAdminClient('x', sequence())
  same(client, recorded.client)
  assert.deepEqual(roles.map((role) => role.name).toSorted(), recorded.roles)
  assert.deepEqual(adminComposites.toSorted(), recorded.masterAdminCompositesOfX)
  assert.deepEqual(named(roles, 'view-users')?.composites, { client: { 'x-realm': ['query-users', 'query-groups'] } })
  assert.ok(roles.every((role) => role.containerId === client.id && role.clientRole))
})

test('an old key pair takes the place of generated RSA keys', () => {
  const realm = complete({ privateKey: 'key' })
  const keys = realm.components?.['org.keycloak.keys.KeyProvider']?.map(({ providerId, config }) => ({ providerId, config }))
  assert.deepEqual(keys, [
    { providerId: 'rsa', config: { priority: ['100'], privateKey: ['key'] } },
    { providerId: 'rsa-enc', config: { priority: ['100'], privateKey: ['key'] } },
    { providerId: 'hmac-generated', config: { priority: ['100'], algorithm: ['HS512'] } },
    { providerId: 'aes-generated', config: { priority: ['100'] } },
  ])
  assert.equal('privateKey' in realm, false)
})
