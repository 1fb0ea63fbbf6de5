import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeholder } from '../../src/realm/defaults/placeholder.ts'
import { type ProfileContext, type ProfileValues, profileMetadata, validateProfile, visibleValues } from '../../src/users/profile.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { attribute, realmWithProfile, snapshotOf, withProfileText } from './realms.ts'

const onlyAdmins = { view: ['admin', 'user'], edit: ['admin'] }
const attributes = [
  attribute('readOnly', { permissions: onlyAdmins }),
  attribute('hidden', { permissions: { view: ['admin'], edit: ['admin'] } }),
  attribute('own', { permissions: { view: ['user'], edit: ['user'] } }),
  attribute('always', { required: {} }),
  attribute('byAdmin', { required: { roles: ['admin'] } }),
  attribute('byUser', { required: { roles: ['user'] } }),
  attribute('byScope', { required: { scopes: ['phone'] } }),
  attribute('selected', { selector: { scopes: ['phone'] }, required: { roles: ['user'] } }),
  attribute('list', { multivalued: true }),
  attribute('single'),
  attribute('preset', { defaultValue: 'preset value' }),
  attribute('nobodys', { permissions: { view: [], edit: [] } }),
]

const server = await serverOfFile({
  realms: [
    realmWithProfile('profiled', attributes),
    ...(['ENABLED', 'ADMIN_VIEW', 'ADMIN_EDIT'] as const).map((policy) =>
      realmWithProfile(`unmanaged-${policy}`, [], { unmanagedAttributePolicy: policy }),
    ),
    realmWithProfile('picky', [
      attribute('usersOwn', {
        permissions: { view: ['admin', 'user'], edit: ['user'] },
        validations: { length: { max: 2 }, pattern: { pattern: '^q.*$' } },
      }),
      attribute('numbers', { multivalued: true, validations: { integer: { min: 2, max: 10 } } }),
      attribute('two', { validations: { multivalued: { max: 2 }, 'up-immutable-attribute': {} } }),
      attribute('web', { validations: { uri: {} } }),
    ]),
    { realm: 'plain', enabled: true },
    { realm: 'by-email', enabled: true, registrationEmailAsUsername: true },
    {
      ...withProfileText('broken', '{"attributes": [{"name": "x"'),
      clients: [service('app', { directAccessGrantsEnabled: true })],
      users: [person('taras')],
    },
    {
      ...withProfileText('odd', '{"attributes": {"name": 1}, "groups": 7}'),
      clients: [service('app', { directAccessGrantsEnabled: true })],
      users: [person('taras')],
    },
    {
      ...realmWithProfile('strict', [attribute('badge', { required: { roles: ['user'] } })]),
      clients: [service('app', { directAccessGrantsEnabled: true })],
      users: [
        person('taras'),
        person('lesya', { attributes: { badge: ['7'] } }),
        person('ivan', { firstName: '<', attributes: { badge: ['1'] } }),
      ],
    },
  ],
})

const base: ProfileValues = { username: ['alice'], email: ['alice@example.com'], firstName: ['A'], lastName: ['B'] }
const full: ProfileValues = { ...base, always: ['1'], byAdmin: ['1'], byUser: ['1'], preset: ['preset value'] }

const errorsOf = async (realm: string, context: ProfileContext, values: ProfileValues, before: ProfileValues | undefined = full) => {
  const { errors } = validateProfile(await snapshotOf(server, realm), { context, values, before, missing: 'remove' })
  return errors.map(({ field, key, params }) => [field, key, ...params])
}

const readOnly = (name: string) => [[name, 'error-user-attribute-read-only', name]]
const required = (...names: string[]) => names.map((name) => [name, 'error-user-attribute-required', name])

