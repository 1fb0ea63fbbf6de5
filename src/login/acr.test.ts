import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuthenticationFlow, Client, FlowExecution, RealmSnapshot } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import {
  acrOfLevel,
  essentialAcrIsPossible,
  finalLevel,
  insistedLevelIsReached,
  levelHolds,
  levelMaxAges,
  levelNote,
  levelTimesNote,
  reachedLevel,
  reachLevel,
  requestedLevel,
  resumeLevels,
} from './acr.ts'

const owner = (attributes: Readonly<Record<string, string>>): unknown => {
  const made: Record<string, unknown> = { attributes }
  made['derived'] = (build: (owner: unknown) => unknown) => build(made)
  return made
}
const realm = owner({ 'acr.loa.map': '{"copper":0,"silver":1,"gold":2,"platinum":3}' }) as RealmSnapshot
const bare = owner({}) as RealmSnapshot
const client = (attributes: Readonly<Record<string, string>> = {}): Client => owner(attributes) as Client
const claims = (acr: object): { readonly claims: string } => ({ claims: JSON.stringify({ id_token: { acr } }) })
const essential = (...values: readonly string[]) => claims({ essential: true, values })

interface Row {
  readonly request: Readonly<Record<string, string>>
  readonly attributes?: Readonly<Record<string, string>>
  /** The level that a login without a session went up to, of a flow with the levels 1, 2 and 3. */
  readonly level: number
  readonly acr: string
}

/** Recorded at the reference server: what was asked, how many of the three levels were gone through, which acr the token had. */
const table: readonly Row[] = [
  { request: {}, level: 1, acr: 'silver' },
  { request: { acr_values: 'silver' }, level: 1, acr: 'silver' },
  { request: { acr_values: 'gold' }, level: 2, acr: 'gold' },
  { request: { acr_values: 'platinum' }, level: 3, acr: 'platinum' },
  { request: { acr_values: 'copper' }, level: 1, acr: 'copper' },
  { request: { acr_values: '2' }, level: 2, acr: '2' },
  { request: { acr_values: '5' }, level: 3, acr: 'platinum' },
  { request: { acr_values: '-3' }, level: 1, acr: 'silver' },
  { request: { acr_values: 'foo' }, level: 1, acr: 'silver' },
  { request: { acr_values: 'Gold' }, level: 1, acr: 'silver' },
  { request: { acr_values: '' }, level: 1, acr: 'silver' },
  { request: { acr_values: '  gold ' }, level: 1, acr: 'silver' },
  { request: { acr_values: 'gold silver' }, level: 1, acr: 'silver' },
  { request: { acr_values: 'foo gold' }, level: 1, acr: 'silver' },
  { request: essential('gold'), level: 2, acr: 'gold' },
  { request: essential('gold', 'silver'), level: 1, acr: 'silver' },
  { request: essential('silver', '5'), level: 1, acr: 'silver' },
  { request: essential('2'), level: 2, acr: '2' },
  { request: claims({ essential: true, value: 'gold' }), level: 2, acr: 'gold' },
  { request: claims({ essential: true, value: 'silver', values: ['gold'] }), level: 2, acr: 'gold' },
  { request: { ...essential('gold'), acr_values: 'silver' }, level: 2, acr: 'gold' },
  { request: claims({ essential: false, values: ['gold'] }), level: 2, acr: 'gold' },
  { request: claims({ values: ['silver', 'gold'] }), level: 1, acr: 'silver' },
  { request: { ...claims({ values: ['platinum'] }), acr_values: 'gold' }, level: 2, acr: 'gold' },
  { request: claims({ essential: true }), level: 1, acr: 'silver' },
  { request: { claims: '{"id_token":{"acr":null}}' }, level: 1, acr: 'silver' },
  { request: { claims: '{"userinfo":{"acr":{"essential":true,"values":["gold"]}}}' }, level: 1, acr: 'silver' },
  { request: { claims: '{bad' }, level: 1, acr: 'silver' },
  { request: {}, attributes: { 'default.acr.values': 'gold' }, level: 2, acr: 'gold' },
  { request: {}, attributes: { 'default.acr.values': 'gold##silver' }, level: 1, acr: 'silver' },
  { request: {}, attributes: { 'default.acr.values': '3' }, level: 3, acr: '3' },
  { request: { acr_values: 'silver' }, attributes: { 'default.acr.values': 'gold' }, level: 1, acr: 'silver' },
  { request: essential('platinum'), attributes: { 'default.acr.values': 'gold' }, level: 3, acr: 'platinum' },
  { request: {}, attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: { acr_values: 'silver' }, attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: { acr_values: 'foo' }, attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: { acr_values: '5' }, attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: { acr_values: '1' }, attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: { acr_values: 'silver platinum' }, attributes: { 'minimum.acr.value': 'gold' }, level: 3, acr: 'platinum' },
  { request: { acr_values: 'platinum gold' }, attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: essential('gold', 'platinum'), attributes: { 'minimum.acr.value': 'gold' }, level: 2, acr: 'gold' },
  { request: essential('3'), attributes: { 'minimum.acr.value': 'gold' }, level: 3, acr: '3' },
  { request: {}, attributes: { 'minimum.acr.value': '2' }, level: 2, acr: '2' },
  { request: { acr_values: 'gold' }, attributes: { 'minimum.acr.value': '2' }, level: 2, acr: 'gold' },
  { request: {}, attributes: { 'minimum.acr.value': 'gold', 'default.acr.values': 'silver' }, level: 2, acr: 'gold' },
  { request: {}, attributes: { 'acr.loa.map': '{"low":1,"high":2,"alias1":1}' }, level: 1, acr: 'low' },
  { request: { acr_values: 'high' }, attributes: { 'acr.loa.map': '{"low":1,"high":2,"alias1":1}' }, level: 2, acr: 'high' },
  { request: { acr_values: 'gold' }, attributes: { 'acr.loa.map': '{"low":1,"high":2,"alias1":1}' }, level: 1, acr: 'low' },
  { request: essential('alias1', 'low'), attributes: { 'acr.loa.map': '{"low":1,"high":2,"alias1":1}' }, level: 1, acr: 'alias1' },
  { request: { acr_values: '3' }, attributes: { 'acr.loa.map': '{"low":1,"high":2,"alias1":1}' }, level: 3, acr: '3' },
  { request: {}, attributes: { 'acr.loa.map': '{"zz":1,"b":1,"aa":1,"m":2,"c":2}' }, level: 1, acr: 'zz' },
  { request: { acr_values: 'aa zz b' }, attributes: { 'acr.loa.map': '{"zz":1,"b":1,"aa":1,"m":2,"c":2}' }, level: 1, acr: 'aa' },
  { request: { acr_values: 'c m' }, attributes: { 'acr.loa.map': '{"zz":1,"b":1,"aa":1,"m":2,"c":2}' }, level: 2, acr: 'c' },
]

