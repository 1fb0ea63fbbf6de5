import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import { aClient, aScope, aUser, factsOf } from './fixtures/facts.ts'
import { recordedCases, recordedUsers } from './fixtures/recorded.ts'
import { compilePlan, planOf } from './plan.ts'
import type { Claims, ClaimsRequest, MapperTarget } from './protocol-mapper.ts'
import { describeOrigins } from './role-origins.ts'
import { leavesOf, pathOfClaim, stepWords, traceSteps } from './trace.ts'

const targets = ['access', 'id', 'userinfo', 'introspection', 'response'] as const satisfies readonly MapperTarget[]

for (const lightweight of [false, true]) {
  test(`what is traced is what is compiled, and each claim has its mapper${lightweight ? ' (lightweight)' : ''}`, () => {
    let claimsSeen = 0
    for (const { title, mappers, user: username, client: given, request } of recordedCases) {
      const found = recordedUsers[username]
      assert.ok(found)
      const user = aUser({ ...found, attributes: new Map(Object.entries(found.attributes)) })
      const client = aClient({ redirectUris: ['http://localhost:9999/*'], ...given, protocolMappers: [...mappers] })
      const claimsRequest = request?.claims === undefined ? undefined : (JSON.parse(request.claims) as ClaimsRequest)
      const facts = factsOf(client, user, {
        sessionId: 'session-1',
        notes: new Map(Object.entries(request?.nonce ? { nonce: request.nonce } : {})),
        claimsRequest,
      })
      for (const target of targets) {
        const compiled: Claims = { sub: 'x' }
        compilePlan(facts.scopes, target, { lightweight })(compiled, facts)
        const base: Claims = { sub: 'x' }
        const { claims, writers } = traceSteps(planOf(facts.scopes, target, { lightweight }).steps, base, facts)
        assert.deepEqual(claims, compiled, `${title}: ${target}`)
        for (const [path, value] of leavesOf(compiled)) {
          claimsSeen += 1
          assert.ok(writers.has(path) || (path === 'sub' && value === 'x'), `${title}: ${target}: ${path}`)
        }
      }
    }
    assert.ok(claimsSeen > recordedCases.length, `${claimsSeen}`)
  })
}

const audience = (name: string): ProtocolMapperRepresentation => ({
  id: name,
  name,
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.custom.audience': name, 'access.token.claim': 'true' },
})
const fixed = (id: string, value: string): ProtocolMapperRepresentation => ({
  id,
  name: id,
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': 'colour', 'claim.value': value, 'access.token.claim': 'true' },
})

test('who adds to a list stands beside who began it; who replaces a value stands alone', () => {
  const client = aClient(
    { protocolMappers: [audience('one'), fixed('red', 'r')] },
    { defaults: [aScope('s', { mappers: [audience('two'), fixed('blue', 'b')] })] },
  )
  const facts = factsOf(client, aUser())
  const { claims, writers } = traceSteps(planOf(facts.scopes, 'access', { lightweight: false }).steps, {}, facts)
  assert.equal(writers.get('aud')?.length, 2)
  const [last] = writers.get('colour') ?? []
  assert.equal(writers.get('colour')?.length, 1)
  assert.equal(claims['colour'], last?.mapper.config?.['claim.value'])
  assert.equal(stepWords(last as NonNullable<typeof last>), `mapper "${last?.mapper.name}" of ${last?.scope ? 'scope "s"' : 'the client'}`)
})

test('paths go down to what is no object, with dots in names escaped', () => {
  const leaves = leavesOf({ a: { 'b.c': { d: [1] }, e: {} }, f: null, g: undefined })
  assert.deepEqual(
    [...leaves],
    [
      ['a.b\\.c.d', [1]],
      ['a.e', {}],
      ['f', null],
    ],
  )
  assert.equal(pathOfClaim(['x.y', 'z']), 'x\\.y.z')
})

test('the shortest way to a role is told, and composites in a circle end', () => {
  const composite = (parentId: string, childId: string): { parentId: string; childId: string; parentName: string } => ({
    parentId,
    childId,
    parentName: parentId,
  })
  const origins = describeOrigins(
    [
      { roleId: 'a', groupPath: undefined },
      { roleId: 'g', groupPath: '/staff' },
      { roleId: 'a', groupPath: '/staff' },
      { roleId: 'default', groupPath: undefined },
    ],
    [composite('a', 'b'), composite('b', 'c'), composite('c', 'a'), composite('g', 'c'), composite('default', 'd')],
    'default',
  )
  assert.deepEqual(Object.fromEntries(origins), {
    a: 'given to the user directly',
    default: 'given to the user directly',
    g: 'given by the group /staff',
    b: 'part of the composite role a',
    c: 'part of the composite role g',
    d: 'a default role of the realm',
  })
})
