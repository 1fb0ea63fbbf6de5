import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, modulo, recorded } from './administrators.ts'

const name = 'rlm-components'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      users: [administrator('viewer', ['view-realm']), administrator('clerk', ['manage-users'])],
    },
  ],
})
const path = `/realms/${name}`
const keyProvider = 'org.keycloak.keys.KeyProvider'
const userStorage = 'org.keycloak.storage.UserStorageProvider'
const ldapMapper = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper'
const registrationPolicy = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
const realmId = String((await server.admin('GET', path)).json['id'])

const get = async (query: string): Promise<Json[]> => (await server.admin('GET', `${path}/components${query}`)).json as unknown as Json[]
const post = (body: unknown): Promise<Answer> => server.admin('POST', `${path}/components`, body)
const idOf = ({ headers }: Answer): string => String(headers.location).split('/').at(-1) ?? ''
const one = async (id: string): Promise<Json> => (await server.admin('GET', `${path}/components/${id}`)).json

async function make(body: Json): Promise<string> {
  const answer = await post({ parentId: realmId, ...body })
  assert.equal(answer.status, 201, answer.text)
  return idOf(answer)
}

/** The test's clock stands still, so that events are told apart by what they are. */
async function eventOf(operation: string, id: string): Promise<Json> {
  if (!server.onReference) await server.services.events.flush()
  const [event = {}] = (await server.admin('GET', `${path}/admin-events?operationTypes=${operation}&resourcePath=components/${id}`))
    .json as unknown as Json[]
  const { operationType, resourceType, resourcePath, representation } = event
  return { operationType, resourceType, resourcePath, ...(representation ? { representation: JSON.parse(String(representation)) } : {}) }
}

test('a new realm has the reference’s keys and components', async () => {
  const keys = (await server.admin('GET', `${path}/keys`)).json
  const shape = (value: Json): unknown => ({
    active: Object.keys(value['active'] as Json).sort(),
    keys: (value['keys'] as Json[])
      .map(({ algorithm, type, use, status, providerPriority, ...rest }) => {
        return [algorithm, type, use, status, providerPriority, Object.keys(rest).sort()].join()
      })
      .sort(),
  })
  assert.deepEqual(shape(keys), shape(recorded('keys') as Json))
  const golden = (recorded('components') as Json[]).map((component) => ({ ...component, parentId: '~' }))
  assert.deepEqual(modulo((await get('')).map((component) => ({ ...component, parentId: '~' }))), modulo(golden))
})

test('components are found by parent, type and name; other parameters say nothing', async () => {
  assert.equal((await get(`?type=${keyProvider}`)).length, 4)
  assert.deepEqual(
    (await get('?name=rsa-generated')).map(({ name: found }) => found),
    ['rsa-generated'],
  )
  assert.equal((await get(`?parent=${realmId}&type=${keyProvider}&name=aes-generated`)).length, 1)
  for (const query of ['?parent=nope', '?name=rsa', '?type=nope', `?type=${keyProvider}&parent=nope`])
    assert.deepEqual(await get(query), [])
})

test('a key provider is made with its keys, changed, and removed with them', async () => {
  const body = { name: 'k1', providerId: 'rsa-generated', providerType: keyProvider, config: { priority: ['5'], nope: ['1'] } }
  const id = await make(body)
  assert.deepEqual(await eventOf('CREATE', id), {
    operationType: 'CREATE',
    resourceType: 'COMPONENT',
    resourcePath: `components/${id}`,
    representation: { ...body, parentId: realmId, config: { priority: ['5'] } },
  })
  assert.deepEqual(await one(id), { ...body, id, parentId: realmId, config: { priority: ['5'] } })
  const keysOf = async (): Promise<Json[]> =>
    ((await server.admin('GET', `${path}/keys`)).json['keys'] as Json[]).filter(({ providerId }) => providerId === id)
  assert.deepEqual(
    (await keysOf()).map(({ status, algorithm }) => [status, algorithm]),
    [['ACTIVE', 'RS256']],
  )
  const changed = { ...body, name: 'k2', id: 'other', config: { active: ['false'], priority: [] } }
  assert.equal((await server.admin('PUT', `${path}/components/${id}`, changed)).status, 204)
  assert.deepEqual(await eventOf('UPDATE', id), {
    operationType: 'UPDATE',
    resourceType: 'COMPONENT',
    resourcePath: `components/${id}`,
    representation: changed,
  })
  assert.deepEqual(await one(id), { ...body, id, name: 'k2', parentId: realmId, config: { active: ['false'] } })
  assert.deepEqual(
    (await keysOf()).map(({ status }) => status),
    ['PASSIVE'],
  )
  assert.equal((await server.admin('DELETE', `${path}/components/${id}`)).status, 204)
  assert.deepEqual(await eventOf('DELETE', id), { operationType: 'DELETE', resourceType: 'COMPONENT', resourcePath: `components/${id}` })
  assert.deepEqual(await keysOf(), [])
  const gone = await server.admin('DELETE', `${path}/components/${id}`)
  assert.deepEqual([gone.status, gone.json], [404, { error: 'Could not find component' }])
})

