import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UPConfig } from '../../src/representations/user-profile.ts'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { attribute } from '../users/realms.ts'
import { administrator, bearerOf, callerOf, modulo, recorded } from './administrators.ts'

const name = 'usr-profile'
const path = `/realms/${name}/users`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      users: [
        administrator('asker', ['query-users']),
        administrator('owner', ['manage-realm']),
        administrator('grouper', ['query-groups']),
      ],
    },
  ],
})

type Attribute = NonNullable<UPConfig['attributes']>[number]

const fresh = recorded('users-profile') as UPConfig & { attributes: Attribute[] }
const put = (config: unknown): Promise<Answer> => server.admin('PUT', `${path}/profile`, config)
const withAttribute = (more: Attribute): UPConfig => ({ ...fresh, attributes: [...fresh.attributes, { name: 'x', ...more }] })

/** The error of a PUT. */
const fault = async (config: unknown): Promise<unknown> => {
  const { status, json } = await put(config)
  return status === 400 ? json['errorMessage'] : status
}

test('profile and metadata of a fresh realm are as recorded', async () => {
  const profile = await server.admin('GET', `${path}/profile`)
  assert.deepEqual(profile.json, fresh)
  const metadata = await server.admin('GET', `${path}/profile/metadata`)
  assert.deepEqual(modulo(metadata.json), modulo(recorded('users-profile-metadata')))
  for (const { headers } of [profile, metadata])
    assert.deepEqual([headers['content-type'], headers['cache-control']], ['application/json;charset=UTF-8', undefined])
})

test('a profile is changed at once, told back and logged; nothing brings the default one back', async () => {
  const { status, text, headers } = await put(withAttribute({ displayName: 'X', annotations: { inputType: 'textarea', o: { a: [1] } } }))
  assert.deepEqual([status, headers['content-type']], [200, 'application/json'])
  assert.equal((await server.admin('GET', `${path}/profile`)).text, text)
  if (!server.onReference) await server.services.events.flush()
  server.clock.advance(1)
  const [event = {}] = (await server.admin('GET', `/realms/${name}/admin-events?max=1`)).json as unknown as Json[]
  assert.deepEqual(
    [event['operationType'], event['resourceType'], event['resourcePath'], event['representation']],
    ['UPDATE', 'USER_PROFILE', 'users/profile', text],
  )
  const back = await put(undefined)
  assert.deepEqual([back.status, back.json], [200, fresh])
  assert.deepEqual((await server.admin('GET', `${path}/profile`)).json, fresh)
})

test('what is wrong with a profile is told in the reference’s words', async () => {
  const [username, email, ...names] = fresh.attributes
  const wrongName = (given: string): string =>
    `[Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): ${given}']`
  const rows: readonly (readonly [UPConfig, string | number])[] = [
    [{ ...fresh, attributes: [...fresh.attributes, { name: 'email' }] }, "[Attribute configuration already exists with 'name':'email']"],
    [withAttribute({ name: ' ' }), "[Attribute configuration without 'name' is not allowed]"],
    [withAttribute({ name: 'a b' }), wrongName('a b')],
    [withAttribute({ name: 'ä' }), wrongName('ä')],
    [withAttribute({ name: '1a.b-_' }), 200],
    [withAttribute({ group: 'nope' }), "[Attribute 'x' references unknown group 'nope']"],
    [
      withAttribute({ required: { roles: ['nope'] } }),
      "['required.roles' configuration for attribute 'x' contains unsupported role 'nope']",
    ],
    [
      withAttribute({ required: { scopes: ['nope'] } }),
      "['required.scopes' configuration for attribute 'x' contains unsupported scope 'nope']",
    ],
    [
      withAttribute({ permissions: { view: ['nope'], edit: [] } }),
      "['permissions.view' configuration for attribute 'x' contains unsupported role 'nope']",
    ],
    [
      withAttribute({ selector: { scopes: ['nope'] } }),
      "['selector.scopes' configuration for attribute 'x' contains unsupported scope 'nope']",
    ],
    [withAttribute({ defaultValue: 'v', validations: { integer: {} } }), "[Default value for attribute 'x' is invalid]"],
    [withAttribute({ defaultValue: 'v' }), 200],
    [{ ...fresh, attributes: [email ?? {}, ...names] }, "[The attribute 'username' can not be removed]"],
    [{ ...fresh, attributes: [username ?? {}] }, "[The attribute 'email' can not be removed]"],
    [{ ...fresh, attributes: [] }, "[The attribute 'username' can not be removed, The attribute 'email' can not be removed]"],
    [{ ...fresh, groups: [{}, {}] }, '[Name is mandatory for groups, found 2 group(s) without name.]'],
  ]
  for (const [config, expected] of rows) assert.deepEqual(await fault(config), expected, JSON.stringify(config.attributes?.at(-1)))
  await put(fresh)
})

