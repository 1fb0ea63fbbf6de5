import assert from 'node:assert/strict'
import { test } from 'node:test'
import KeycloakAdminClient from '@keycloak/keycloak-admin-client'
import { testClock } from '../server/clock.ts'
import { serverOfFile } from '../server.ts'

// The client compares tokens with the machine's clock.
const server = await serverOfFile({ clock: testClock(Date.now()) })
const realm = 'life-js'

const admin = new KeycloakAdminClient({ baseUrl: server.url, realmName: 'master' })
const login = () => admin.auth({ username: 'admin', password: 'admin', grantType: 'password', clientId: 'admin-cli' })
const of = <T>(value: T | undefined | null): T => value ?? assert.fail('nothing came')
const sorted = (list: readonly unknown[]): unknown[] => [...list].sort()

/** What one test makes and a later one uses. */
const ids: Record<string, string> = {}
const id = (name: string): string => of(ids[name])

test('realm: made, found, changed, with keys and event settings', async () => {
  await login()
  assert.deepEqual(await admin.realms.create({ realm, enabled: true }), { realmName: realm })
  admin.setConfig({ realmName: realm })
  await admin.realms.update(
    { realm },
    { displayName: 'Life', adminEventsEnabled: true, adminEventsDetailsEnabled: true, eventsEnabled: true },
  )
  assert.equal((await admin.realms.findOne({ realm }))?.displayName, 'Life')
  assert.ok((await admin.realms.find()).some((one) => one.realm === realm))
  assert.ok((await admin.realms.getKeys({ realm })).keys?.some(({ algorithm }) => algorithm === 'RS256'))
  assert.equal((await admin.realms.getConfigEvents({ realm })).eventsEnabled, true)
  await assert.rejects(admin.realms.create({ realm, enabled: true }), /409|already exists|Conflict/)
  assert.equal(await admin.realms.findOne({ realm: 'nowhere' }), null)
})

