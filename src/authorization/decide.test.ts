import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aUser } from '../tokens/fixtures/facts.ts'
import { type DecisionContext, decideAll, type Policy, type WantedPermission } from './decide.ts'
import type { DecisionStrategy, EnforcementMode } from './resource-server.ts'
import type { Resource } from './resources.ts'

const user = aUser({ id: 'taras', username: 'taras' })

const contextOf = (
  decisionStrategy: DecisionStrategy = 'UNANIMOUS',
  policyEnforcementMode: EnforcementMode = 'ENFORCING',
): DecisionContext => ({
  server: { id: 'server', clientId: 'files', allowRemoteResourceManagement: true, policyEnforcementMode, decisionStrategy },
  identity: { id: 'taras', user, clientId: 'app', claims: {} },
  context: new Map(),
  names: { find: () => ({ name: 'x' }) },
  now: new Date(0),
})

const policy = (type: string, more: Partial<Policy> = {}): Policy => ({
  id: `${type} ${JSON.stringify(more)}`,
  name: type,
  description: undefined,
  type,
  logic: 'POSITIVE',
  decisionStrategy: 'UNANIMOUS',
  config: {},
  ownerId: undefined,
  children: [],
  scopeIds: new Set(),
  resources: [],
  ...more,
})
const yes = policy('user', { config: { users: '["taras"]' } })
const no = policy('user', { config: { users: '["lesya"]' } })

const report: Resource = {
  id: 'report',
  name: 'report',
  ownerId: 'server',
  type: 'doc',
  ownerManagedAccess: false,
  scopeIds: ['view', 'edit'],
}
const on = [{ id: 'report', name: 'report' }]
const wanted = (resource: Resource | undefined = report, scopeIds: readonly string[] = ['view', 'edit']): WantedPermission => ({
  resource,
  scopeIds,
  granted: false,
})

/** The scopes that are granted; undefined when nothing is. */
function granted(context: DecisionContext, policies: readonly Policy[], permission = wanted()): readonly string[] | undefined {
  const [decision] = decideAll(context, [permission], { of: () => policies })
  return decision?.granted === true ? decision.scopeIds : undefined
}

test('a permission counts its policies by its strategy', () => {
  const rows: readonly (readonly [DecisionStrategy, readonly Policy[], boolean])[] = [
    ['UNANIMOUS', [yes, yes], true],
    ['UNANIMOUS', [yes, no], false],
    ['AFFIRMATIVE', [no, yes], true],
    ['AFFIRMATIVE', [no, no], false],
    ['CONSENSUS', [yes, yes, no], true],
    ['CONSENSUS', [yes, no], false],
  ]
  for (const [decisionStrategy, children, expected] of rows) {
    const permission = policy('resource', { decisionStrategy, children, resources: on })
    assert.equal(granted(contextOf(), [permission]) !== undefined, expected, `${decisionStrategy} ${children.length}`)
  }
})

test('negative logic turns a policy round, one without a word included', () => {
  const not = (child: Policy): Policy => policy('resource', { children: [{ ...child, logic: 'NEGATIVE' }], resources: on })
  assert.equal(granted(contextOf(), [not(yes)]), undefined)
  assert.deepEqual(granted(contextOf(), [not(no)]), ['view', 'edit'])
  assert.deepEqual(granted(contextOf(), [not(policy('nothing-we-know'))]), ['view', 'edit'])
})

test('a policy of policies has a strategy of its own', () => {
  const of = (decisionStrategy: DecisionStrategy, children: readonly Policy[]): readonly string[] | undefined =>
    granted(contextOf(), [policy('resource', { children: [policy('aggregate', { decisionStrategy, children })], resources: on })])
  assert.deepEqual(of('AFFIRMATIVE', [yes, no]), ['view', 'edit'])
  assert.equal(of('UNANIMOUS', [yes, no]), undefined)
  assert.equal(of('AFFIRMATIVE', []), undefined)
})

test('a permission without policies has no say', () => {
  assert.equal(granted(contextOf(), [policy('resource', { resources: on })]), undefined)
})

test('a denied scope is taken from what others grant, unless one voice is enough', () => {
  const all = policy('resource', { children: [yes], resources: on })
  const noEdit = policy('scope', { children: [no], scopeIds: new Set(['edit']) })
  assert.deepEqual(granted(contextOf(), [all, noEdit]), ['view'])
  assert.deepEqual(granted(contextOf('AFFIRMATIVE'), [all, noEdit]), ['view', 'edit'])
})

test('a permission on the resource outweighs a later one on its type', () => {
  const own = policy('resource', { children: [yes], resources: on })
  const ofType = policy('resource', { children: [no], config: { defaultResourceType: 'doc' } })
  assert.deepEqual(granted(contextOf(), [own, ofType]), ['view', 'edit'])
  assert.equal(granted(contextOf(), [ofType]), undefined)
})

test('a scope that is refused for the server’s resource of a type is not refused for all of the type', () => {
  const all = policy('resource', { children: [yes], config: { defaultResourceType: 'doc' } })
  const noEdit = policy('scope', { children: [no], scopeIds: new Set(['edit']), resources: [{ id: 'model', name: 'model' }] })
  assert.deepEqual(granted(contextOf(), [all, noEdit], wanted({ ...report, ownerId: 'lesya' })), ['view', 'edit'])
  assert.equal(granted(contextOf(), [noEdit], wanted({ ...report, ownerId: 'lesya' })), undefined)
})

test('a scope permission grants its scopes alone', () => {
  const view = policy('scope', { children: [yes], scopeIds: new Set(['view']) })
  assert.deepEqual(granted(contextOf(), [view]), ['view'])
  assert.equal(granted(contextOf(), [view], wanted(report, ['edit'])), undefined)
  assert.deepEqual(granted(contextOf(), [view], wanted(undefined, ['view'])), ['view'])
})

test('what nobody speaks about is denied where all is enforced, and open where it is not', () => {
  assert.equal(granted(contextOf(), []), undefined)
  assert.deepEqual(granted(contextOf('UNANIMOUS', 'PERMISSIVE'), []), ['view', 'edit'])
  assert.equal(granted(contextOf('UNANIMOUS', 'PERMISSIVE'), [], wanted({ ...report, ownerManagedAccess: true })), undefined)
  const denying = policy('resource', { children: [no], resources: on })
  assert.equal(granted(contextOf('UNANIMOUS', 'PERMISSIVE'), [denying]), undefined)
  assert.deepEqual(granted(contextOf('UNANIMOUS', 'DISABLED'), [denying]), ['view', 'edit'])
})

test('an owner shares scopes beside what is denied, and needs nobody for his own', () => {
  const shared: Resource = { ...report, ownerId: 'lesya', ownerManagedAccess: true }
  const denying = policy('resource', { children: [no], resources: on })
  const share = policy('uma', { children: [yes], scopeIds: new Set(['view']), resources: on })
  assert.deepEqual(granted(contextOf(), [denying, share], wanted(shared)), ['view'])
  assert.equal(granted(contextOf(), [{ ...share, children: [no] }], wanted(shared)), undefined)
  assert.deepEqual(granted(contextOf(), [{ ...share, children: [no] }], wanted({ ...shared, ownerId: 'taras' })), ['view'])
  assert.equal(granted(contextOf(), [share], wanted({ ...shared, ownerManagedAccess: false }, ['edit'])) === undefined, false)
})

test('what an owner granted is not asked about again', () => {
  const [decision] = decideAll(contextOf(), [{ resource: report, scopeIds: ['view'], granted: true }], { of: () => [] })
  assert.deepEqual([decision?.granted, decision?.scopeIds], [true, ['view']])
})