/** A fresh login goes through the first level, and on while the next one is asked for. */
const reachedOf = (asked: number): number => Math.min(Math.max(asked, 1), 3)

for (const { request, attributes = {}, level, acr } of table) {
  test(`level ${level} and acr ${acr} for ${JSON.stringify(request)} ${JSON.stringify(attributes)}`, () => {
    const own = client(attributes)
    const reached = reachedOf(requestedLevel(realm, own, request).level)
    assert.equal(reached, level)
    assert.equal(acrOfLevel(realm, own, request, reached), acr)
    assert.equal(essentialAcrIsPossible(realm, own, request), true)
  })
}

test('an essential acr that cannot be is told before the login begins', () => {
  for (const values of [['foo'], ['foo', 'gold']]) assert.equal(essentialAcrIsPossible(realm, client(), essential(...values)), false)
  assert.equal(essentialAcrIsPossible(realm, client(), essential('5')), true)
  const own = client({ 'minimum.acr.value': 'gold' })
  for (const values of [['silver'], ['platinum', 'silver'], ['1'], ['5']])
    assert.equal(essentialAcrIsPossible(realm, own, essential(...values)), false, values.join())
})

test('without a map the number itself is the acr', () => {
  for (const [request, level] of [
    [{}, 1],
    [{ acr_values: '2' }, 2],
    [{ acr_values: '0' }, 1],
  ] as const) {
    assert.equal(reachedOf(requestedLevel(bare, client(), request).level), level)
    assert.equal(acrOfLevel(bare, client(), request, level), String(level))
  }
})

const newSession = (request: Record<string, string> = {}): AuthenticationSession =>
  ({ notes: {}, sessionNotes: {}, executions: {}, request }) as unknown as AuthenticationSession

