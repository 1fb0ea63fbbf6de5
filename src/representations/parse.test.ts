import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { authenticationFlowRepresentation, requiredActionProviderRepresentation } from './authentication.ts'
import { resourceRepresentation, resourceServerRepresentation } from './authorization.ts'
import { clientRepresentation } from './client.ts'
import { clientPoliciesRepresentation, clientProfilesRepresentation } from './client-policies.ts'
import { clientScopeRepresentation } from './client-scope.ts'
import { componentRepresentation } from './component.ts'
import { realmEventsConfigRepresentation } from './events.ts'
import { list, type Table, text } from './fields.ts'
import { groupRepresentation } from './group.ts'
import { identityProviderRepresentation } from './identity-provider.ts'
import { representationLimits } from './json-reader.ts'
import { parseField, parsePatch, parseRepresentation, parseRepresentations } from './parse.ts'
import { rolePolicyRepresentation } from './policy.ts'
import { printRepresentation } from './print.ts'
import { realmRepresentation } from './realm.ts'
import { RepresentationError } from './representation-error.ts'
import { roleRepresentation } from './role.ts'
import { userRepresentation } from './user.ts'
import { upConfig } from './user-profile.ts'

const reject = { unknown: 'reject' } as const

function failureOf(work: () => unknown): RepresentationError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof RepresentationError, String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'accepted' })
}

/** Recorded from the reference server: class, body, status, error, error_description. */
type Recorded = readonly [string, string, number, string?, string?]
const recorded: readonly Recorded[] = JSON.parse(readFileSync(new URL('reference-answers.json', import.meta.url), 'utf8'))

const tables: readonly Table[] = [
  clientRepresentation,
  userRepresentation,
  groupRepresentation,
  roleRepresentation,
  componentRepresentation,
  clientScopeRepresentation,
  identityProviderRepresentation,
  authenticationFlowRepresentation,
  realmRepresentation,
  upConfig,
  realmEventsConfigRepresentation,
  clientPoliciesRepresentation,
  clientProfilesRepresentation,
]

/** The reference reads these and fails over them later, which is no matter of reading; null among objects we refuse instead. */
const failsLater = (body: string) => /policyEnforcementMode|registeredNodes|"protocolMappers":\[null\]/.test(body)

/** Where we know to differ: digits of other scripts are a number for the reference; it reads the authorization schema in another order. */
const differs = (body: string) => /[٠-٩]|authorizationSchema/.test(body)

test('every recorded body is accepted or refused with the status and the texts of the reference server', () => {
  assert.ok(recorded.length > 300)
  for (const [name, body, status, error, description] of recorded) {
    if ((status === 500 && failsLater(body)) || differs(body)) continue
    const table = tables.find((candidate) => candidate.name === name)
    assert.ok(table !== undefined, name)
    const told = `${name} ${JSON.stringify(body)}`
    if (status < 300) {
      assert.doesNotThrow(() => parseRepresentation(table, body, reject), told)
      continue
    }
    const failure = failureOf(() => parseRepresentation(table, body, reject))
    assert.equal(failure.status, status, told)
    assert.deepEqual(failure.body, description === undefined ? { error } : { error, error_description: description }, told)
  }
})

test('an unknown member is told with its class, line and column in bytes', () => {
  const failure = failureOf(() => parseRepresentation(clientRepresentation, '{"name":"їжак",\r\n "protocolMappers":[{"nope":1}]}', reject))
  assert.equal(failure.kind, 'unknown-member')
  assert.equal(
    failure.body.error,
    'Invalid json representation for ProtocolMapperRepresentation. Unrecognized field "nope" at line 2 column 30.',
  )
  assert.deepEqual(failure.place, { line: 2, column: 30, path: 'protocolMappers[0].nope' })
})

test('an error message names the place and never the value', () => {
  const failure = failureOf(() => parseRepresentation(clientRepresentation, '{"secret":{"hunter2":"hunter2"}}', reject))
  assert.equal(failure.message, 'secret: text is expected (line 1, column 12)')
})