/** Recorded from the reference server, but for the order of several errors: ours is that of the profile. */
const recorded: readonly (readonly [string, ProfileContext, ProfileValues, unknown[]])[] = [
  ['an administrator leaves out what administrators owe', 'admin', base, required('always', 'byAdmin')],
  ['an administrator gives all that is needed', 'admin', full, []],
  ['an administrator changes what users may not', 'admin', { ...full, readOnly: ['r'], hidden: ['h'] }, []],
  ["an administrator changes the user's own", 'admin', { ...full, own: ['u'] }, readOnly('own')],
  ['an administrator changes what nobody may', 'admin', { ...full, nobodys: ['e'] }, readOnly('nobodys')],
  [
    'two values of an attribute with one',
    'admin',
    { ...full, single: ['1', '2'] },
    [['single', 'error-invalid-multivalued-size', 'single', 0, 1]],
  ],
  ['two values of an attribute with many', 'admin', { ...full, list: ['1', '2'] }, []],
  ['a blank value is none', 'admin', { ...full, always: [' '] }, required('always')],
  ['an administrator leaves out names and e-mail', 'admin', { ...full, email: [''], firstName: [''], lastName: [] }, []],
  ['a user changes what only administrators may', 'user', { ...full, readOnly: ['r'] }, readOnly('readOnly')],
  ['a user leaves it out', 'user', full, []],
  ['a user sends back what he cannot see', 'user', { ...full, hidden: ['h'] }, readOnly('hidden')],
  ['a user changes his own', 'user', { ...full, own: ['u'] }, []],
  [
    'a user sends two values of one',
    'user',
    { ...full, single: ['1', '2'] },
    [['single', 'error-invalid-multivalued-size', 'single', '0', '1']],
  ],
  ['a user leaves out what users owe', 'user', base, required('always', 'byUser')],
  ['a user sends an attribute that the profile does not know', 'user', { ...full, unknown: ['1'] }, []],
  [
    'a user empties the first name',
    'user',
    { ...full, firstName: [''] },
    [['firstName', 'error-user-attribute-required', placeholder('firstName')]],
  ],
  [
    'a user empties the e-mail address',
    'user',
    { ...full, email: [''] },
    [
      ['email', 'missingEmailMessage', placeholder('email')],
      ['email', 'error-user-attribute-required', placeholder('email')],
    ],
  ],
  [
    'a user changes a name that may not change',
    'user',
    { ...full, username: ['other'] },
    [['username', 'error-user-attribute-read-only', placeholder('username')]],
  ],
  ['an administrator changes it', 'admin', { ...full, username: ['other'] }, readOnly('username')],
  [
    'an administrator changes it to one that is too short',
    'admin',
    { ...full, username: ['x'] },
    [...readOnly('username'), ['username', 'error-invalid-length', 'username', 3, 255]],
  ],
]

for (const [sentence, context, values, expected] of recorded) {
  test(`${sentence}: the errors are those of the reference server`, async () => {
    assert.deepEqual(await errorsOf('profiled', context, values), expected)
  })
}

test('a new user without a name is told so, and a wrong profile has one error for each thing that is wrong', async () => {
  const realm = await snapshotOf(server, 'plain')
  const errors = (values: ProfileValues, context: ProfileContext) =>
    validateProfile(realm, { context, values }).errors.map(({ field, key }) => `${field} ${key}`)
  assert.deepEqual(errors({ ...base, username: [''] }, 'registration'), ['username missingUsernameMessage'])
  assert.deepEqual(errors({ username: ['a<'], email: ['x'], firstName: [''], lastName: ['<'] }, 'registration'), [
    'username error-invalid-length',
    'username error-username-invalid-character',
    'email error-invalid-email',
    'firstName error-user-attribute-required',
    'lastName error-person-name-invalid-character',
  ])
})

test('attributes and demands of a client scope count in a login that asks for it', async () => {
  const realm = await snapshotOf(server, 'profiled')
  const errors = (scopes: ReadonlySet<string> | undefined) =>
    validateProfile(realm, { context: 'user', values: full, before: full, scopes }).errors.map(({ field }) => field)
  assert.deepEqual(errors(undefined), [])
  assert.deepEqual(errors(new Set(['email'])), [])
  assert.deepEqual(errors(new Set(['phone'])), ['byScope', 'selected'])
})

