import assert from 'node:assert/strict'
import type { Json } from '../server/call.ts'
import { password } from '../server/samples.ts'
import type { TestServer } from '../server.ts'

/** What stands for the parameters of a path: `clients/role-name` below clients, `models/id` behind that segment, else the name alone. */
export type PathValues = Readonly<Record<string, unknown>>

interface Maker {
  /** Creates below the realm; gives the id at the end of Location, or in the answer. */
  make(path: string, body: unknown): Promise<string>
  change(method: string, path: string, body?: unknown): Promise<Json>
  get(path: string): Promise<Json>
  list(path: string): Promise<Json[]>
}

function maker(server: TestServer, realm: string): Maker {
  const change: Maker['change'] = async (method, path, body) => {
    const { status, json, text } = await server.admin(method, `/realms/${realm}/${path}`, body)
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
    return text === '' ? {} : json
  }
  const get: Maker['get'] = (path) => change('GET', path)
  return {
    async make(path, body) {
      const { status, headers, json, text } = await server.admin('POST', `/realms/${realm}/${path}`, body)
      assert.equal(status, 201, `POST ${path}: ${text}`)
      const { location } = headers
      return typeof location === 'string' ? (location.split('/').at(-1) ?? '') : String(json['id'])
    },
    change,
    get,
    list: async (path) => (await get(path)) as unknown as Json[],
  }
}

/** Puts one of each kind into a realm that has organizations, and gives what stands for each parameter of the Admin API's paths. */
export async function everyKind(server: TestServer, realm: string): Promise<PathValues> {
  const to = maker(server, realm)
  const clients = await clientsAndRoles(to)
  const people = await groupsAndPeople(to, clients)
  const providers = await identityProviders(to, people.user)
  const organizations = await organizationOf(to, people.user)
  const others = { ...(await authorizationServices(to, clients.client)), ...(await flows(to)) }
  await to.change('POST', 'localization/uk', { hello: 'Вітаю' })
  await to.change('POST', 'clients-initial-access', { count: 1, expiration: 60 })
  await logIn(server, realm)
  const [component] = await to.list('components?type=org.keycloak.keys.KeyProvider')
  return {
    realm,
    ...clients.values,
    ...people.values,
    ...providers,
    ...organizations,
    ...others,
    'components/id': component?.['id'],
    locale: 'uk',
    key: 'hello',
  }
}

async function clientsAndRoles({ make, change, get, list }: Maker) {
  const audience = {
    name: 'm',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: { 'included.client.audience': 'api' },
  }
  const services = { serviceAccountsEnabled: true, authorizationServicesEnabled: true, directAccessGrantsEnabled: true }
  const client = await make('clients', { clientId: 'api', secret: 'every-kind-secret', ...services, protocolMappers: [audience] })
  await make(`clients/${client}/roles`, { name: 'operate', attributes: { level: ['1'] } })
  await make('roles', { name: 'reader' })
  const reader = await get('roles/reader')
  const operate = await get(`clients/${client}/roles/operate`)
  await change('POST', 'roles/reader/composites', [operate])
  const scope = await make('client-scopes', {
    name: 'register',
    protocol: 'openid-connect',
    attributes: { 'display.on.consent.screen': 'true' },
  })
  const drfo = {
    name: 'drfo',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-usermodel-attribute-mapper',
    config: { 'claim.name': 'drfo' },
  }
  const mapper = await make(`client-scopes/${scope}/protocol-mappers/models`, drfo)
  await change('POST', `client-scopes/${scope}/scope-mappings/realm`, [reader])
  await change('POST', `clients/${client}/scope-mappings/realm`, [reader])
  const models = await list(`clients/${client}/protocol-mappers/models`)
  const names = ['client-uuid', 'client-id', 'client', 'clientUuid', 'targetClientUuid']
  const values = {
    ...Object.fromEntries(names.map((name) => [name, client])),
    'role-name': 'reader',
    'clients/role-name': 'operate',
    'role-id': reader['id'],
    'client-scope-id': scope,
    'models/id': mapper,
    'clients/models/id': models.find(({ name }) => name === 'm')?.['id'],
    protocol: 'openid-connect',
    'providers/providerId': 'keycloak-oidc-keycloak-json',
    attr: 'jwt.credential',
    roleContainerId: client,
  }
  return { client, reader, operate, values }
}

