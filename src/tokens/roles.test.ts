import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientScope, ResolvedScopes, Role } from '../realm/model.ts'
import { aClient, aScope, aUser } from './fixtures/facts.ts'
import { effectiveRoles, permittedScopes, resolveScopes, scopeClaim, scopesOfToken, tokenRoles } from './roles.ts'

/** Scopes of a client of the reference with their ids, which decide on the order. */
const defaultIds = {
  service_account: '01c603fb-ff5e-454e-9815-365ef0874d7e',
  s5: '9a1cbe24-faf0-4856-aa14-f16834bab463',
  profile: '0894287a-dc4c-4309-a09a-038149bce293',
  basic: 'ce2f7510-54a8-4d62-b867-d6d25d112805',
  s0: '94657081-0d6b-40b5-9ac2-8f3ac3cf4008',
  noattr: 'b239621c-72d5-4157-8e34-809cda5e698e',
  email: 'ab3b1ccb-9225-4ddc-9be1-224f6de111ae',
}
const optionalIds = {
  s3: 'abf1ac62-9042-49db-909a-a26ace230a66',
  s4: 'cd17fab7-f13d-46a9-ada6-3ffa02c393fe',
  address: '39e53d62-cd66-40ea-a714-4d4b1cf7a2fc',
  s6: '3b14827a-bd5c-4747-9ad2-d72531526891',
  s7: '17fe9722-8616-44f2-95e7-1b27afc97f22',
  phone: 'c3c4c7d7-a92c-4fa2-9298-64ae9399f0e9',
  s8: '4ae7aa27-e7be-413f-ac4a-4bb73f51c352',
  s9: '9aa691a9-0220-4dde-9746-c299911209de',
  offline_access: '5b7ad79a-9e59-4275-9df7-6430bbd90f85',
  s1: '0cb7f00e-fdb3-49c6-bae6-9de3808de6bc',
  s2: '5462140d-d743-4755-949b-80664ed1e8e2',
}
const hidden: Readonly<Record<string, string>> = { service_account: 'false', basic: 'false', s3: 'false', s4: '' }

const scopesOf = (ids: Readonly<Record<string, string>>): ClientScope[] =>
  Object.entries(ids).map(([name, id]) => {
    const told = hidden[name] ?? (name === 'noattr' ? undefined : 'true')
    return aScope(name, { id, attributes: told === undefined ? {} : { 'include.in.token.scope': told } })
  })

const client = aClient({ id: 'dc938e7a-ca25-4e61-9f5e-e6af8fceb188' }, { defaults: scopesOf(defaultIds), optional: scopesOf(optionalIds) })

function resolved(parameter: string | undefined, of = client): ResolvedScopes {
  const scopes = resolveScopes(of, parameter)
  if ('invalid' in scopes) assert.fail(`invalid: ${scopes.invalid}`)
  return scopes
}

const namesOf = (scopes: ResolvedScopes): string => scopes.scopes.map(({ name }) => name).join(' ')

const printed: readonly (readonly [string | undefined, string, string])[] = [
  [undefined, 's0 profile noattr email s5', 's0 service_account profile noattr email s5 basic'],
  ['openid', 'openid s0 profile noattr email s5', 's0 service_account profile noattr email s5 basic'],
  ['s2 s1', 's0 profile noattr email s2 s5 s1', 's0 service_account profile noattr email s2 s5 s1 basic'],
  [
    's9 s8 s7 s6 s4 s3 s2 s1',
    's7 noattr email s6 s2 s1 s9 s0 profile s5 s8',
    'service_account s7 noattr email s6 s4 s2 s1 s3 basic s9 s0 profile s5 s8',
  ],
  [
    'phone address openid s8',
    'openid s0 address profile phone noattr email s5 s8',
    's0 address service_account profile phone noattr email s5 s8 basic',
  ],
  ['email s3', 's0 profile noattr email s5', 's0 service_account profile noattr email s5 s3 basic'],
]

for (const [parameter, claim, all] of printed) {
  test(`scope=${parameter}: the reference's scopes in the reference's order`, () => {
    const scopes = resolved(parameter)
    assert.equal(scopeClaim(scopes), claim)
    assert.equal(namesOf(scopes), all)
    assert.equal(scopes.openid, claim.startsWith('openid'))
  })
}

for (const parameter of ['  ', 'openid ', 's1 s1', 'openid openid', 'profile profile', 'basic', 'service_account']) {
  test(`scope="${parameter}" is valid`, () => {
    resolved(parameter)
  })
}