test('validators that are unknown or set up wrongly are named', async () => {
  const wrong = (id: string, ...faults: readonly (readonly [member: string, key: string, values?: string])[]): string => {
    const list = faults.map(
      ([member, key, values = '']) =>
        `ValidationError{validatorId='${id}', inputHint='${member}', message='error-validator-config-${key}', messageParameters=[${values}]}, `,
    )
    return `[Validator '${id}' defined for attribute 'x' has incorrect configuration: ${list.join('')}]`
  }
  const rows: readonly (readonly [string, Record<string, unknown>, string | number])[] = [
    ['nope', {}, "[Validator 'nope' defined for attribute 'x' doesn't exist]"],
    ['up-immutable-attribute', {}, 200],
    ['length', {}, wrong('length', ['min', 'missing-value'], ['max', 'missing-value'])],
    ['length', { min: 'q' }, wrong('length', ['min', 'invalid-number-value', 'q'])],
    ['length', { min: 5, max: 3 }, wrong('length', ['max', 'invalid-value'])],
    ['length', { min: 3, max: '3' }, 200],
    ['integer', { min: 'a', max: 'b' }, wrong('integer', ['min', 'invalid-number-value', 'a'], ['max', 'invalid-number-value', 'b'])],
    ['integer', { min: 2, max: 2 }, wrong('integer', ['max', 'invalid-value'])],
    ['double', { min: '1', max: '2.5' }, 200],
    ['pattern', {}, wrong('pattern', ['pattern', 'missing-value'])],
    ['pattern', { pattern: 5 }, wrong('pattern', ['pattern', 'invalid-value', '5'])],
    ['options', {}, wrong('options', ['options', 'missing-value'])],
    ['options', { options: 'a' }, wrong('options', ['options', 'invalid-value', 'must be list of values'])],
    ['multivalued', {}, wrong('multivalued', ['max', 'missing-value'])],
    ['multivalued', { max: 'q' }, wrong('multivalued', ['max', 'invalid-number-value'])],
    ['email', { 'max-local-length': 0 }, wrong('email', ['max-local-length', 'invalid-number-value', '0'])],
  ]
  for (const [id, config, expected] of rows) {
    const multivalued = id === 'multivalued'
    assert.deepEqual(
      await fault(withAttribute({ multivalued, validations: { [id]: config } })),
      expected,
      `${id} ${JSON.stringify(config)}`,
    )
  }
  await put(fresh)
})

test('a profile that is no profile is refused', async () => {
  const rows: readonly (readonly [unknown, unknown])[] = [
    [[], { error: 'unknown_error', error_description: 'Cannot parse the JSON' }],
    [
      { ...fresh, unmanagedAttributePolicy: 'X' },
      { error: 'unknown_error', error_description: 'Cannot parse the JSON' },
    ],
  ]
  for (const [config, body] of rows) {
    const { status, json } = await put(config)
    assert.deepEqual([status, json], [400, body])
  }
  const { status, json } = await put({ zz: 1 })
  assert.deepEqual(
    [status, json],
    [400, { error: 'Invalid json representation for UPConfig. Unrecognized field "zz" at line 1 column 8.' }],
  )
})

test('attributes that a profile does not name are dropped, shown or kept as its policy says', async () => {
  const hidden = attribute('hid', { permissions: { view: ['user'], edit: ['user'] } })
  for (const [policy, kept] of [
    [undefined, undefined],
    ['ADMIN_VIEW', undefined],
    ['ADMIN_EDIT', { free: ['2'] }],
    ['ENABLED', { free: ['2'] }],
  ] as const) {
    await put({ ...fresh, attributes: [...fresh.attributes, hidden], ...(policy ? { unmanagedAttributePolicy: policy } : {}) })
    const username = `policy-${String(policy).toLowerCase()}`
    const { headers } = await server.admin('POST', path, { username, attributes: { free: ['2'], hid: ['3'] } })
    const user = `${path}/${String(headers['location']).split('/').at(-1)}`
    assert.deepEqual((await server.admin('GET', user)).json['attributes'], kept, username)
    assert.deepEqual((await server.admin('GET', `${user}/unmanagedAttributes`)).json, kept ?? {}, username)
    const withProfile = await server.admin('GET', `${user}?userProfileMetadata=true`)
    const { attributes = [] } = withProfile.json['userProfileMetadata'] as { attributes?: Json[] }
    assert.deepEqual(
      attributes.map((shown) => [shown['name'], shown['readOnly']]),
      [
        ['username', true],
        ['email', false],
        ['firstName', false],
        ['lastName', false],
      ],
    )
  }
  await put(fresh)
})

test('whoever may look for users may see the profile; who manages the realm may change it', async () => {
  const as = async (username: string) => callerOf(server, await bearerOf(server, name, username))
  const [asker, owner, grouper] = [await as('asker'), await as('owner'), await as('grouper')]
  for (const below of ['profile', 'profile/metadata']) {
    assert.equal((await asker('GET', `${path}/${below}`)).status, 200)
    assert.equal((await owner('GET', `${path}/${below}`)).status, 200)
    assert.equal((await grouper('GET', `${path}/${below}`)).status, 403)
  }
  assert.equal((await asker('PUT', `${path}/profile`, fresh)).status, 403)
  assert.equal((await owner('PUT', `${path}/profile`, fresh)).status, 200)
})