type Clients = Awaited<ReturnType<typeof clientsAndRoles>>

async function groupsAndPeople({ make, change }: Maker, { client, reader, operate }: Clients) {
  const group = await make('groups', { name: 'staff', attributes: { floor: ['3'] } })
  await change('POST', `groups/${group}/children`, { name: 'night' })
  await change('PUT', `default-groups/${group}`)
  const credentials = [{ type: 'password', value: password, temporary: false }]
  const person = { username: 'olena', email: 'olena@example.org', firstName: 'O', lastName: 'L', emailVerified: true, enabled: true }
  const user = await make('users', { ...person, credentials, groups: ['/staff'] })
  for (const holder of [`groups/${group}`, `users/${user}`]) {
    await change('POST', `${holder}/role-mappings/realm`, [reader])
    await change('POST', `${holder}/role-mappings/clients/${client}`, [operate])
  }
  const values = { 'group-id': group, 'group-by-path/path': 'staff/night', 'user-id': user, userId: user, 'member-id': user }
  return { user, values }
}

async function identityProviders({ make, change }: Maker, user: string): Promise<PathValues> {
  const config = { clientId: 'a', clientSecret: 'b', authorizationUrl: 'https://i.example/a', tokenUrl: 'https://i.example/t' }
  await make('identity-provider/instances', { alias: 'partner', providerId: 'oidc', enabled: true, config })
  const hardcoded = { identityProviderAlias: 'partner', identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: {} }
  const mapper = await make('identity-provider/instances/partner/mappers', { name: 'm', ...hardcoded })
  await change('POST', `users/${user}/federated-identity/partner`, { userId: 'r-1', userName: 'remote' })
  return { 'instances/alias': 'partner', 'identity-providers/alias': 'partner', 'mappers/id': mapper, provider_id: 'oidc' }
}

async function organizationOf({ make, change }: Maker, user: string): Promise<PathValues> {
  const domains = [{ name: 'gov.example', verified: true }]
  const organization = await make('organizations', { name: 'Ministry', alias: 'ministry', domains })
  await change('POST', `organizations/${organization}/members`, user)
  await change('POST', `organizations/${organization}/identity-providers`, 'partner')
  const group = await make(`organizations/${organization}/groups`, { name: 'inner' })
  return { 'org-id': organization, 'organizations/group-id': group, 'organizations/group-by-path/path': 'inner' }
}

async function authorizationServices({ change }: Maker, client: string): Promise<PathValues> {
  const scope = await change('POST', `clients/${client}/authz/resource-server/scope`, { name: 'view' })
  const registers = { name: 'Registers', scopes: [{ name: 'view' }], uris: ['/r/*'] }
  const resource = await change('POST', `clients/${client}/authz/resource-server/resource`, registers)
  return { 'scope-id': scope['id'], 'resource-id': resource['_id'] }
}

async function flows({ make, list }: Maker): Promise<PathValues> {
  const flow = (await list('authentication/flows')).find(({ alias }) => alias === 'browser')
  const executions = await list('authentication/flows/browser/executions')
  const redirector = executions.find(({ providerId }) => providerId === 'identity-provider-redirector')
  const to = { alias: 'to', config: { defaultProvider: 'partner' } }
  const config = await make(`authentication/executions/${redirector?.['id']}/config`, to)
  return {
    flowAlias: 'browser',
    'flows/id': flow?.['id'],
    executionId: redirector?.['id'],
    'config/id': config,
    'config-description/providerId': 'auth-cookie',
    'required-actions/alias': 'CONFIGURE_TOTP',
  }
}

/** One session online, one offline. */
async function logIn(server: TestServer, realm: string): Promise<void> {
  const login = { grant_type: 'password', client_id: 'api', client_secret: 'every-kind-secret', username: 'olena', password }
  for (const scope of ['openid', 'openid offline_access']) {
    const { status, text } = await server.call('POST', `/realms/${realm}/protocol/openid-connect/token`, { form: { ...login, scope } })
    assert.equal(status, 200, text)
  }
}
