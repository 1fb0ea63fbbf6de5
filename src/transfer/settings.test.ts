import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeSettings } from '../realm/defaults/settings.ts'
import { parsePatch } from '../representations/parse.ts'
import { type RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import { ImportError } from './errors.ts'
import { requireRealmName } from './import-realm.ts'
import { settingsDoc } from './realm-doc.ts'
import { changedSettings, requireFlows, settled } from './settings.ts'

const fresh = settled(completeSettings({ realm: 'x' }, 'create'))
const put = (patch: unknown, before: RealmRepresentation = fresh): RealmRepresentation =>
  changedSettings(before, parsePatch(realmRepresentation, JSON.stringify(patch)))

test('a change does not touch what it was given', () => {
  const before = structuredClone(fresh)
  put({ attributes: { a: '1' }, otpPolicyType: 'hotp', duplicateEmailsAllowed: true, browserSecurityHeaders: { xFrameOptions: null } })
  assert.deepEqual(fresh, before)
})

test('an empty change of a fresh realm is the same realm, and so is the second of two equal ones', () => {
  assert.deepEqual(put({}), fresh)
  const patch = { attributes: { a: '1' }, otpPolicyType: 'totp', otpPolicyDigits: 8, sslRequired: 'ALL', eventsListeners: [] }
  const once = put(patch)
  assert.deepEqual(put(patch, once), once)
})

test('members that only look like others’ are kept', () => {
  const before: RealmRepresentation = { ...fresh, ...({ otpish: 1, futureMember: { a: 1 } } as RealmRepresentation) }
  assert.deepEqual(put({ displayName: 'x' }, before), { ...before, displayName: 'x' })
})

test('an attribute named as something else in the language is an attribute', () => {
  const { attributes } = put(JSON.parse('{"attributes":{"__proto__":"a","constructor":"b","toString":"c"}}'))
  assert.deepEqual(
    Object.keys(attributes ?? {})
      .filter((name) => ['__proto__', 'constructor', 'toString'].includes(name))
      .sort(),
    ['__proto__', 'constructor', 'toString'],
  )
})

test('ssl modes are known in any case, others are refused', () => {
  for (const mode of ['ALL', 'External', 'none']) assert.equal(settled({ sslRequired: mode }).sslRequired, mode.toLowerCase())
  for (const mode of ['', 'sometimes']) assert.throws(() => settled({ sslRequired: mode }), ImportError)
})

test('every binding has to name a flow', () => {
  const aliases = new Set(['browser', 'direct grant'])
  requireFlows({}, aliases)
  requireFlows({ browserFlow: 'browser', directGrantFlow: 'direct grant' }, aliases)
  for (const alias of ['', 'Browser', 'nope']) assert.throws(() => requireFlows({ browserFlow: alias }, aliases), /browserFlow/)
})

test('a name of 255 characters is the longest', () => {
  requireRealmName('я'.repeat(255))
  assert.throws(() => requireRealmName('я'.repeat(256)), { status: 400, message: 'Database operation failed' })
  for (const name of ['', ' ', '\t']) assert.throws(() => requireRealmName(name), { message: 'Realm name cannot be empty' })
})

test('sections with tables of their own are not in the document of a realm, everything else is', () => {
  const doc = JSON.parse(settingsDoc({ ...fresh, clients: [], users: [], roles: {}, organizations: [], ...({ other: 1 } as object) }))
  assert.deepEqual(
    ['clients', 'users', 'roles', 'organizations', 'realm', 'id'].filter((name) => name in doc),
    [],
  )
  assert.deepEqual([doc.other, doc.sslRequired], [1, 'external'])
})
