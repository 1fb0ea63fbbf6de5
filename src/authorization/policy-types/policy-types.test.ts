import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aUser } from '../../tokens/fixtures/facts.ts'
import type { Claims } from '../../tokens/protocol-mapper.ts'
import type { DecisionFacts, PolicyConfig } from '../policy-type.ts'
import { findPolicyType } from './index.ts'

const groups = ['/staff/night'].map((path) => ({ id: path, name: 'night', path, attributes: {}, parents: [] }))
const user = aUser({ id: 'taras', username: 'taras', roles: [{ id: 'role-1', name: 'editor', clientId: undefined }], groups })

interface Given {
  readonly claims?: Claims
  readonly context?: Readonly<Record<string, string[]>>
  readonly now?: Date
}

function grants(
  type: string,
  config: PolicyConfig,
  { claims = {}, context = {}, now = new Date(2026, 4, 17, 9, 30) }: Given = {},
): boolean {
  const named: Readonly<Record<string, { name: string; client?: string }>> = {
    'role-1': { name: 'editor' },
    'role-2': { name: 'owner', client: 'files' },
    'group-1': { name: '/staff' },
    'group-2': { name: '/staff/night' },
    'client-1': { name: 'app' },
    'scope-1': { name: 'email' },
    'scope-2': { name: 'phone' },
  }
  const facts: DecisionFacts = {
    identity: { id: 'taras', user, clientId: 'app', claims },
    context: new Map(Object.entries({ 'kc.client.id': ['app'], ...context })),
    names: { find: (_kind, id) => named[id] },
    now,
  }
  return findPolicyType(type)?.grants?.(config, facts) ?? false
}

const json = (value: unknown): string => JSON.stringify(value)

test('a role policy looks at the token, and at the user when it is told to', () => {
  const one = { roles: json([{ id: 'role-1' }]) }
  assert.equal(grants('role', one), false)
  assert.equal(grants('role', one, { claims: { realm_access: { roles: ['editor'] } } }), true)
  assert.equal(grants('role', { ...one, fetchRoles: 'true' }), true)
  const ofClient = { roles: json([{ id: 'role-2' }]) }
  assert.equal(grants('role', ofClient, { claims: { realm_access: { roles: ['owner'] } } }), false)
  assert.equal(grants('role', ofClient, { claims: { resource_access: { files: { roles: ['owner'] } } } }), true)
  assert.equal(grants('role', ofClient, { claims: { resource_access: { constructor: { roles: ['owner'] } } } }), false)
  const both = { roles: json([{ id: 'role-1', required: true }, { id: 'role-2' }]) }
  assert.equal(grants('role', both, { claims: { resource_access: { files: { roles: ['owner'] } } } }), false)
  assert.equal(grants('role', both, { claims: { realm_access: { roles: ['editor'] } } }), true)
  assert.equal(grants('role', { roles: json([{ id: 'gone', required: true }]) }), false)
  assert.equal(grants('role', { roles: 'no JSON' }), false)
})

test('a group policy knows paths, children, and names in claims', () => {
  const staff = (extendChildren: boolean): PolicyConfig => ({ groups: json([{ id: 'group-1', extendChildren }]) })
  assert.deepEqual([grants('group', staff(false)), grants('group', staff(true))], [false, true])
  assert.equal(grants('group', { groups: json([{ id: 'group-2' }]) }), true)
  const claimed = { ...staff(true), groupsClaim: 'teams' }
  assert.equal(grants('group', claimed, { claims: { teams: ['/staffers'] } }), false)
  assert.equal(grants('group', claimed, { claims: { teams: ['/staff/day'] } }), true)
  assert.equal(grants('group', claimed, { claims: { teams: ['staff'] } }), true)
})

test('user, client and client scope policies know their own', () => {
  assert.deepEqual(
    [grants('user', { users: json(['taras']) }), grants('user', { users: json(['taras2']) }), grants('user', {})],
    [true, false, false],
  )
  assert.deepEqual([grants('client', { clients: json(['client-1']) }), grants('client', { clients: json(['gone']) })], [true, false])
  const scopes = (required: boolean): PolicyConfig => ({ clientScopes: json([{ id: 'scope-1' }, { id: 'scope-2', required }]) })
  const claims = { scope: 'openid email' }
  assert.deepEqual([grants('client-scope', scopes(false), { claims }), grants('client-scope', scopes(true), { claims })], [true, false])
})

test('a time policy knows dates, ranges and single values', () => {
  const rows: readonly (readonly [config: PolicyConfig, expected: boolean])[] = [
    [{}, true],
    [{ nbf: '2026-05-17 09:00:00' }, true],
    [{ nbf: '2026-05-17 10:00:00' }, false],
    [{ noa: '2026-05-17 10:00:00' }, true],
    [{ noa: '2026-05-17 09:00:00' }, false],
    [{ nbf: 'tomorrow' }, false],
    [{ dayMonth: '17', month: '5', year: '2026', hour: '9', minute: '30' }, true],
    [{ hour: '8', hourEnd: '10' }, true],
    [{ hour: '10', hourEnd: '12' }, false],
    [{ hour: 'x' }, false],
  ]
  for (const [config, expected] of rows) assert.equal(grants('time', config), expected, json(config))
  assert.equal(grants('time', { year: '2020' }, { context: { 'kc.time.date_time': ['2020-01-01 00:00:00'] } }), true)
})

test('a regex policy matches the whole of a claim, inside of objects too', () => {
  const of = (targetClaim: string, pattern: string, more: PolicyConfig = {}): PolicyConfig => ({ targetClaim, pattern, ...more })
  const claims = { email: 'taras@example.com', address: { city: { name: 'Kyiv' } } }
  assert.equal(grants('regex', of('email', '.*@example\\.com'), { claims }), true)
  assert.equal(grants('regex', of('email', 'taras'), { claims }), false)
  assert.equal(grants('regex', of('address.city.name', 'K.*'), { claims }), true)
  assert.equal(grants('regex', of('address.constructor', '.*'), { claims }), false)
  assert.equal(grants('regex', of('nothing', '.*'), { claims }), false)
  assert.equal(grants('regex', of('email', '('), { claims }), false)
  assert.equal(grants('regex', of('email', '.*'), { claims: { email: 'a'.repeat(10_001) } }), false)
  const context = { org: ['acme'], 'kc.client.id': ['app'] }
  assert.equal(grants('regex', of('org', 'ac.*', { targetContextAttributes: 'true' }), { claims, context }), true)
  // A dot is a step into a value, and never a part of a name.
  assert.equal(grants('regex', of('kc.client.id', 'app', { targetContextAttributes: 'true' }), { claims, context }), false)
  assert.equal(grants('regex', of('a.b', 'x'), { claims: { 'a.b': 'x' } }), false)
})