for (const [parameter, invalid] of [
  ['', ['']],
  [' openid', ['']],
  ['openid  s1', ['']],
  ['openid nope', ['nope']],
  ['S1', ['S1']],
  ['s1,s2', ['s1,s2']],
  ['s1\ts2', ['s1\ts2']],
  ['s1:x nope', ['s1:x', 'nope']],
  ['roles', ['roles']],
  ['constructor', ['constructor']],
] as const) {
  test(`scope="${parameter}" is invalid`, () => {
    assert.deepEqual(resolveScopes(client, parameter), { invalid })
  })
}

test('the same set of scopes has the same key, whatever the request looks like', () => {
  assert.equal(resolved('s1 s2').key, resolved('s2 s1 s1 profile').key)
  assert.notEqual(resolved('s1').key, resolved('s2').key)
})

test('scopes of another protocol do not count', () => {
  const mixed = aClient({}, { defaults: [aScope('a'), aScope('b', { protocol: 'saml' })], optional: [aScope('c', { protocol: 'saml' })] })
  assert.equal(namesOf(resolved(undefined, mixed)), 'a')
  assert.deepEqual(resolveScopes(mixed, 'c'), { invalid: ['c'] })
})

test('a scope for organizations can be asked for and brings nothing', () => {
  const organization = aScope('organization', { mappers: [{ protocolMapper: 'oidc-organization-membership-mapper' }] })
  const asking = aClient({}, { optional: [organization, aScope('other')] })
  for (const parameter of ['organization', 'organization:*', 'organization:acme other'])
    assert.equal(namesOf(resolved(parameter, asking)), parameter.endsWith('other') ? 'other' : '')
  assert.deepEqual(resolveScopes(asking, 'other:x'), { invalid: ['other:x'] })
})

test('a token means the scopes it names that the client still has, and the default ones', () => {
  assert.equal(namesOf(scopesOfToken(client, 'openid s2 gone')), 's0 service_account profile noattr email s2 s5 basic')
  assert.equal(scopesOfToken(client, 'openid s2 gone').openid, true)
  assert.equal(namesOf(scopesOfToken(client, '')), namesOf(resolved(undefined)))
})

const role = (name: string, clientId?: string): Role => ({ id: `${clientId ?? ''}.${name}`, name, clientId })
const chief = role('chief')
const reader = role('reader')
const search = role('search', 'register')
const user = aUser({ roles: [chief, reader, search] })

test('with Full Scope Allowed tokens may show every role', () => {
  assert.deepEqual(effectiveRoles(user, resolved(undefined, aClient())), [chief, reader, search])
})

test('without it they may show the roles in the scope of the client and of the scopes that are asked for', () => {
  const gated = aScope('gated', { roleIds: new Set([reader.id, 'unassigned']) })
  const narrow = aClient({ fullScopeAllowed: false }, { optional: [gated], roleIds: [search.id, 'unassigned'] })
  assert.deepEqual(effectiveRoles(user, resolved(undefined, narrow)), [search])
  assert.deepEqual(effectiveRoles(user, resolved('gated', narrow)), [reader, search])
})

test('a scope with roles is permitted to users who have one of them, even to a client with Full Scope Allowed', () => {
  const gated = (name: string, ...ids: string[]): ClientScope => aScope(name, { roleIds: new Set(ids) })
  const asking = aClient(
    {},
    { defaults: [gated('d', 'unassigned')], optional: [gated('a', 'unassigned', reader.id), gated('b', 'x'), aScope('open')] },
  )
  const permitted = permittedScopes(resolved('openid a b open', asking), user)
  assert.deepEqual(new Set(permitted.scopes.map(({ name }) => name)), new Set(['a', 'open']))
  assert.equal(permitted.openid, true)
  assert.equal(permitted.key, resolved('openid a open', aClient({}, { optional: [gated('a'), aScope('open')] })).key)
})

test('when every scope is permitted nothing is made anew', () => {
  const scopes = resolved('openid s1')
  assert.equal(permittedScopes(scopes, user), scopes)
  assert.equal(resolved('openid s1'), scopes)
})

test('tokens name roles by realm and client', () => {
  assert.deepEqual(tokenRoles([chief, search, reader, role('enter', 'register')]), {
    realm: new Set(['chief', 'reader']),
    client: new Map([['register', new Set(['search', 'enter'])]]),
  })
})
