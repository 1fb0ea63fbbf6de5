/** What tools that keep a realm by a description write, and what they must read back: else they would want to write it again for ever. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const name = 'clients-read-back'
const server = await serverOfFile({ realms: [{ realm: name, enabled: true, organizationsEnabled: true }] })
const path = `/realms/${name}`

const get = async (below: string): Promise<Json> => (await server.admin('GET', `${path}${below}`)).json
const list = async (below: string): Promise<Json[]> => (await get(below)) as unknown as Json[]
const idOf = ({ headers }: Answer): string => String(headers.location).split('/').at(-1) ?? ''

async function make(below: string, body: unknown): Promise<string> {
  const answer = await server.admin('POST', `${path}${below}`, body)
  assert.equal(answer.status, 201, answer.text)
  return idOf(answer)
}

async function put(below: string, body: unknown): Promise<void> {
  const answer = await server.admin('PUT', `${path}${below}`, body)
  assert.ok([200, 204].includes(answer.status), answer.text)
}

const part = (of: Json, names: readonly string[]): Json => Object.fromEntries(names.map((member) => [member, of[member]]))

test('a new client has no flow overrides when their names are sent without flows', async () => {
  const overrides = { browser: '', direct_grant: '' }
  const id = await make('/clients', { clientId: 'no-overrides', authenticationFlowBindingOverrides: overrides })
  assert.deepEqual((await get(`/clients/${id}`))['authenticationFlowBindingOverrides'], {})
})

test('mappers that once had no settings are shown with what they do', async () => {
  const id = await make('/clients', { clientId: 'mappers' })
  const models = `/clients/${id}/protocol-mappers/models`
  const made = async (protocolMapper: string, config: Json): Promise<unknown> => {
    const mapper = { name: JSON.stringify([protocolMapper, config]), protocol: 'openid-connect', protocolMapper, config }
    return (await get(`${models}/${await make(models, mapper)}`))['config']
  }
  const inAccessToken = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' }
  assert.deepEqual(await made('oidc-audience-resolve-mapper', {}), inAccessToken)
  assert.deepEqual(await made('oidc-allowed-origins-mapper', {}), inAccessToken)
  const off = { 'access.token.claim': 'false' }
  assert.deepEqual(await made('oidc-audience-resolve-mapper', off), { ...inAccessToken, ...off })
  assert.deepEqual(await made('oidc-organization-membership-mapper', { 'id.token.claim': 'true', multivalued: 'false' }), {
    'id.token.claim': 'true',
    'claim.name': 'organization',
    'jsonType.label': 'String',
    multivalued: 'false',
    addOrganizationAttributes: 'false',
    addOrganizationId: 'false',
  })
  const stored = ((await get(`/clients/${id}`))['protocolMappers'] as Json[]).map(({ config }) => config)
  assert.ok(
    stored.some((config) => JSON.stringify(config) === '{}'),
    'their client shows what is stored',
  )
})

test('a mapper of pairwise subjects is given a salt, and keeps the one it is given', async () => {
  const scope = await make('/client-scopes', { name: 'pairwise', protocol: 'openid-connect' })
  const models = `/client-scopes/${scope}/protocol-mappers/models`
  const mapper = { name: 'pairwise', protocol: 'openid-connect', protocolMapper: 'oidc-sha256-pairwise-sub-mapper' }
  const made = async (more: Json): Promise<Json> => (await get(`${models}/${await make(models, { ...mapper, ...more })}`))['config'] as Json
  assert.match(String((await made({ config: {} }))['pairwiseSubAlgorithmSalt']), /^[0-9a-f-]{36}$/)
  assert.deepEqual(await made({ name: 'given', config: { pairwiseSubAlgorithmSalt: 's' } }), { pairwiseSubAlgorithmSalt: 's' })
})

test('an execution that can not be off is required from the start', async () => {
  await make('/authentication/flows', { alias: 'steps', providerId: 'basic-flow', topLevel: true, builtIn: false })
  const executions = '/authentication/flows/steps/executions'
  for (const provider of ['auth-username-password-form', 'auth-cookie', 'conditional-user-role'])
    await make(`${executions}/execution`, { provider })
  assert.deepEqual(
    (await list(executions)).map(({ requirement }) => requirement),
    ['REQUIRED', 'DISABLED', 'DISABLED'],
  )
})

test('no two configurations of executions have one name', async () => {
  await make('/authentication/flows', { alias: 'configured', providerId: 'basic-flow', topLevel: true, builtIn: false })
  const executions = '/authentication/flows/configured/executions/execution'
  const [one, other] = [await make(executions, { provider: 'auth-cookie' }), await make(executions, { provider: 'auth-cookie' })]
  await make(`/authentication/executions/${one}/config`, { alias: 'same', config: {} })
  const { status, json } = await server.admin('POST', `${path}/authentication/executions/${other}/config`, { alias: 'same', config: {} })
  assert.deepEqual([status, json], [409, { errorMessage: 'Authentication execution configuration same already exists' }])
})

test('an identity provider is hidden by the setting of older versions, which is not kept', async () => {
  const providers = '/identity-provider/instances'
  const hidden = async (alias: string, given: Json): Promise<unknown> => {
    await make(providers, { alias, providerId: 'oidc', ...given })
    const { hideOnLogin, config } = await get(`${providers}/${alias}`)
    assert.deepEqual(config, {})
    return hideOnLogin
  }
  assert.equal(await hidden('hidden', { config: { hideOnLoginPage: 'true' } }), true)
  assert.equal(await hidden('shown', { hideOnLogin: true, config: { hideOnLoginPage: 'false' } }), false)
  assert.equal(await hidden('other', { config: { hideOnLoginPage: '' } }), false)
})

test('an identity provider of a disabled organization is shown disabled, until that is enabled', async () => {
  const organization = { name: 'sleeping', alias: 'sleeping', enabled: true, domains: [{ name: 'sleeping.example' }] }
  const id = await make('/organizations', organization)
  await make('/identity-provider/instances', { alias: 'linked', providerId: 'oidc', config: {} })
  assert.equal((await server.admin('POST', `${path}/organizations/${id}/identity-providers`, 'linked')).status, 204)
  const enabled = async (): Promise<unknown[]> => [
    (await get('/identity-provider/instances/linked'))['enabled'],
    (await list('/identity-provider/instances')).find(({ alias }) => alias === 'linked')?.['enabled'],
    (await list(`/organizations/${id}/identity-providers`))[0]?.['enabled'],
    (await get(`/organizations/${id}/identity-providers/linked`))['enabled'],
  ]
  assert.deepEqual(await enabled(), [true, true, true, true])
  await put(`/organizations/${id}`, { ...organization, enabled: false })
  assert.deepEqual(await enabled(), [false, false, false, false])
  await put(`/organizations/${id}`, organization)
  assert.deepEqual(await enabled(), [true, true, true, true])
})

test('policies for security keys without text or entries are those of a new realm', async () => {
  const members = [
    'webAuthnPolicyRpEntityName',
    'webAuthnPolicySignatureAlgorithms',
    'webAuthnPolicyAttestationConveyancePreference',
    'webAuthnPolicyAcceptableAaguids',
    'webAuthnPolicyPasswordlessRpEntityName',
    'webAuthnPolicyPasswordlessUserVerificationRequirement',
  ]
  const fresh = part(await get(''), members)
  const empty = Object.fromEntries(members.map((member) => [member, Array.isArray(fresh[member]) ? [] : '']))
  await put('', { realm: name, ...empty, webAuthnPolicyAcceptableAaguids: [''] })
  assert.deepEqual(part(await get(''), members), fresh)
})

test('origins of a policy for security keys are an attribute too', async () => {
  await put('', { realm: name, webAuthnPolicyRpEntityName: 'x', webAuthnPolicyExtraOrigins: ['https://a', 'https://b'] })
  const named = { webAuthnPolicyExtraOrigins: 'https://a,https://b' }
  assert.deepEqual(part((await get(''))['attributes'] as Json, Object.keys(named)), named)
  await put('', { realm: name, attributes: { ...named, webAuthnPolicyExtraOrigins: 'https://c' } })
  assert.deepEqual((await get(''))['webAuthnPolicyExtraOrigins'], ['https://c'])
  await put('', { realm: name, attributes: {} })
  assert.deepEqual((await get(''))['webAuthnPolicyExtraOrigins'], [])
})

test('a session can not end before it has begun', async () => {
  const { status, json } = await server.admin('PUT', path, { realm: name, ssoSessionIdleTimeout: -1 })
  assert.deepEqual([status, json], [400, { errorMessage: 'Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.' }])
})

test('people of a realm of several languages have a language, whether the profile names it or not', async () => {
  const metadata = async (): Promise<unknown> =>
    ((await get('/users/profile/metadata'))['attributes'] as Json[]).find(({ name: attribute }) => attribute === 'locale')
  assert.equal(await metadata(), undefined)
  await put('', { realm: name, internationalizationEnabled: true, supportedLocales: ['en', 'de'] })
  const shape = { displayName: 'locale', required: false, readOnly: false, validators: {}, multivalued: false }
  assert.deepEqual(await metadata(), { name: 'locale', ...shape })
  const id = await make('/users', { username: 'speaker', attributes: { locale: ['de'], other: ['x'] } })
  assert.deepEqual((await get(`/users/${id}`))['attributes'], { locale: ['de'] })
  await put(`/users/${id}`, { attributes: { locale: ['en'] } })
  assert.deepEqual((await get(`/users/${id}`))['attributes'], { locale: ['en'] })
})

test('what a resource server calls by no text has no display name, and no type', async () => {
  const client = await make('/clients', { clientId: 'resources', serviceAccountsEnabled: true, authorizationServicesEnabled: true })
  const below = `/clients/${client}/authz/resource-server`
  const post = async (what: string, body: Json): Promise<Json> => (await server.admin('POST', `${path}${below}/${what}`, body)).json
  const scope = await post('scope', { name: 'scope', displayName: '', iconUri: '' })
  assert.deepEqual(await get(`${below}/scope/${scope['id']}`), { id: scope['id'], name: 'scope', iconUri: '' })
  const resource = await post('resource', { name: 'resource', displayName: '', icon_uri: '', type: '' })
  assert.equal(resource['type'], undefined)
  assert.equal((await get(`${below}/resource/${resource['_id']}`))['type'], undefined)
  const permission = await post('permission/resource', { name: 'permission', resources: [resource['_id']] })
  const shown = [{ name: 'resource', displayName: '', _id: resource['_id'] }]
  assert.deepEqual(await list(`${below}/permission/${permission['id']}/resources`), shown)
})

test('permissions are found by the first resource that a piece of a name may mean', async () => {
  const client = await make('/clients', { clientId: 'permissions', serviceAccountsEnabled: true, authorizationServicesEnabled: true })
  const below = `/clients/${client}/authz/resource-server`
  for (const resource of ['shelf', 'shelf above']) {
    const made = await server.admin('POST', `${path}${below}/resource`, { name: resource })
    await make(`${below}/permission/resource`, { name: `of ${resource}`, resources: [made.json['_id']] })
  }
  const found = async (text: string): Promise<unknown[]> =>
    (await list(`${below}/permission?resource=${text}`)).map(({ name: permission }) => permission)
  assert.deepEqual(await found('shel'), ['of shelf'])
  assert.deepEqual(await found('above'), ['of shelf above'])
})

test('a user has a list of links, even an empty one, where people can be linked', async () => {
  const realm = `${name}-links`
  await server.admin('POST', '/realms', { realm, enabled: true, users: [{ username: 'linked', enabled: true }] })
  try {
    const [user = {}] = (await server.admin('GET', `/realms/${realm}/users`)).json as unknown as Json[]
    const links = async (): Promise<unknown> =>
      (await server.admin('GET', `/realms/${realm}/users/${user['id']}`)).json['federatedIdentities']
    assert.equal(await links(), undefined)
    await server.admin('POST', `/realms/${realm}/identity-provider/instances`, { alias: 'provider', providerId: 'oidc', config: {} })
    assert.deepEqual(await links(), [])
  } finally {
    await server.admin('DELETE', `/realms/${realm}`)
  }
})

test('realm files of older versions hide providers by a setting, and ask for consent to mappers', async () => {
  const realm = `${name}-old`
  const mapper = { name: 'username', protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-property-mapper', config: { a: 'b' } }
  const { status, text } = await server.admin('POST', '/realms', {
    realm,
    enabled: true,
    identityProviders: [{ alias: 'hidden', providerId: 'oidc', config: { hideOnLoginPage: 'true', clientId: 'x' } }],
    clients: [{ clientId: 'old', protocolMappers: [{ ...mapper, consentRequired: true, consentText: 'Your name' }] }],
  })
  assert.equal(status, 201, text)
  try {
    const read = async (below: string): Promise<Json> => (await server.admin('GET', `/realms/${realm}${below}`)).json
    const { hideOnLogin, config } = await read('/identity-provider/instances/hidden')
    assert.deepEqual([hideOnLogin, config], [true, { clientId: 'x' }])
    const [client = {}] = (await read('/clients?clientId=old')) as unknown as Json[]
    const [stored = {}] = client['protocolMappers'] as Json[]
    assert.deepEqual({ ...stored, id: '' }, { ...mapper, id: '', consentRequired: false })
  } finally {
    await server.admin('DELETE', `/realms/${realm}`)
  }
})
