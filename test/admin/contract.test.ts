import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { Ajv } from 'ajv'
import type { Json } from '../server/call.ts'
import { password } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

/** The structure of the reference's Admin API: which members an answer may have, and of which type. */
interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly responses: Readonly<Record<string, { readonly content?: Content }>> } }>
  >
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>
type Schema = Readonly<Record<string, unknown>>

const api: OpenApi = JSON.parse(readFileSync(new URL('../fixtures/openapi-26.7.0.json', import.meta.url), 'utf8'))

/** No member beyond those that the reference has. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([name, value]) => [name, name === '$ref' ? `api${String(value)}` : strict(value)] as const)
  const made = Object.fromEntries(entries)
  return 'properties' in made && !('additionalProperties' in made) ? { ...made, additionalProperties: false } : made
}

const ajv = new Ajv({ strict: false, validateFormats: false })
ajv.addSchema({ components: { schemas: strict(api.components.schemas) } }, 'api')

/** Where the document says another thing than the reference server. */
const wrongInDocument: ReadonlyMap<string, string> = new Map([
  ['clients/{client-uuid}/evaluate-scopes/generate-example-access-token', 'aud as a list'],
  ['clients/{client-uuid}/evaluate-scopes/generate-example-id-token', 'aud as a list'],
  ['workflows', 'an object instead of a list'],
  ['workflows/scheduled/{resource-id}', 'an object instead of a list'],
  ['clients/{client-uuid}/authz/resource-server/scope/search', 'a list instead of an object'],
  ['clients/{client-uuid}/roles/{role-name}/groups', 'users instead of groups'],
  ['roles/{role-name}/groups', 'users instead of groups'],
])

const realm = 'contract'
const settings = { eventsEnabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true, organizationsEnabled: true }
const server = await serverOfFile({ realms: [{ realm, enabled: true, ...settings }] })
const at = `/realms/${realm}`

/** What stands for a parameter; `last segment before it/name` wins over the name alone. */
const values = new Map<string, string>()
/** Paths whose example needs a query. */
const queries: ReadonlyMap<string, () => string> = new Map([
  ['clients/{client-uuid}/evaluate-scopes/generate-example-access-token', () => `?userId=${values.get('user-id')}`],
  ['clients/{client-uuid}/evaluate-scopes/generate-example-id-token', () => `?userId=${values.get('user-id')}`],
  ['clients/{client-uuid}/evaluate-scopes/generate-example-userinfo', () => `?userId=${values.get('user-id')}`],
  ['clients/{client-uuid}/authz/resource-server/permission/search', () => '?name=Default%20Permission'],
  ['clients/{client-uuid}/authz/resource-server/policy/search', () => '?name=Default%20Permission'],
  ['clients/{client-uuid}/authz/resource-server/resource/search', () => '?name=Default%20Resource'],
  ['clients/{client-uuid}/authz/resource-server/scope/search', () => '?name=view'],
  ['components/{id}/sub-component-types', () => '?type=org.keycloak.storage.ldap.mappers.LDAPStorageMapper'],
])

async function make(path: string, body: unknown): Promise<string> {
  const { status, headers, json, text } = await server.admin('POST', `${at}/${path}`, body)
  assert.ok(status === 201, `POST ${path}: ${status} ${text}`)
  const location = headers.location
  return typeof location === 'string' ? (location.split('/').at(-1) ?? '') : String(json['id'])
}
const list = async (path: string): Promise<Json[]> => (await server.admin('GET', `${at}/${path}`)).json as unknown as Json[]
const change = async (method: string, path: string, body?: unknown): Promise<void> => {
  const { status, text } = await server.admin(method, `${at}/${path}`, body)
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
}