test('a flow without levels gives 1, and 0 by the cookie alone', () => {
  assert.equal(finalLevel(newSession(), false), 1)
  assert.equal(finalLevel(newSession(), true), 0)
})

test('a level holds for its maximal age, and one of no age only for its own login', () => {
  const session = newSession()
  reachLevel(session, 1, 300, 1_000)
  reachLevel(session, 2, 0, 1_001)
  assert.equal(reachedLevel(session), 2)
  assert.equal(session.sessionNotes[levelTimesNote], '{"1":1000}')
  assert.equal(levelHolds(session, 1, 300, 1_300), true)
  assert.equal(levelHolds(session, 1, 300, 1_301), false)
  assert.equal(levelHolds(session, 2, 300, 1_001), false)
})

/** Recorded with level 1 holding for 5 s and level 2 for 2 s, both reached at second 0. */
const resumed = [
  { at: 0, request: {}, enough: true, level: 2, acr: 'gold' },
  { at: 3, request: {}, enough: true, level: 1, acr: 'silver' },
  { at: 3, request: { acr_values: 'gold' }, enough: false, level: 1, acr: 'silver' },
  { at: 6, request: {}, enough: true, level: 0, acr: 'copper' },
  { at: 6, request: { acr_values: 'silver' }, enough: false, level: 0, acr: 'copper' },
  { at: 6, request: { acr_values: 'copper' }, enough: true, level: 0, acr: 'copper' },
] as const

for (const { at, request, enough, level, acr } of resumed) {
  test(`after ${at} s a session of level 2 is ${enough ? 'enough' : 'not enough'} for ${JSON.stringify(request)}`, () => {
    const session = newSession({ ...request })
    const login = { realm, client: client(), session }
    const ages = new Map([
      [1, 5],
      [2, 2],
    ])
    const notes = { [levelTimesNote]: '{"1":1000,"2":1000}', 'authenticators-completed': '{"x":1000}' }
    assert.equal(resumeLevels(login, notes, ages, 1_000 + at), enough)
    assert.equal(session.notes[levelNote], String(level))
    assert.equal(acrOfLevel(realm, client(), request, level), acr)
    assert.equal(session.sessionNotes['authenticators-completed'], '{"x":1000}')
  })
}

test('a session that reached no level is enough only for who asks for none', () => {
  for (const [request, enough] of [
    [{}, true],
    [{ acr_values: 'foo' }, true],
    [{ acr_values: 'copper' }, false],
  ] as const) {
    const session = newSession({ ...request })
    assert.equal(resumeLevels({ realm, client: client(), session }, {}, new Map(), 1_000), enough)
    assert.equal(finalLevel(session, true), 0)
  }
})

const execution = (more: Partial<FlowExecution>): FlowExecution => ({
  id: 'x',
  authenticator: undefined,
  flowAlias: undefined,
  requirement: 'REQUIRED',
  priority: 0,
  config: {},
  ...more,
})
const level = (value: string, age?: string): FlowExecution =>
  execution({
    authenticator: 'conditional-level-of-authentication',
    config: { 'loa-condition-level': value, ...(age === undefined ? {} : { 'loa-max-age': age }) },
  })

test('the ages of levels are found in all sub-flows, even in flows that name each other', () => {
  const flow = (alias: string, executions: readonly FlowExecution[]): AuthenticationFlow => ({
    id: alias,
    alias,
    providerId: 'basic-flow',
    executions,
  })
  const inner = flow('inner', [level('2', '60'), execution({ flowAlias: 'top' })])
  const top = flow('top', [level('1'), execution({ flowAlias: 'inner' }), { ...level('3', '9'), requirement: 'DISABLED' }])
  const authentication = { flow: (alias: string) => (alias === 'inner' ? inner : alias === 'top' ? top : undefined) }
  assert.deepEqual([...levelMaxAges(authentication, top)].sort(), [
    [1, 36_000],
    [2, 60],
  ])
})

test('a login that must reach a level fails without it, but only in a flow that knows levels', () => {
  const session = newSession(essential('5') as Record<string, string>)
  session.notes[levelNote] = '3'
  const login = { realm, client: client(), session }
  assert.equal(insistedLevelIsReached(login, new Map([[3, 0]])), false)
  assert.equal(insistedLevelIsReached(login, new Map()), true)
  session.notes[levelNote] = '5'
  assert.equal(insistedLevelIsReached(login, new Map([[3, 0]])), true)
})