test('a given private key is never shown again, and a PUT with its mask keeps it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const body = { name: 'own', providerId: 'rsa', providerType: keyProvider, parentId: realmId, config: { privateKey: [pem] } }
  const id = await make(body)
  assert.deepEqual(((await eventOf('CREATE', id))['representation'] as Json)['config'], { privateKey: ['**********'] })
  const kid = async (): Promise<unknown> =>
    ((await server.admin('GET', `${path}/keys`)).json['keys'] as Json[]).find(({ providerId }) => providerId === id)?.['kid']
  const before = await kid()
  const shown = await one(id)
  assert.deepEqual((shown['config'] as Json)['privateKey'], ['**********'])
  const put = await server.admin('PUT', `${path}/components/${id}`, { ...shown, config: { ...(shown['config'] as Json), priority: ['3'] } })
  assert.equal(put.status, 204)
  assert.equal(await kid(), before)
  assert.equal(((await eventOf('UPDATE', id))['representation'] as { config: Json }).config['privateKey']?.toString(), '**********')
  assert.equal((await server.admin('DELETE', `${path}/components/${id}`)).status, 204)
})

const rows: readonly (readonly [body: unknown, status: number, answer: unknown])[] = [
  [{}, 400, { error: 'Invalid provider type or no such provider' }],
  [{ providerType: keyProvider, providerId: 'nope' }, 400, { error: 'Invalid provider type or no such provider' }],
  [{ providerType: 'nope', providerId: 'rsa' }, 400, { error: 'Invalid provider type or no such provider' }],
  [
    { providerType: 'org.keycloak.models.workflow.WorkflowProvider', providerId: 'default' },
    403,
    { error: 'Components managed through internal APIs cannot be managed through the component endpoint' },
  ],
  ...(
    [
      [{ priority: ['x'] }, "'Priority' should be a number"],
      [{ priority: ['1', '2'] }, "'Priority' should be a single entry"],
      [{ keySize: ['17'] }, "'Key size' should be 1024, 2048, 3072 or 4096"],
    ] as const
  ).map(([config, errorMessage]) => [{ providerType: keyProvider, providerId: 'rsa-generated', config }, 400, { errorMessage }] as const),
  [{ providerType: keyProvider, providerId: 'rsa' }, 400, { errorMessage: "'Private RSA Key' is required" }],
  [
    { providerType: keyProvider, providerId: 'rsa', config: { privateKey: ['junk'] } },
    400,
    { errorMessage: 'Failed to decode private key' },
  ],
  [{ providerType: registrationPolicy, providerId: 'max-clients' }, 400, { errorMessage: "'Max Clients Per Realm' is required" }],
  [
    { providerType: registrationPolicy, providerId: 'max-clients', config: { 'max-clients': ['x'] } },
    400,
    { errorMessage: "'Max Clients Per Realm' should be a number" },
  ],
  [
    {
      providerType: registrationPolicy,
      providerId: 'trusted-hosts',
      config: { 'host-sending-registration-request-must-match': ['false'], 'client-uris-must-match': ['false'] },
    },
    400,
    { errorMessage: 'At least one of hosts verification or client URIs validation must be enabled' },
  ],
  [
    { providerType: registrationPolicy, providerId: 'allowed-client-templates', config: { 'allowed-client-scopes': ['nope'] } },
    400,
    { errorMessage: 'Client scopes not allowed: [nope]' },
  ],
  [{ providerType: userStorage, providerId: 'ldap' }, 400, { errorMessage: 'Edit Mode is mandatory' }],
  [
    { providerType: ldapMapper, providerId: 'user-attribute-ldap-mapper' },
    400,
    { errorMessage: 'Missing configuration for User Model Attribute' },
  ],
  [{ providerType: ldapMapper, providerId: 'hardcoded-ldap-role-mapper' }, 400, { errorMessage: 'Role cant be null' }],
  [
    { providerType: ldapMapper, providerId: 'hardcoded-ldap-group-mapper', config: { group: ['nope'] } },
    400,
    { errorMessage: 'There is no group corresponding to configured value' },
  ],
  [
    { bogus: 1 },
    400,
    { error: 'Invalid json representation for ComponentRepresentation. Unrecognized field "bogus" at line 1 column 11.' },
  ],
  [[], 400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }],
]

