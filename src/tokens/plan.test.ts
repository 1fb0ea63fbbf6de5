import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client, UserFacts } from '../realm/model.ts'
import type { ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import { aClient, aScope, aUser, factsOf } from './fixtures/facts.ts'
import { recordedCases, recordedUsers } from './fixtures/recorded.ts'
import { compilePlan, tokenPlans } from './plan.ts'
import type { Claims, ClaimsRequest, MapperTarget } from './protocol-mapper.ts'
import { resolveScopes } from './roles.ts'

const lightweightAttribute = 'client.use.lightweight.access.token.enabled'

for (const { title, mappers, user: username, client: given, request, serviceAccount, expected } of recordedCases) {
  test(`the reference's claims: ${title}`, () => {
    const found = recordedUsers[username]
    assert.ok(found)
    const user = aUser({ ...found, attributes: new Map(Object.entries(found.attributes)) })
    const client = aClient({ redirectUris: ['http://localhost:9999/*'], fullScopeAllowed: true, ...given, protocolMappers: [...mappers] })
    const notes = serviceAccount
      ? { client_id: 'app', clientHost: '127.0.0.1', clientAddress: '127.0.0.1' }
      : request?.nonce === undefined
        ? {}
        : { nonce: request.nonce }
    const facts = factsOf(client, user, {
      sessionId: serviceAccount ? undefined : 'session-1',
      notes: new Map(Object.entries(notes)),
      claimsRequest: request?.claims === undefined ? undefined : (JSON.parse(request.claims) as ClaimsRequest),
    })
    const lightweight = client.attributes[lightweightAttribute] === 'true'
    const claimsOf = (target: MapperTarget, base: Claims = {}): Claims => {
      compilePlan(facts.scopes, target, { lightweight: lightweight && target === 'access' })(base, facts)
      return printed(base)
    }
    const access = claimsOf('access')
    // An answer about a token begins with the token's own subject and audience.
    const begun = { sub: access['sub'], aud: access['aud'] }
    const made: Partial<Record<MapperTarget, Claims>> = {
      access,
      id: withoutBase(claimsOf('id', { sub: user.id, aud: 'app' }), user),
      userinfo: withoutBase(claimsOf('userinfo', { sub: user.id }), user),
      introspection: claimsOf('introspection', begun),
      response: claimsOf('response'),
    }
    for (const target of ['access', 'id', 'response'] as const)
      assert.deepEqual(sorted(made[target]), sorted(expected[target] ?? {}), target)
    for (const target of ['userinfo', 'introspection'] as const)
      if (expected[target] !== undefined) assert.deepEqual(sorted(made[target]), sorted(expected[target]), target)
  })
}

/** As a client reads them. */
const printed = (claims: Claims): Claims => JSON.parse(JSON.stringify(claims)) as Claims

function withoutBase({ sub, aud, ...claims }: Claims, user: UserFacts): Claims {
  return { ...claims, ...(sub === user.id ? {} : { sub }), ...(aud === 'app' || aud === undefined ? {} : { aud }) }
}

/** Lists of texts are sets here: the reference's order of roles, audiences and group values is an accident of its hash tables. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null) ? value.map(sorted) : value.toSorted()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sorted(item)]))
}

const hardcoded = (name: string, value: string, more: ProtocolMapperRepresentation = {}): ProtocolMapperRepresentation => ({
  id: name,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': name, 'claim.value': value, 'access.token.claim': 'true' },
  ...more,
})

function accessClaims(client: Client, parameter?: string): Claims {
  const scopes = resolveScopes(client, parameter)
  assert.ok('key' in scopes)
  const claims: Claims = {}
  tokenPlans(client).plan('access', scopes, false)(claims, factsOf(client, aUser(), { scopes }))
  return claims
}

test('mappers of the client, of its default scopes and of requested optional scopes run; of other optional scopes they do not', () => {
  const client = aClient(
    { protocolMappers: [hardcoded('own', '1')] },
    { defaults: [aScope('d', { mappers: [hardcoded('d', '1')] })], optional: [aScope('o', { mappers: [hardcoded('o', '1')] })] },
  )
  assert.deepEqual(accessClaims(client), { own: '1', d: '1' })
  assert.deepEqual(accessClaims(client, 'o'), { own: '1', d: '1', o: '1' })
})

test('mappers of another protocol and of an unknown type are passed over', () => {
  const client = aClient({
    protocolMappers: [
      hardcoded('saml', '1', { protocol: 'saml' }),
      hardcoded('unknown', '1', { protocolMapper: 'oidc-from-elsewhere-mapper' }),
      { id: 'bare' },
      hardcoded('known', '1'),
    ],
  })
  assert.deepEqual(accessClaims(client), { known: '1' })
})

test('a client compiles the plan of a target and set of scopes once', () => {
  const client = aClient()
  const scopes = resolveScopes(client, undefined)
  assert.ok('key' in scopes)
  const plans = tokenPlans(client)
  assert.equal(plans.plan('access', scopes, false), tokenPlans(client).plan('access', scopes, false))
  assert.notEqual(plans.plan('access', scopes, false), plans.plan('access', scopes, true))
  assert.notEqual(plans.plan('access', scopes, false), plans.plan('id', scopes, false))
})

test('renaming a role leaves the facts as they are, since other tokens are made from them', () => {
  const client = aClient({
    protocolMappers: [
      { id: '1', protocol: 'openid-connect', protocolMapper: 'oidc-role-name-mapper', config: { role: 'c.a', 'new.role.name': 'b' } },
    ],
  })
  const facts = factsOf(client, aUser({ roles: [{ id: '1', name: 'a', clientId: 'c' }] }))
  compilePlan(facts.scopes, 'access', { lightweight: false })({}, facts)
  assert.deepEqual(facts.roles, { realm: new Set(), client: new Map([['c', new Set(['a'])]]) })
})

test('a claim below a text, a list or a compiled value is left out and harms no other token', () => {
  const at = (id: string, name: string, value: string, type = 'String'): ProtocolMapperRepresentation => ({
    ...hardcoded(name, value),
    id,
    config: { 'claim.name': name, 'claim.value': value, 'jsonType.label': type, 'access.token.claim': 'true' },
  })
  const client = aClient({
    protocolMappers: [
      at('1', 'a', 'x'),
      at('2', 'a.b', 'y'),
      at('3', 'l', '[1]', 'JSON'),
      at('4', 'l.b', 'y'),
      at('5', 'j', '{}', 'JSON'),
      at('6', 'j.b', 'y'),
    ],
  })
  for (const _ of ['first', 'second']) assert.deepEqual(accessClaims(client), { a: 'x', l: [1], j: {} })
})

test('integers beyond 2^53 keep their digits', () => {
  const mapper = (name: string, type: string, value: string): ProtocolMapperRepresentation => ({
    ...hardcoded(name, value),
    config: { 'claim.name': name, 'claim.value': value, 'jsonType.label': type, 'access.token.claim': 'true' },
  })
  const client = aClient({
    protocolMappers: [
      mapper('max', 'long', '9223372036854775807'),
      mapper('min', 'long', '-0009223372036854775808'),
      mapper('over', 'long', '9223372036854775808'),
      mapper('json', 'JSON', '{"id":123456789012345678901}'),
    ],
  })
  const claims = JSON.stringify(accessClaims(client))
  for (const part of ['"max":9223372036854775807', '"min":-9223372036854775808', '"json":{"id":123456789012345678901}'])
    assert.ok(claims.includes(part), claims)
  assert.ok(!claims.includes('over'))
})

test('a pairwise subject that cannot be computed is no subject, not the real one', () => {
  const pairwise = (config: Record<string, string>, redirectUris: string[]): unknown => {
    const protocolMappers = [
      { id: '1', protocol: 'openid-connect', protocolMapper: 'oidc-sha256-pairwise-sub-mapper', config },
      { id: '2', protocol: 'openid-connect', protocolMapper: 'oidc-sub-mapper', config: { 'access.token.claim': 'true' } },
    ]
    return accessClaims(aClient({ protocolMappers, redirectUris }))['sub']
  }
  const salted = { pairwiseSubAlgorithmSalt: 'salty' }
  assert.match(String(pairwise(salted, ['https://a.test/*', 'https://a.test/b'])), /^[0-9a-f]{8}-[0-9a-f]{4}-3/)
  assert.equal(pairwise({}, ['https://a.test/*']), undefined)
  assert.equal(pairwise(salted, ['https://a.test/*', 'https://b.test/*']), undefined)
  assert.equal(pairwise(salted, ['https://*']), undefined)
  assert.equal(pairwise(salted, []), undefined)
  assert.equal(
    pairwise({ ...salted, sectorIdentifierUri: 'https://a.test:8443/sectors.json' }, ['https://b.test/*', 'https://c.test/*']),
    pairwise(salted, ['https://a.test/*']),
  )
})