test('booleans, numbers and texts stand for each other as in the reference server', () => {
  const read = (member: string, value: string) => {
    const client: Record<string, unknown> = parseRepresentation(clientRepresentation, `{"${member}":${value}}`, reject)
    return client[member]
  }
  for (const value of ['true', '"true"', '"TRUE"', '" True "', '1', '-1', '99999999999']) assert.equal(read('enabled', value), true, value)
  for (const value of ['false', '"False"', '0', '-0']) assert.equal(read('enabled', value), false, value)
  for (const value of ['null', '""', '"  "', '"null"']) assert.equal(read('enabled', value), undefined, value)
  assert.deepEqual(
    ['"5"', '" 7 "', '"+5"', '"007"', '1.7', '-1.7', '1e2', '-0.5', '1e-400', '-2147483648', '""', '"null"'].map((value) =>
      read('notBefore', value),
    ),
    [5, 7, 5, 7, 1, -1, 100, 0, 0, -2147483648, undefined, undefined],
  )
  assert.deepEqual(
    ['1', '1.50', '1e400', '-0', 'true', '123456789012345678901234567890', '"null"', 'null'].map((value) => read('name', value)),
    ['1', '1.50', '1e400', '-0', 'true', '123456789012345678901234567890', 'null', undefined],
  )
  assert.deepEqual(read('redirectUris', '[1,null,true,1.50]'), ['1', 'true', '1.50'])
  assert.deepEqual(read('attributes', '{"a":1,"b":null,"c":"","a":"2"}'), { a: '2', c: '' })
})

test('a choice is read by word, by place and by place in a string', () => {
  const read = (value: string) =>
    parseRepresentation(resourceServerRepresentation, `{"policyEnforcementMode":${value}}`, reject).policyEnforcementMode
  assert.deepEqual(['"DISABLED"', '" DISABLED "', '2', '"2"', 'null'].map(read), [
    'DISABLED',
    'DISABLED',
    'DISABLED',
    'DISABLED',
    undefined,
  ])
  for (const value of ['"disabled"', '""', '3', '-1', '"02"', '2.0', 'true', '[]']) {
    assert.equal(failureOf(() => read(value)).kind, 'mismatch', value)
  }
})

test('members of primitives have a value where the body is silent, and null reads as false or 0', () => {
  const action = parseRepresentation(requiredActionProviderRepresentation, '{"alias":"A","priority":null}', reject)
  assert.deepEqual(action, { alias: 'A', priority: 0, enabled: false, defaultAction: false })
  assert.equal(parseRepresentation(identityProviderRepresentation, '{}', reject).enabled, true)
  assert.equal(parseRepresentation(identityProviderRepresentation, '{"enabled":null}', reject).enabled, false)
  assert.deepEqual(parseRepresentation(groupRepresentation, '{"name":"g"}', reject), { name: 'g', subGroups: [] })
})

test('user attributes take one value for its list, any type, and nothing for what is no object', () => {
  const read = (value: string) => parseRepresentation(userRepresentation, `{"attributes":${value}}`, reject).attributes
  assert.deepEqual(read('{"a":"x","b":1,"c":["y",null,true,1.50,{}],"d":null,"e":{}}'), {
    a: ['x'],
    b: ['1'],
    c: ['y', 'true', '1.5', ''],
    d: [],
    e: [''],
  })
  assert.deepEqual(read('[1.0,1e5,1e20,1e-5,123456789.125]'), {})
  assert.deepEqual(read('{"a":[1.0,1e5,1e20,1e-5,123456789.125,12345678901234567890123]}'), {
    a: ['1.0', '100000.0', '1.0E20', '1.0E-5', '1.23456789125E8', '12345678901234567890123'],
  })
  assert.equal(read('null'), undefined)
})

test('old names set the new members', () => {
  assert.deepEqual(parseRepresentation(resourceRepresentation, '{"uri":"/a","resource_scopes":["s"],"owner":"o"}', reject), {
    uris: ['/a'],
    scopes: [{ name: 's' }],
    owner: { id: 'o' },
  })
  const execution = parseRepresentation(
    authenticationFlowRepresentation,
    '{"authenticationExecutions":[{"authenticatorFlow":true}]}',
    reject,
  )
  assert.equal(execution.authenticationExecutions?.[0]?.autheticatorFlow, true)
  assert.equal(
    parseRepresentation(identityProviderRepresentation, '{"updateProfileFirstLogin":true}', reject).updateProfileFirstLoginMode,
    'on',
  )
  assert.equal(parseRepresentation(rolePolicyRepresentation, '{"type":"user"}', reject).type, 'role')
})

test('sets drop doubles, lists keep them', () => {
  const realm = parseRepresentation(realmRepresentation, '{"requiredCredentials":["b","a","b"],"defaultRoles":["b","a","b"]}', reject)
  assert.deepEqual(realm.requiredCredentials, ['b', 'a'])
  assert.deepEqual(realm.defaultRoles, ['b', 'a', 'b'])
})