test('what a provider does not accept is told in the reference’s words', async () => {
  for (const [body, status, answer] of rows) {
    const given = await post(body)
    assert.deepEqual([given.status, given.json], [status, answer], JSON.stringify(body))
  }
  const id = await make({ id: 'rlm-own-id', name: 'k', providerId: 'aes-generated', providerType: keyProvider })
  const twice = await post({ id, name: 'k', providerId: 'aes-generated', providerType: keyProvider })
  assert.deepEqual([twice.status, twice.json], [409, { error: 'conflict', error_description: 'Duplicate resource error' }])
  await server.admin('DELETE', `${path}/components/${id}`)
})

const ldap = {
  name: 'people',
  providerId: 'ldap',
  providerType: userStorage,
  config: {
    vendor: ['ad'],
    bindCredential: ['very-secret'],
    connectionUrl: ['ldap://127.0.0.1:1'],
    usersDn: ['ou=x'],
    editMode: ['READ_ONLY'],
    usernameLDAPAttribute: ['uid'],
  },
}

test('an LDAP provider gets its vendor’s mappers, which go with it', async () => {
  const id = await make(ldap)
  assert.match(id, /^[\w-]{22}$/)
  const { config } = await one(id)
  assert.deepEqual(config, { ...ldap.config, bindCredential: ['**********'], krbPrincipalAttribute: ['userPrincipalName'] })
  const mappers = await get(`?parent=${id}`)
  const attribute = (ldapName: string, model: string, mandatory: string, always: string): Json => ({
    'ldap.attribute': [ldapName],
    'user.model.attribute': [model],
    'is.mandatory.in.ldap': [mandatory],
    'read.only': ['true'],
    'always.read.value.from.ldap': [always],
  })
  assert.deepEqual(Object.fromEntries(mappers.map((mapper) => [String(mapper['name']), mapper['config']])), {
    username: attribute('uid', 'username', 'true', 'false'),
    'first name': attribute('cn', 'firstName', 'true', 'true'),
    'last name': attribute('sn', 'lastName', 'true', 'true'),
    email: attribute('mail', 'email', 'false', 'false'),
    'creation date': attribute('whenCreated', 'createTimestamp', 'false', 'true'),
    'modify date': attribute('whenChanged', 'modifyTimestamp', 'false', 'true'),
    'MSAD account controls': { 'always.read.enabled.value.from.ldap': ['true'] },
    'Kerberos principal attribute mapper': {},
  })
  assert.deepEqual((await server.admin('GET', `${path}/user-storage/${id}/name`)).json, { name: 'people', id })
  for (const action of ['remove-imported-users', 'unlink-users'])
    assert.equal((await server.admin('POST', `${path}/user-storage/${id}/${action}`)).status, 204)
  const sync = async (component: string, query: string): Promise<unknown> => {
    const { status, json } = await server.admin('POST', `${path}/user-storage/${component}/sync${query}`)
    return [status, json['error']]
  }
  assert.deepEqual(await sync('nope', '?action=triggerFullSync'), [404, 'Could not find component'])
  const [key = {}] = await get(`?type=${keyProvider}`)
  assert.deepEqual(await sync(String(key['id']), '?action=triggerFullSync'), [404, 'found, but not a UserStorageProvider'])
  assert.deepEqual(await sync(id, ''), [400, 'Missing action'])
  assert.deepEqual(await sync(id, '?action=nope'), [400, 'Unknown action: nope'])
  if (!server.onReference) assert.deepEqual(await sync(id, '?action=triggerChangedUsersSync'), [501, 'Feature not enabled'])
  assert.equal((await server.admin('DELETE', `${path}/components/${id}`)).status, 204)
  assert.deepEqual(await get(`?parent=${id}`), [])
})