test('what is stored is in lower case, without blanks, and keeps what the context may not touch', async () => {
  const realm = await snapshotOf(server, 'profiled')
  const before = { ...full, readOnly: ['r'], hidden: ['h'], own: ['u'], old: ['unmanaged'] }
  const values = { ...full, username: ['ALICE'], email: ['Alice@Example.COM'], list: ['', ' ', 'v', 'v'], own: [''], preset: [] }
  const result = validateProfile(realm, { context: 'user', values, before, missing: 'remove' })
  assert.deepEqual(result.errors, [])
  assert.deepEqual(result.values, {
    ...base,
    readOnly: ['r'],
    hidden: ['h'],
    always: ['1'],
    byAdmin: ['1'],
    byUser: ['1'],
    list: ['v', 'v'],
    old: ['unmanaged'],
  })
})

test('a new user has the default value of an attribute that nobody gave', async () => {
  const realm = await snapshotOf(server, 'profiled')
  assert.deepEqual(validateProfile(realm, { context: 'admin', values: base }).values['preset'], ['preset value'])
  assert.deepEqual(validateProfile(realm, { context: 'admin', values: { ...base, preset: ['own'] } }).values['preset'], ['own'])
})

test('the policy of unmanaged attributes decides who may change them, and who sees them', async () => {
  const before = { ...base, free: ['x'] }
  const rows: readonly (readonly [string, ProfileContext, string[], boolean])[] = [
    ['plain', 'admin', ['x'], false],
    ['plain', 'user', ['x'], false],
    ['unmanaged-ENABLED', 'admin', ['y'], true],
    ['unmanaged-ENABLED', 'user', ['y'], true],
    ['unmanaged-ADMIN_VIEW', 'admin', ['x'], true],
    ['unmanaged-ADMIN_VIEW', 'user', ['x'], false],
    ['unmanaged-ADMIN_EDIT', 'admin', ['y'], true],
    ['unmanaged-ADMIN_EDIT', 'user', ['x'], false],
  ]
  for (const [name, context, stored, shown] of rows) {
    const realm = await snapshotOf(server, name)
    const result = validateProfile(realm, { context, values: { ...base, free: ['y'] }, before, missing: 'remove' })
    assert.deepEqual([result.errors, result.values['free']], [[], stored], `${name} ${context}`)
    assert.equal('free' in visibleValues(realm, before, { context }), shown, `${name} ${context}`)
  }
  const long = { ...base, free: ['x'.repeat(2_049)] }
  assert.deepEqual(await errorsOf('unmanaged-ENABLED', 'admin', long, base), [['free', 'error-invalid-length', 'free', 0, 2_048]])
})

test('attributes that only the server writes cannot be changed, whatever the profile allows', async () => {
  const rejected = 'updateReadOnlyAttributesRejectedMessage'
  for (const name of ['LDAP_ID', 'ldap_id', 'KERBEROS_PRINCIPAL', 'createTimestamp'])
    assert.deepEqual(await errorsOf('unmanaged-ENABLED', 'admin', { ...base, [name]: ['v'] }, base), [[name, rejected, name]])
  for (const name of ['disabledReason', 'ENABLED', 'EMAIL_VERIFIED', 'saml.persistent.name.id.for.x', 'kc.email.pending']) {
    assert.deepEqual(await errorsOf('unmanaged-ENABLED', 'user', { ...base, [name]: ['v'] }, base), [[name, rejected, name]])
    assert.deepEqual(await errorsOf('unmanaged-ENABLED', 'admin', { ...base, [name]: ['v'] }, base), [])
  }
  const { values } = validateProfile(await snapshotOf(server, 'unmanaged-ENABLED'), {
    context: 'user',
    values: base,
    before: { ...base, disabledReason: ['permanentLockout'] },
    missing: 'remove',
  })
  assert.deepEqual(values['disabledReason'], ['permanentLockout'])
})

test('where the e-mail address is the name, the name follows it and the address is required', async () => {
  const realm = await snapshotOf(server, 'by-email')
  const changed = validateProfile(realm, { context: 'admin', values: { ...base, username: ['zzz'], email: ['New@e.x'] }, before: base })
  assert.deepEqual([changed.errors, changed.values['username']], [[], ['new@e.x']])
  const without = validateProfile(realm, { context: 'admin', values: { username: ['foo'] } })
  assert.deepEqual(
    without.errors.map(({ field, key }) => [field, key]),
    [['email', 'error-user-attribute-required']],
  )
})