/** A realm in which each kind of thing is there at least once. */
before(async () => {
  const client = await make('clients', {
    clientId: 'api',
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: true,
    directAccessGrantsEnabled: true,
    secret: 'contract-secret',
    protocolMappers: [
      { name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper', config: { 'included.client.audience': 'api' } },
    ],
  })
  await make(`clients/${client}/roles`, { name: 'operate', attributes: { level: ['1'] } })
  await make('roles', { name: 'reader' })
  const [reader] = [(await server.admin('GET', `${at}/roles/reader`)).json]
  const operate = (await server.admin('GET', `${at}/clients/${client}/roles/operate`)).json
  await change('POST', 'roles/reader/composites', [operate])
  const scope = await make('client-scopes', {
    name: 'register',
    protocol: 'openid-connect',
    attributes: { 'display.on.consent.screen': 'true' },
  })
  const scopeMapper = { name: 'drfo', protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-attribute-mapper' }
  const mapper = await make(`client-scopes/${scope}/protocol-mappers/models`, { ...scopeMapper, config: { 'claim.name': 'drfo' } })
  await change('POST', `client-scopes/${scope}/scope-mappings/realm`, [reader])
  await change('POST', `clients/${client}/scope-mappings/realm`, [reader])
  const group = await make('groups', { name: 'staff', attributes: { floor: ['3'] } })
  await change('POST', `groups/${group}/children`, { name: 'night' })
  await change('POST', `groups/${group}/role-mappings/realm`, [reader])
  await change('POST', `groups/${group}/role-mappings/clients/${client}`, [operate])
  await change('PUT', `default-groups/${group}`)
  const credentials = [{ type: 'password', value: password, temporary: false }]
  const person = { username: 'olena', email: 'olena@example.org', firstName: 'O', lastName: 'L', emailVerified: true, enabled: true }
  const user = await make('users', { ...person, credentials, groups: ['/staff'] })
  await change('POST', `users/${user}/role-mappings/realm`, [reader])
  await change('POST', `users/${user}/role-mappings/clients/${client}`, [operate])
  const config = { clientId: 'a', clientSecret: 'b', authorizationUrl: 'https://i.example/a', tokenUrl: 'https://i.example/t' }
  await make('identity-provider/instances', { alias: 'partner', providerId: 'oidc', enabled: true, config })
  const idpMapper = { name: 'm', identityProviderAlias: 'partner', identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: {} }
  const idpMapperId = await make('identity-provider/instances/partner/mappers', idpMapper)
  await change('POST', `users/${user}/federated-identity/partner`, { userId: 'r-1', userName: 'remote' })
  const organization = await make('organizations', {
    name: 'Ministry',
    alias: 'ministry',
    domains: [{ name: 'gov.example', verified: true }],
  })
  await change('POST', `organizations/${organization}/members`, user)
  await change('POST', `organizations/${organization}/identity-providers`, 'partner')
  const organizationGroup = await make(`organizations/${organization}/groups`, { name: 'inner' })
  const authz = `clients/${client}/authz/resource-server`
  const authzScope = (await server.admin('POST', `${at}/${authz}/scope`, { name: 'view' })).json
  const resource = (
    await server.admin('POST', `${at}/${authz}/resource`, { name: 'Registers', scopes: [{ name: 'view' }], uris: ['/r/*'] })
  ).json
  await change('POST', 'localization/uk', { hello: 'Вітаю' })
  await change('POST', 'clients-initial-access', { count: 1, expiration: 60 })
  const login = { grant_type: 'password', client_id: 'api', client_secret: 'contract-secret', username: 'olena', password }
  const { status } = await server.call('POST', `/realms/${realm}/protocol/openid-connect/token`, {
    form: { ...login, scope: 'openid offline_access' },
  })
  assert.equal(status, 200)
  await server.call('POST', `/realms/${realm}/protocol/openid-connect/token`, { form: login })
  const flow = (await list('authentication/flows')).find(({ alias }) => alias === 'browser')
  const executions = await list('authentication/flows/browser/executions')
  const redirector = executions.find(({ providerId }) => providerId === 'identity-provider-redirector')
  const authenticatorConfig = await make(`authentication/executions/${redirector?.['id']}/config`, {
    alias: 'to',
    config: { defaultProvider: 'partner' },
  })
  const [component] = await list('components?type=org.keycloak.keys.KeyProvider')
  const given: Record<string, unknown> = {
    realm,
    'client-uuid': client,
    'client-id': client,
    client,
    clientUuid: client,
    targetClientUuid: client,
    roleContainerId: realm,
    'role-name': 'reader',
    'clients/role-name': 'operate',
    'role-id': reader?.['id'],
    'client-scope-id': scope,
    'models/id': mapper,
    'clients/models/id': (await list(`clients/${client}/protocol-mappers/models`)).find(({ name }) => name === 'm')?.['id'],
    protocol: 'openid-connect',
    'group-id': group,
    'organizations/group-id': organizationGroup,
    'group-by-path/path': 'staff/night',
    'organizations/group-by-path/path': 'inner',
    'user-id': user,
    userId: user,
    'member-id': user,
    'org-id': organization,
    'instances/alias': 'partner',
    'identity-providers/alias': 'partner',
    'required-actions/alias': 'CONFIGURE_TOTP',
    'mappers/id': idpMapperId,
    provider_id: 'oidc',
    flowAlias: 'browser',
    'flows/id': flow?.['id'],
    executionId: redirector?.['id'],
    'config/id': authenticatorConfig,
    'config-description/providerId': 'auth-cookie',
    'providers/providerId': 'keycloak-oidc-keycloak-json',
    attr: 'jwt.credential',
    'components/id': component?.['id'],
    'scope-id': authzScope['id'],
    'resource-id': resource['_id'],
    locale: 'uk',
    key: 'hello',
  }
  for (const [name, value] of Object.entries(given)) values.set(name, String(value))
})

/** The path with its parameters filled in; undefined when there is nothing that could stand for one. */
function filled(path: string): string | undefined {
  const segments = path.split('/')
  const done = segments.map((segment, index) => {
    const name = /^\{(.*)\}$/.exec(segment)?.[1]
    if (name === undefined) return segment
    const first = segments[4] ?? ''
    return (
      values.get(`${first}/${segments[index - 1]}/${name}`) ??
      values.get(`${first}/${name}`) ??
      values.get(`${segments[index - 1]}/${name}`) ??
      values.get(name)
    )
  })
  return done.includes(undefined) ? undefined : done.join('/')
}

/** An invitation needs a mail server, and workflows are not built. */
const withoutExample = /\/(?:invitations|workflows)\/\{id\}$/

const gets = Object.entries(api.paths).flatMap(([path, { get }]) => {
  const schema = get?.responses['200']?.content?.['application/json']?.schema
  return schema === undefined || withoutExample.test(path) ? [] : [{ path, schema }]
})

let valid = 0
for (const { path, schema } of gets) {
  const short = path.replace('/admin/realms/{realm}/', '')
  test(`GET ${short} has no member that the reference does not have`, async () => {
    const url = filled(path) ?? assert.fail(`nothing stands for a parameter of ${path}`)
    const answer = await server.call('GET', url + (queries.get(short)?.() ?? ''), { bearer: await bearer() })
    // What is not built says so, and what the realm has no example of is not there.
    if (answer.status !== 200 || wrongInDocument.has(short)) {
      assert.ok([200, 204, 400, 404, 406, 501].includes(answer.status), `${url}: ${answer.status} ${answer.text}`)
      return
    }
    if (answer.text === '') return
    const check = ajv.compile(strict(schema) as Schema)
    assert.ok(check(JSON.parse(answer.text)), `${url}: ${ajv.errorsText(check.errors)}\n${answer.text.slice(0, 2_000)}`)
    valid++
  })
}

test('nearly all of them have an example', () => {
  assert.ok(valid >= 180, `only ${valid} of ${gets.length} answers were valid`)
})

let token: { readonly text: string; readonly until: number } | undefined
async function bearer(): Promise<string> {
  if (token !== undefined && Date.now() < token.until) return token.text
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const { json } = await server.call('POST', '/realms/master/protocol/openid-connect/token', { form })
  token = { text: String(json['access_token']), until: Date.now() + 40_000 }
  return token.text
}