test('types that may stand below a component come with their forms', async () => {
  const [parent = {}] = await get(`?type=${keyProvider}`)
  const below = async (query: string): Promise<Answer> =>
    server.admin('GET', `${path}/components/${String(parent['id'])}/sub-component-types${query}`)
  const golden = recorded('serverinfo-component-types') as Record<string, unknown>
  for (const kind of [keyProvider, userStorage, ldapMapper, registrationPolicy]) {
    const without = (list: unknown): unknown =>
      modulo(
        (list as Json[]).map(({ metadata: _metadata, ...type }) => ({
          ...type,
          properties: (type['properties'] as Json[]).map((p) => p['name']),
        })),
      )
    assert.deepEqual(without((await below(`?type=${kind}`)).json), without(golden[kind]), kind)
  }
  assert.deepEqual((await below('')).json, { error: 'must specify a subtype' })
  const noParent = await server.admin('GET', `${path}/components/nope/sub-component-types?type=x`)
  assert.deepEqual([noParent.status, noParent.json], [404, { error: 'Could not find parent component' }])
})

test('who may see the realm reads components and keys, and changes none; others see nothing', async () => {
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  const clerk = callerOf(server, await bearerOf(server, name, 'clerk'))
  for (const place of ['keys', 'components']) {
    assert.equal((await viewer('GET', `${path}/${place}`)).status, 200)
    assert.equal((await clerk('GET', `${path}/${place}`)).status, 403)
  }
  assert.equal((await viewer('POST', `${path}/components`, {})).status, 403)
  assert.equal((await viewer('DELETE', `${path}/components/nope`)).status, 403)
})

test('the list costs no statement of its own, whatever it holds', { skip: server.onReference }, async () => {
  await get('')
  const cost = async (query: string): Promise<number> =>
    (await server.statements(() => get(query))).filter((each) => /component/.test(each)).length
  assert.deepEqual([await cost(''), await cost('?name=rsa-generated')], [0, 0])
})

test('user storage keeps when it is asked and how long, and settings without text are taken away', async () => {
  const times = { cachePolicy: ['EVICT_DAILY'], evictionHour: ['2'], fullSyncPeriod: ['-1'], batchSizeForSync: ['9'], priority: ['1'] }
  const about = { name: 'storage', providerId: 'ldap', providerType: userStorage }
  const id = await make({ ...about, config: { ...times, editMode: ['READ_ONLY'], keyTab: [''], usersDn: ['dc=x'], unknown: ['x'] } })
  const given = { ...times, editMode: ['READ_ONLY'], krbPrincipalAttribute: ['krb5PrincipalName'] }
  assert.deepEqual((await one(id))['config'], { ...given, usersDn: ['dc=x'] })
  const changed = { ...about, id, parentId: realmId, config: { ...times, editMode: ['READ_ONLY'], usersDn: [''] } }
  assert.equal((await server.admin('PUT', `${path}/components/${id}`, changed)).status, 204)
  assert.deepEqual((await one(id))['config'], given)
  assert.equal((await make({ ...about, providerId: 'kerberos', config: { kerberosRealm: ['x'] } })).length, 36)
  assert.equal(id.length, 22)
})

test('a new LDAP provider maps names by what its entries are named', async () => {
  const namesFor = async (config: Json): Promise<unknown[]> => {
    const id = await make({ name: 'names', providerId: 'ldap', providerType: userStorage, config })
    const mappers = await get(`?parent=${id}&type=${ldapMapper}`)
    const names = ['first name', 'full name', 'username', 'username-cn']
    return mappers
      .filter((mapper) => names.includes(String(mapper['name'])))
      .map((mapper) => {
        const config = mapper['config'] as Record<string, string[]>
        return `${mapper['name']}: ${config['ldap.attribute'] ?? config['ldap.full.name.attribute']}`
      })
      .sort()
  }
  const ad = { vendor: ['ad'], usernameLDAPAttribute: ['sAMAccountName'], rdnLDAPAttribute: ['cn'] }
  assert.deepEqual(await namesFor({ editMode: ['READ_ONLY'] }), ['first name: cn', 'username: uid'])
  assert.deepEqual(await namesFor({ editMode: ['READ_ONLY'], vendor: ['ad'] }), ['first name: givenName', 'username: cn'])
  assert.deepEqual(await namesFor({ ...ad, editMode: ['UNSYNCED'] }), ['full name: cn', 'username: sAMAccountName'])
  assert.deepEqual(await namesFor({ ...ad, editMode: ['WRITABLE'] }), [
    'first name: givenName',
    'username-cn: cn',
    'username: sAMAccountName',
  ])
})