test('client scopes and their mappers', async () => {
  const made = await admin.clientScopes.create({
    name: 'register',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true' },
  })
  ids['scope'] = made.id
  const mapper = { name: 'drfo', protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-attribute-mapper' }
  const config = { 'user.attribute': 'drfo', 'claim.name': 'drfo', 'access.token.claim': 'true', 'jsonType.label': 'String' }
  await admin.clientScopes.addProtocolMapper({ id: made.id }, { ...mapper, config })
  const found = of(await admin.clientScopes.findProtocolMapperByName({ id: made.id, name: 'drfo' }))
  assert.equal(found.config?.['claim.name'], 'drfo')
  await admin.clientScopes.updateProtocolMapper(
    { id: made.id, mapperId: of(found.id) },
    { ...found, config: { ...config, 'claim.name': 'code' } },
  )
  assert.equal((await admin.clientScopes.listProtocolMappers({ id: made.id }))[0]?.config?.['claim.name'], 'code')
  await admin.clientScopes.addDefaultClientScope({ id: made.id })
  assert.ok((await admin.clientScopes.listDefaultClientScopes()).some(({ name }) => name === 'register'))
  assert.equal((await admin.clientScopes.findOneByName({ name: 'register' }))?.id, made.id)
})

test('clients: settings, secret, service account, mappers, roles, scopes', async () => {
  const audience = { name: 'audience', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper' }
  const made = await admin.clients.create({
    clientId: 'machine',
    serviceAccountsEnabled: true,
    directAccessGrantsEnabled: true,
    redirectUris: ['https://app.example/*'],
    protocolMappers: [{ ...audience, config: { 'included.client.audience': 'machine', 'access.token.claim': 'true' } }],
  })
  ids['client'] = made.id
  assert.equal((await admin.clients.find({ clientId: 'machine' }))[0]?.id, made.id)
  const before = of(await admin.clients.findOne({ id: made.id }))
  await admin.clients.update({ id: made.id }, before)
  assert.deepEqual(await admin.clients.findOne({ id: made.id }), before)
  await admin.clients.update({ id: made.id }, { clientId: 'machine', name: 'A machine' })
  assert.equal((await admin.clients.findOne({ id: made.id }))?.name, 'A machine')
  const secret = of((await admin.clients.getClientSecret({ id: made.id })).value)
  const next = of((await admin.clients.generateNewClientSecret({ id: made.id })).value)
  assert.notEqual(next, secret)
  ids['secret'] = next
  const account = await admin.clients.getServiceAccountUser({ id: made.id })
  assert.equal(account.username, 'service-account-machine')
  await admin.clients.createRole({ id: made.id, name: 'operate', description: 'Operates' })
  assert.equal((await admin.clients.findRole({ id: made.id, roleName: 'operate' }))?.description, 'Operates')
  assert.ok((await admin.clients.listDefaultClientScopes({ id: made.id })).some(({ name }) => name === 'register'))
  await admin.clients.delDefaultClientScope({ id: made.id, clientScopeId: id('scope') })
  await admin.clients.addOptionalClientScope({ id: made.id, clientScopeId: id('scope') })
  assert.ok((await admin.clients.listOptionalClientScopes({ id: made.id })).some(({ name }) => name === 'register'))
  const mapper = { name: 'fixed', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' }
  await admin.clients.addProtocolMapper(
    { id: made.id },
    { ...mapper, config: { 'claim.name': 'fixed', 'claim.value': '7', 'access.token.claim': 'true' } },
  )
  const example = await admin.clients.evaluateGenerateAccessToken({ id: made.id, scope: 'openid', userId: of(account.id), audience: '' })
  assert.equal((example as { fixed?: unknown }).fixed, '7')
  const installation = await admin.clients.getInstallationProviders({ id: made.id, providerId: 'keycloak-oidc-keycloak-json' })
  assert.equal(JSON.parse(String(typeof installation === 'string' ? installation : JSON.stringify(installation))).resource, 'machine')
})

test('roles: attributes, composites, who has them', async () => {
  await admin.roles.create({ name: 'reader' })
  await admin.roles.create({ name: 'writer', description: 'Writes' })
  const reader = of(await admin.roles.findOneByName({ name: 'reader' }))
  const writer = of(await admin.roles.findOneByName({ name: 'writer' }))
  await admin.roles.updateByName({ name: 'reader' }, { ...reader, attributes: { level: ['1', '2'] } })
  assert.deepEqual((await admin.roles.findOneByName({ name: 'reader' }))?.attributes, { level: ['1', '2'] })
  await admin.roles.createComposite({ roleId: of(writer.id) }, [reader])
  assert.deepEqual(
    (await admin.roles.getCompositeRoles({ id: of(writer.id) })).map(({ name }) => name),
    ['reader'],
  )
  assert.equal((await admin.roles.findOneById({ id: of(writer.id) }))?.composite, true)
  assert.deepEqual(
    (await admin.roles.find({ search: 'writ', first: 0, max: 5 })).map(({ name }) => name),
    ['writer'],
  )
  ids['reader'] = of(reader.id)
  ids['writer'] = of(writer.id)
})

test('groups: a tree with attributes, roles and members', async () => {
  ids['staff'] = (await admin.groups.create({ name: 'staff', attributes: { floor: ['3'] } })).id
  ids['night'] = of((await admin.groups.createChildGroup({ id: id('staff') }, { name: 'night' })).id)
  assert.deepEqual(
    (await admin.groups.listSubGroups({ parentId: id('staff') })).map(({ name }) => name),
    ['night'],
  )
  assert.equal((await admin.groups.findOne({ id: id('night') }))?.path, '/staff/night')
  assert.deepEqual(
    (await admin.groups.find({ search: 'night' })).map(({ name }) => name),
    ['staff'],
  )
  assert.equal((await admin.groups.count()).count, 2)
  await admin.groups.addRealmRoleMappings({ id: id('staff'), roles: [{ id: id('reader'), name: 'reader' }] })
  assert.deepEqual(
    (await admin.groups.listRealmRoleMappings({ id: id('staff') })).map(({ name }) => name),
    ['reader'],
  )
  await admin.groups.update({ id: id('staff') }, { name: 'staff', attributes: { floor: ['4'] } })
  assert.deepEqual((await admin.groups.findOne({ id: id('staff') }))?.attributes, { floor: ['4'] })
})

test('users: made, searched, counted, changed, with credentials, groups and roles', async () => {
  for (const name of ['olena', 'taras']) {
    const credentials = [{ type: 'password', value: 'Secret-42!', temporary: false }]
    const person = { username: name, email: `${name}@example.org`, firstName: name, lastName: 'Test', enabled: true, emailVerified: true }
    ids[name] = (await admin.users.create({ ...person, credentials })).id
  }
  assert.deepEqual(
    (await admin.users.find({ search: 'ole' })).map(({ username }) => username),
    ['olena'],
  )
  assert.deepEqual(
    (await admin.users.find({ email: 'taras@example.org', exact: true })).map(({ username }) => username),
    ['taras'],
  )
  assert.equal(await admin.users.count(), 2)
  await admin.users.update({ id: id('taras') }, { lastName: 'Changed' })
  assert.equal((await admin.users.findOne({ id: id('taras') }))?.lastName, 'Changed')
  await admin.users.addToGroup({ id: id('taras'), groupId: id('night') })
  assert.deepEqual(
    (await admin.users.listGroups({ id: id('taras') })).map(({ path }) => path),
    ['/staff/night'],
  )
  assert.deepEqual(
    (await admin.groups.listMembers({ id: id('night') })).map(({ username }) => username),
    ['taras'],
  )
  await admin.users.addRealmRoleMappings({ id: id('olena'), roles: [{ id: id('writer'), name: 'writer' }] })
  const effective = (await admin.users.listCompositeRealmRoleMappings({ id: id('olena') })).map(({ name }) => name)
  assert.ok(effective.includes('reader') && effective.includes('writer'))
  assert.ok(!(await admin.users.listAvailableRealmRoleMappings({ id: id('olena') })).some(({ name }) => name === 'writer'))
  assert.deepEqual(
    (await admin.roles.findUsersWithRole({ name: 'writer' })).map(({ username }) => username),
    ['olena'],
  )
  await admin.users.resetPassword({ id: id('taras'), credential: { type: 'password', value: 'Other-43!', temporary: true } })
  const [credential] = await admin.users.getCredentials({ id: id('taras') })
  await admin.users.updateCredentialLabel({ id: id('taras'), credentialId: of(credential?.id) }, 'mine')
  assert.equal((await admin.users.getCredentials({ id: id('taras') }))[0]?.userLabel, 'mine')
  assert.deepEqual((await admin.users.findOne({ id: id('taras') }))?.requiredActions, ['UPDATE_PASSWORD'])
  await admin.users.deleteCredential({ id: id('taras'), credentialId: of(credential?.id) })
  assert.deepEqual(await admin.users.getCredentials({ id: id('taras') }), [])
  const profile = await admin.users.getProfile()
  await admin.users.updateProfile({
    ...profile,
    attributes: [...(profile.attributes ?? []), { name: 'drfo', permissions: { view: ['admin'], edit: ['admin'] } }],
  })
  await admin.users.update(
    { id: id('olena') },
    { attributes: { drfo: ['1234567890'] }, email: 'olena@example.org', firstName: 'olena', lastName: 'Test' },
  )
  assert.deepEqual(
    (await admin.users.find({ q: 'drfo:1234567890' })).map(({ username }) => username),
    ['olena'],
  )
})

test('sessions: seen from the user, the client and the realm, and ended', async () => {
  const form = { grant_type: 'password', client_id: 'machine', client_secret: id('secret'), username: 'olena', password: 'Secret-42!' }
  const { status } = await server.call('POST', `/realms/${realm}/protocol/openid-connect/token`, { form })
  assert.equal(status, 200)
  const [session] = await admin.users.listSessions({ id: id('olena') })
  assert.equal(session?.username, 'olena')
  assert.equal((await admin.clients.listSessions({ id: id('client') })).length, 1)
  assert.equal((await admin.clients.getSessionCount({ id: id('client') })).count, 1)
  assert.ok((await admin.realms.getClientSessionStats({ realm })).length > 0)
  await admin.realms.deleteSession({ realm, session: of(session?.id), isOffline: false })
  assert.deepEqual(await admin.users.listSessions({ id: id('olena') }), [])
})

test('flows, executions, configurations and required actions', async () => {
  const flows = admin.authenticationManagement
  await flows.copyFlow({ flow: 'browser', newName: 'browser copy' })
  const copy = of((await flows.getFlows()).find(({ alias }) => alias === 'browser copy'))
  const executions = await flows.getExecutions({ flow: 'browser copy' })
  const idp = of(executions.find(({ providerId }) => providerId === 'identity-provider-redirector'))
  await flows.updateExecution({ flow: 'browser copy' }, { ...idp, requirement: 'DISABLED' })
  const config = await flows.createConfig({ id: of(idp.id), alias: 'redirect', config: { defaultProvider: 'partner' } })
  assert.equal((await flows.getConfig({ id: of(config.id) })).config?.['defaultProvider'], 'partner')
  await flows.addFlowToFlow({
    flow: 'browser copy',
    alias: 'more',
    description: '',
    provider: 'registration-page-form',
    type: 'basic-flow',
  })
  const added = await flows.addExecutionToFlow({ flow: 'browser copy', provider: 'auth-otp-form' })
  await flows.raisePriorityExecution({ id: of(added.id) })
  const after = await flows.getExecutions({ flow: 'browser copy' })
  assert.equal(after.find(({ id: one }) => one === idp.id)?.requirement, 'DISABLED')
  assert.ok(after.some(({ displayName }) => displayName === 'more'))
  await flows.deleteFlow({ flowId: of(copy.id) })
  const action = of(await flows.getRequiredActionForAlias({ alias: 'CONFIGURE_TOTP' }))
  await flows.updateRequiredAction({ alias: 'CONFIGURE_TOTP' }, { ...action, enabled: false })
  assert.equal((await flows.getRequiredActions()).find(({ alias }) => alias === 'CONFIGURE_TOTP')?.enabled, false)
})

test('identity providers, their mappers and links of users', async () => {
  const config = { clientId: 'a', clientSecret: 'b', authorizationUrl: 'https://idp.example/auth', tokenUrl: 'https://idp.example/token' }
  await admin.identityProviders.create({ alias: 'partner', providerId: 'oidc', config })
  assert.equal((await admin.identityProviders.findOne({ alias: 'partner' }))?.config?.['clientSecret'], '**********')
  const identityProviderMapper = { name: 'm', identityProviderAlias: 'partner', identityProviderMapper: 'hardcoded-attribute-idp-mapper' }
  const mapper = await admin.identityProviders.createMapper({
    alias: 'partner',
    identityProviderMapper: { ...identityProviderMapper, config: {} },
  })
  assert.deepEqual(
    (await admin.identityProviders.findMappers({ alias: 'partner' })).map(({ id: one }) => one),
    [mapper.id],
  )
  await admin.users.addToFederatedIdentity({
    id: id('olena'),
    federatedIdentityId: 'partner',
    federatedIdentity: { userId: 'remote-1', userName: 'olena-remote', identityProvider: 'partner' },
  })
  assert.deepEqual(
    (await admin.users.listFederatedIdentities({ id: id('olena') })).map(({ userName }) => userName),
    ['olena-remote'],
  )
  await admin.identityProviders.del({ alias: 'partner' })
  assert.deepEqual(await admin.identityProviders.find(), [])
})

test('components, events, admin events, texts, server information', async () => {
  const made = await admin.components.create({
    name: 'ec',
    providerId: 'ecdsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['50'], ecdsaEllipticCurveKey: ['P-256'] },
  })
  assert.deepEqual((await admin.components.findOne({ id: made.id }))?.config?.['priority'], ['50'])
  await admin.components.del({ id: made.id })
  await admin.realms.addLocalization({ realm, selectedLocale: 'uk', key: 'hello' }, 'Вітаю' as never)
  assert.deepEqual(await admin.realms.getRealmLocalizationTexts({ realm, selectedLocale: 'uk' }), { hello: 'Вітаю' })
  assert.ok((await admin.realms.findAdminEvents({ realm, max: 1_000 })).some(({ resourceType }) => resourceType === 'COMPONENT'))
  assert.ok((await admin.realms.findEvents({ realm })).some(({ type }) => type === 'LOGIN'))
  assert.ok(of((await admin.serverInfo.find()).componentTypes)['org.keycloak.keys.KeyProvider'])
})

test('authorization services of a client', async () => {
  const made = await admin.clients.create({ clientId: 'api', serviceAccountsEnabled: true, authorizationServicesEnabled: true })
  const scope = await admin.clients.createAuthorizationScope({ id: made.id }, { name: 'view' })
  const resource = await admin.clients.createResource(
    { id: made.id },
    { name: 'Registers', uris: ['/registers/*'], scopes: [{ name: 'view' }] },
  )
  const policy = await admin.clients.createPolicy({ id: made.id, type: 'role' }, {
    name: 'readers',
    roles: [{ id: id('reader'), required: true }],
  } as never)
  await admin.clients.createPermission(
    { id: made.id, type: 'scope' },
    { name: 'view', resources: [of(resource._id)], scopes: [of(scope.id)], policies: [of(policy.id)] },
  )
  assert.deepEqual(sorted((await admin.clients.listResources({ id: made.id })).map(({ name }) => name)).slice(-1), ['Registers'])
  assert.ok((await admin.clients.findPermissions({ id: made.id, name: 'view' })).some(({ name }) => name === 'view'))
  assert.ok((await admin.clients.exportResource({ id: made.id })).policies?.some(({ name }) => name === 'readers'))
})

test('organizations with members', async () => {
  await admin.realms.update({ realm }, { organizationsEnabled: true })
  const made = await admin.organizations.create({
    name: 'Ministry',
    alias: 'ministry',
    domains: [{ name: 'gov.example', verified: true }],
  } as never)
  await admin.organizations.addMember({ orgId: made.id, userId: id('olena') })
  assert.deepEqual(
    (await admin.organizations.listMembers({ orgId: made.id })).map(({ username }) => username),
    ['olena'],
  )
  await admin.organizations.delById({ id: made.id })
})

test('partial export and import, and the end of the realm', async () => {
  const exported = await admin.realms.export({ realm, exportClients: true, exportGroupsAndRoles: true })
  assert.ok(exported.clients?.some(({ clientId }) => clientId === 'machine') && exported.groups?.some(({ name }) => name === 'staff'))
  const rep = { ifResourceExists: 'SKIP', users: [{ username: 'imported' }, { username: 'olena' }] } as const
  const result = await admin.realms.partialImport({ realm, rep: rep as never })
  assert.deepEqual([result.added, result.skipped], [1, 1])
  await admin.users.logout({ id: id('olena') })
  await admin.users.del({ id: id('taras') })
  await admin.groups.del({ id: id('staff') })
  await admin.roles.delByName({ name: 'writer' })
  await admin.clients.del({ id: id('client') })
  await admin.clientScopes.del({ id: id('scope') })
  await admin.realms.del({ realm })
  assert.equal(await admin.realms.findOne({ realm }), null)
})
