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

test('a PUT forgets settings of the device flow, CIBA and pushed requests that it does not say again', () => {
  const before = put({
    oauth2DeviceCodeLifespan: 77,
    attributes: { cibaInterval: '9', parRequestUriLifespan: '99', custom: '1' },
  })
  assert.equal(before.oauth2DeviceCodeLifespan, 77)
  const after = put({ displayName: 'x' }, before)
  assert.equal(after.oauth2DeviceCodeLifespan, 600)
  const { cibaInterval, parRequestUriLifespan, custom } = after.attributes ?? {}
  assert.deepEqual({ cibaInterval, parRequestUriLifespan, custom }, { cibaInterval: '5', parRequestUriLifespan: '60', custom: '1' })
})

test('a policy for security keys that comes with its leading member is a whole new one', () => {
  const before = put({ webAuthnPolicyRpEntityName: 'a', webAuthnPolicySignatureAlgorithms: ['RS256'], webAuthnPolicyRpId: 'id' })
  const after = put({ webAuthnPolicyRpEntityName: 'b' }, before)
  assert.deepEqual([after.webAuthnPolicyRpEntityName, after.webAuthnPolicyRpId], ['b', ''])
  assert.deepEqual(after.webAuthnPolicySignatureAlgorithms, fresh.webAuthnPolicySignatureAlgorithms)
})

test('features that are off are not switched on by a PUT', () => {
  const after = put({ verifiableCredentialsEnabled: true, scimApiEnabled: true })
  assert.deepEqual([after.verifiableCredentialsEnabled ?? false, after.scimApiEnabled ?? false], [false, false])
})

test('settings that contradict each other are refused in the reference’s words', () => {
  const sender = (address: string): string =>
    `Invalid sender address '${address}'. If the address contains UTF-8 characters in the local part please ensure the SMTP server supports the ` +
    "SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration."
  const rows: readonly (readonly [object, string])[] = [
    [{ failureFactor: -1 }, 'Failure factor may not be a negative value'],
    [{ quickLoginCheckMilliSeconds: -1 }, 'Quick login check milliseconds may not be a negative value'],
    [{ smtpServer: { host: 'h' } }, sender('null')],
    [{ smtpServer: { from: 'ü@b.c' } }, sender('ü@b.c')],
    [{ clientSessionIdleTimeout: 1801 }, 'Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.'],
    [{ clientSessionMaxLifespan: 36_001 }, 'Client session max lifespan cannot exceed realm SSO session max lifespan.'],
  ]
  for (const [patch, message] of rows) assert.throws(() => put(patch), { name: 'ImportError', message }, JSON.stringify(patch))
  for (const patch of [
    { smtpServer: {} },
    { smtpServer: { from: 'ü@b.c', allowutf8: 'true' } },
    { clientSessionIdleTimeout: 1_800 },
    { rememberMe: true, ssoSessionIdleTimeoutRememberMe: 5_000, clientSessionIdleTimeout: 4_000 },
  ])
    assert.ok(put(patch), JSON.stringify(patch))
})