test('forms of LDAP mappers start with what fits their provider', async () => {
  const defaults = async (config: Json): Promise<Json> => {
    const id = await make({ name: 'forms', providerId: 'ldap', providerType: userStorage, config })
    const types = (await server.admin('GET', `${path}/components/${id}/sub-component-types?type=${ldapMapper}`)).json as unknown as Json[]
    const values = types.flatMap((type) =>
      (type['properties'] as Json[]).map((property) => [`${type['id']} ${property['name']}`, property['defaultValue']] as const),
    )
    return Object.fromEntries(
      values.filter(([label]) =>
        /^(?:group|full-name)-ldap-mapper (?:mode|write\.only|group\.object\.classes|membership\.user)/.test(label),
      ),
    )
  }
  const shown = (mode: string, writeOnly: string, classes: string, user: string): Json => ({
    'full-name-ldap-mapper write.only': writeOnly,
    'group-ldap-mapper group.object.classes': classes,
    'group-ldap-mapper membership.user.ldap.attribute': user,
    'group-ldap-mapper mode': mode,
  })
  assert.deepEqual(await defaults({ editMode: ['READ_ONLY'] }), shown('READ_ONLY', 'false', 'groupOfNames', 'uid'))
  assert.deepEqual(await defaults({ editMode: ['WRITABLE'], vendor: ['ad'] }), shown('LDAP_ONLY', 'true', 'group', 'cn'))
})

test('LDAP mappers whose settings contradict each other are refused', async () => {
  const id = await make({ name: 'strict', providerId: 'ldap', providerType: userStorage, config: { editMode: ['READ_ONLY'] } })
  const attribute = { 'ldap.attribute': ['a'], 'user.model.attribute': ['b'] }
  const groups = { 'groups.dn': ['dc=x'], mode: ['READ_ONLY'] }
  const refusals: readonly (readonly [string, Json, string])[] = [
    [
      'user-attribute-ldap-mapper',
      { ...attribute, 'is.binary.attribute': ['true'] },
      "With Binary attribute enabled, the 'Always read value from LDAP' must be enabled too",
    ],
    [
      'certificate-ldap-mapper',
      { ...attribute, 'is.der.formatted': ['true'] },
      "With DER formatted certificate enabled, the 'Is Binary Attribute' option must be enabled too",
    ],
    [
      'full-name-ldap-mapper',
      { 'ldap.full.name.attribute': ['cn'], 'write.only': ['true'] },
      'Can not set write only when LDAP provider mode is not WRITABLE',
    ],
    [
      'group-ldap-mapper',
      { ...groups, 'preserve.group.inheritance': ['true'], 'membership.attribute.type': ['UID'] },
      'Not possible to preserve group inheritance and use UID membership type together.',
    ],
    [
      'group-ldap-mapper',
      { ...groups, 'groups.path': ['/nowhere'] },
      'Groups path group does not exist - please create the group on specified path first',
    ],
    [
      'role-ldap-mapper',
      { 'roles.dn': ['dc=x'], mode: ['READ_ONLY'] },
      'Client ID needs to be provided in config when Realm Roles Mapping is not used.',
    ],
  ]
  for (const [providerId, config, errorMessage] of refusals) {
    const answer = await post({ name: providerId, providerId, providerType: ldapMapper, parentId: id, config })
    assert.deepEqual([answer.status, answer.json], [400, { errorMessage }], providerId)
  }
})

test('a type alone asks for what is below the realm, not below its components', async () => {
  const federation = await make({ ...ldap, name: 'typed' })
  const below = await get(`?parent=${federation}&type=${ldapMapper}`)
  assert.ok(below.length > 0)
  assert.deepEqual(await get(`?type=${ldapMapper}`), [])
  assert.deepEqual(
    (await get(`?type=${userStorage}`)).map(({ id }) => id).filter((id) => id === federation),
    [federation],
  )
  assert.equal((await server.admin('DELETE', `${path}/components/${federation}`)).status, 204)
})