test('with keep, unknown members survive at every depth, are reported by path and printed after the known ones', () => {
  const body =
    '{"new":{"big":12345678901234567890,"list":[1,null,{"x":1.5}]},"realm":"r","clients":[{"clientId":"c"},{"zzz":null,"clientId":"d"}],"clientScopes":[{"more":1,"name":"s"}]}'
  const kept: string[] = []
  const realm = parseRepresentation(realmRepresentation, body, { unknown: 'keep', onUnknown: (path) => kept.push(path) })
  assert.deepEqual(kept, ['new', 'clients[1].zzz', 'clientScopes[0].more'])
  assert.equal(
    printRepresentation(realmRepresentation, realm),
    '{"realm":"r","clients":[{"clientId":"c"},{"clientId":"d","zzz":null}],"clientScopes":[{"name":"s","more":1}],"new":{"big":12345678901234567890,"list":[1,null,{"x":1.5}]}}',
  )
})

test('client policies of a realm keep what they do not know even in the Admin API, and are dropped when they are no object', () => {
  const realm = parseRepresentation(realmRepresentation, '{"clientPolicies":{"nope":1},"clientProfiles":3}', reject)
  assert.equal(printRepresentation(realmRepresentation, realm), '{"clientPolicies":{"policies":[],"nope":1}}')
})

test('names such as __proto__ and constructor are names like any other', () => {
  const client = parseRepresentation(clientRepresentation, '{"attributes":{"__proto__":"a","constructor":"b"}}', reject)
  assert.deepEqual(Object.entries(client.attributes ?? {}), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ])
  assert.equal(failureOf(() => parseRepresentation(clientRepresentation, '{"constructor":1}', reject)).kind, 'unknown-member')
  const kept = parseRepresentation(clientRepresentation, '{"__proto__":{"enabled":true}}', { unknown: 'keep' })
  assert.equal(kept.enabled, undefined)
  assert.equal(printRepresentation(clientRepresentation, kept), '{"__proto__":{"enabled":true}}')
})

test('a patch keeps null in the maps that a PUT adds to, and nowhere else', () => {
  const body = '{"attributes":{"a":null,"b":"1"},"access":{"view":null}}'
  assert.deepEqual(parsePatch(clientRepresentation, body), { attributes: { a: null, b: '1' }, access: {} })
  assert.deepEqual(parseRepresentation(clientRepresentation, body, reject), { attributes: { b: '1' }, access: {} })
})

test('lists of representations and of strings are read as whole bodies', () => {
  assert.deepEqual(parseRepresentations(roleRepresentation, '[{"name":"a"}]', reject), [{ name: 'a', composite: false }])
  assert.deepEqual(parseField(list(text), '["a",1]', reject), ['a', '1'])
  assert.equal(failureOf(() => parseRepresentations(roleRepresentation, '{"name":"a"}', reject)).kind, 'mismatch')
  assert.equal(
    failureOf(() => parseRepresentations(roleRepresentation, '[{"nope":1}]', reject)).body.error,
    'Invalid json representation for RoleRepresentation. Unrecognized field "nope" at line 1 column 11.',
  )
})

test('depth, long numbers and long names are refused beyond the limits and accepted at them', () => {
  const nested = (depth: number) => `{"name":"s","more":${'['.repeat(depth)}${']'.repeat(depth)}}`
  const { depthMax, numberDigitsMax, memberNameCharsMax } = representationLimits
  assert.doesNotThrow(() => parseRepresentation(clientScopeRepresentation, nested(depthMax - 1), reject))
  assert.equal(failureOf(() => parseRepresentation(clientScopeRepresentation, nested(depthMax), reject)).body.error, 'HTTP 400 Bad Request')
  const number = (digits: number) => `{"name":${'1'.repeat(digits)}}`
  assert.equal(parseRepresentation(clientRepresentation, number(numberDigitsMax), reject).name?.length, numberDigitsMax)
  assert.equal(failureOf(() => parseRepresentation(clientRepresentation, number(numberDigitsMax + 1), reject)).kind, 'nested')
  const name = (chars: number) => `{"attributes":{"${'n'.repeat(chars)}":"1"}}`
  assert.doesNotThrow(() => parseRepresentation(clientRepresentation, name(memberNameCharsMax), reject))
  assert.equal(failureOf(() => parseRepresentation(clientRepresentation, name(memberNameCharsMax + 1), reject)).kind, 'nested')
})

test('bytes that are not UTF-8 are refused, in a value and in a name', () => {
  const body = (before: string, after: string) => Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])
  assert.equal(failureOf(() => parseRepresentation(clientRepresentation, body('{"name":"', '"}'), reject)).kind, 'nested')
  assert.equal(failureOf(() => parseRepresentation(clientRepresentation, body('{"', '":1}'), reject)).kind, 'syntax')
})