test('a login is refused while the profile is wrong, unless nobody asks for it to be right', async () => {
  const login = async (realm: string, username: string): Promise<number> =>
    (await server.realm(realm).token({ grant_type: 'password', username, password }, { basic: as('app') })).status
  assert.deepEqual([await login('strict', 'taras'), await login('strict', 'lesya'), await login('strict', 'ivan')], [400, 200, 400])
})

test('a profile text that cannot be read does not make logins fail', async () => {
  for (const realm of ['broken', 'odd']) {
    const answer = await server.realm(realm).token({ grant_type: 'password', username: 'taras', password }, { basic: as('app') })
    assert.equal(answer.status, 200, realm)
  }
})

test('the form of the default profile is described as the reference server does', async () => {
  const { attributes: fields = [], groups } = profileMetadata(await snapshotOf(server, 'plain'), { context: 'user', before: base })
  assert.deepEqual(
    fields.map(({ name, required: needed, readOnly: fixed }) => [name, needed, fixed]),
    [
      ['username', true, true],
      ['email', true, false],
      ['firstName', true, false],
      ['lastName', true, false],
    ],
  )
  assert.deepEqual(fields[1]?.validators, {
    email: { 'ignore.empty.value': true },
    length: { max: 255, 'ignore.empty.value': true },
    multivalued: { max: '1' },
  })
  assert.deepEqual(groups, [
    { name: 'user-metadata', displayHeader: 'User metadata', displayDescription: 'Attributes, which refer to user metadata' },
  ])
})

test('what is wrong with a value is told whether or not it may be changed, and of a new user although it is left out', async () => {
  const realm = await snapshotOf(server, 'picky')
  const given = { context: 'admin', values: { ...base, usersOwn: ['abc'] } } as const
  const faults = [
    ['usersOwn', 'error-invalid-length-too-long', 'usersOwn', null, 2],
    ['usersOwn', 'error-pattern-no-match', 'usersOwn', '^q.*$'],
  ]
  const told = (before: ProfileValues | undefined) =>
    validateProfile(realm, { ...given, before }).errors.map(({ field, key, params }) => [field, key, ...params])
  assert.deepEqual(told(base), [...readOnly('usersOwn'), ...faults])
  assert.deepEqual(told(undefined), faults)
  assert.deepEqual(validateProfile(realm, { ...given, before: undefined }).values['usersOwn'], undefined)
})

test('all values are looked at, and the same fault is told once', async () => {
  assert.deepEqual(await errorsOf('picky', 'user', { ...base, numbers: ['a', '99', '1', 'b', ' '] }), [
    ['numbers', 'error-invalid-number', 'numbers'],
    ['numbers', 'error-number-out-of-range', 'numbers', '2', '10'],
  ])
  assert.deepEqual(await errorsOf('picky', 'admin', { ...base, two: ['a', 'b'] }), [])
  assert.deepEqual(await errorsOf('picky', 'admin', { ...base, web: ['not a uri'] }), [
    ['web', 'error-invalid-uri', 'web', 'not a uri', 'Illegal character in path at index 3: not a uri'],
  ])
})

test('an attribute without a name for people is called by its own', async () => {
  const { attributes: fields = [] } = profileMetadata(await snapshotOf(server, 'picky'), { context: 'admin', before: undefined })
  const two = fields.find(({ name }) => name === 'two')
  assert.equal(two?.displayName, 'two')
  assert.deepEqual(two?.validators, { multivalued: { max: 2 }, 'up-immutable-attribute': {} })
})

test('an attribute of a client scope is seen by people with that scope only', async () => {
  const realm = await snapshotOf(server, 'profiled')
  const shown = (context: ProfileContext, ...scopes: string[]) =>
    'selected' in visibleValues(realm, { selected: ['1'] }, { context, scopes: new Set(scopes) })
  assert.deepEqual([shown('account'), shown('account', 'phone'), shown('admin')], [false, true, true])
})
