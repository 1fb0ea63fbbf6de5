import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ClientScopeRepresentation, ProtocolMapperRepresentation } from '../../src/representations/client-scope.ts'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import type { Json } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import type { TestRealm } from '../server/realm.ts'
import { account, as, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const mapper = (name: string, protocolMapper: string, config: Record<string, string>): ProtocolMapperRepresentation => ({
  name,
  protocol: 'openid-connect',
  protocolMapper,
  config: { 'access.token.claim': 'true', 'introspection.token.claim': 'true', ...config },
})
const rolesScope: ClientScopeRepresentation = {
  name: 'roles',
  protocol: 'openid-connect',
  attributes: { 'include.in.token.scope': 'false' },
  protocolMappers: [
    mapper('realm roles', 'oidc-usermodel-realm-role-mapper', { 'claim.name': 'realm_access.roles', multivalued: 'true' }),
    mapper('client roles', 'oidc-usermodel-client-role-mapper', {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the reference server's placeholder
      'claim.name': 'resource_access.${client_id}.roles',
      multivalued: 'true',
    }),
    mapper('audience resolve', 'oidc-audience-resolve-mapper', {}),
  ],
}
const dutyScope: ClientScopeRepresentation = { name: 'duty', protocol: 'openid-connect' }
const narrow = { fullScopeAllowed: false, defaultClientScopes: ['roles'], optionalClientScopes: ['duty'] }

/** Realm roles a, b = {c}, c, wide = {a}, unrelated; roles read, write = {read}, own = {a} of the client api. */
const rolesRealm: RealmRepresentation = {
  realm: 'flows-roles',
  enabled: true,
  roles: {
    realm: [
      { name: 'a' },
      { name: 'b', composite: true, composites: { realm: ['c'] } },
      { name: 'c' },
      { name: 'wide', composite: true, composites: { realm: ['a'] } },
      { name: 'unrelated' },
    ],
    client: {
      api: [{ name: 'read' }, { name: 'write', composite: true, composites: { client: { api: ['read'] } } }],
      owner: [{ name: 'own', composite: true, composites: { realm: ['a'] } }],
    },
  },
  clientScopes: [rolesScope, dutyScope],
  defaultDefaultClientScopes: ['roles'],
  clients: [
    { clientId: 'api', bearerOnly: true },
    service('full', { defaultClientScopes: ['roles'] }),
    service('none', narrow),
    service('child', narrow),
    service('parent', narrow),
    service('client-role', narrow),
    service('owner', narrow),
    service('by-scope', narrow),
  ],
  users: [
    account('full', ['b', 'unrelated'], { api: ['write'] }),
    account('none', ['a', 'b'], { api: ['write'] }),
    account('child', ['b']),
    account('parent', ['a', 'unrelated']),
    account('client-role', [], { api: ['write'] }),
    account('owner', ['a'], { owner: ['own'] }),
    account('by-scope', ['a', 'unrelated']),
  ],
  scopeMappings: [
    { client: 'child', roles: ['c'] },
    { client: 'parent', roles: ['wide'] },
    { clientScope: 'duty', roles: ['wide'] },
  ],
  clientScopeMappings: { api: [{ client: 'client-role', roles: ['read'] }] },
}

const lifespan = (seconds: string) => ({ attributes: { 'access.token.lifespan': seconds } })
const demo = JSON.parse(
  readFileSync(new URL('../../examples/registry/realm-demo-registry.json', import.meta.url), 'utf8'),
) as RealmRepresentation

const server = await serverOfFile({
  realms: [
    rolesRealm,
    {
      realm: 'flows-scopes',
      enabled: true,
      accessTokenLifespan: 600,
      clients: [
        service('machine'),
        service('short', lifespan('120')),
        service('unset', lifespan('')),
        service('endless', lifespan('-1')),
        service('beyond', lifespan('50000')),
        service('dead', lifespan('0')),
        service('session', { attributes: { 'client.session.max.lifespan': '100' } }),
      ],
    },
    { ...demo, realm: 'flows-demo' },
  ],
})

/** The roles of a token: realm roles, then `client/role`, sorted. */
async function rolesOf(realm: TestRealm, clientId: string, scope?: string): Promise<string[]> {
  const token = await realm.accessToken(as(clientId), scope === undefined ? {} : { scope })
  const { realm_access, resource_access } = jwtClaims(token) as {
    realm_access?: { roles: string[] }
    resource_access?: Record<string, { roles: string[] }>
  }
  const ofClients = Object.entries(resource_access ?? {}).flatMap(([client, { roles }]) => roles.map((role) => `${client}/${role}`))
  return [...(realm_access?.roles ?? []), ...ofClients]
    .filter((role) => !/default-roles|offline_access|uma_auth|^account\//.test(role))
    .sort()
}

const roleCases: readonly (readonly [string, string, string | undefined, readonly string[]])[] = [
  ['Full Scope Allowed: every role with its composites', 'full', undefined, ['api/read', 'api/write', 'b', 'c', 'unrelated']],
  ['no scope mapping: none', 'none', undefined, []],
  ['a mapping of the child: the child of the held composite, not the composite', 'child', undefined, ['c']],
  ['a mapping of a composite: what is in it and held, not what is not held', 'parent', undefined, ['a']],
  ['a client role: what the mapping reaches', 'client-role', undefined, ['api/read']],
  ["the client's own roles with their composites, without any mapping", 'owner', undefined, ['a', 'owner/own']],
  ['a client scope with role mappings, not asked for: none', 'by-scope', undefined, []],
  ['a client scope with role mappings, asked for: what they reach', 'by-scope', 'duty', ['a']],
]

for (const [name, clientId, scope, expected] of roleCases) {
  test(`roles in the token, ${name}`, async () => {
    assert.deepEqual(await rolesOf(server.realm('flows-roles'), clientId, scope), expected)
  })
}

test('a scope with role mappings is not granted to a service account that has none of the roles', async () => {
  const realm = server.realm('flows-roles')
  const scopeOf = async (clientId: string) => {
    const form = { grant_type: 'client_credentials', scope: 'duty' }
    return expectToken(await realm.token(form, { basic: as(clientId) }))['scope']
  }
  assert.equal(await scopeOf('by-scope'), 'duty')
  assert.equal(await scopeOf('child'), '')
})

test('the audience names the clients whose roles are in the token, but not its own', async () => {
  const realm = server.realm('flows-roles')
  assert.equal(jwtClaims(await realm.accessToken(as('client-role')))['aud'], 'api')
  assert.equal(jwtClaims(await realm.accessToken(as('owner')))['aud'], undefined)
})

test('roles given and taken by the Admin API are in the next token', async () => {
  const realm = server.realm('flows-roles')
  const found = (await server.admin('GET', '/realms/flows-roles/clients?clientId=full')).json as unknown as Json[]
  const user = (await server.admin('GET', `/realms/flows-roles/clients/${found[0]?.['id']}/service-account-user`)).json
  const path = `/realms/flows-roles/users/${user['id']}/role-mappings/realm`
  const available = (await server.admin('GET', `${path}/available`)).json as unknown as Json[]
  const wide = available.filter((role) => role['name'] === 'wide')
  assert.equal((await server.admin('POST', path, wide)).status, 204)
  assert.deepEqual(await rolesOf(realm, 'full'), ['a', 'api/read', 'api/write', 'b', 'c', 'unrelated', 'wide'])
  assert.equal((await server.admin('DELETE', path, wide)).status, 204)
  assert.deepEqual(await rolesOf(realm, 'full'), ['api/read', 'api/write', 'b', 'c', 'unrelated'])
})

const scopeCases: readonly (readonly [string, string | undefined, string])[] = [
  ['none', undefined, 'email profile'],
  ['a default scope', 'profile', 'email profile'],
  ['an optional scope', 'phone', 'email phone profile'],
  ['several with openid', 'openid address phone', 'address email openid phone profile'],
  ['a scope that is not told in tokens', 'roles', 'email profile'],
  ['blanks at the end', 'phone  ', 'email phone profile'],
  ['a blank and nothing else', ' ', 'email profile'],
]

for (const [name, scope, expected] of scopeCases) {
  test(`granted scopes when the request names ${name}`, async () => {
    const answer = await server.realm('flows-scopes').token({ grant_type: 'client_credentials', scope }, { basic: as('machine') })
    const { scope: told, access_token, id_token } = expectToken(answer)
    assert.equal(String(told).split(' ').sort().join(' '), expected)
    assert.equal(jwtClaims(access_token)['scope'], told)
    assert.equal(id_token !== undefined, expected.includes('openid'))
  })
}

for (const scope of ['unknown', 'profile unknown', '', ' profile', 'profile  email', 'Profile', 'profile,email', 'PHONE']) {
  test(`scope=${JSON.stringify(scope)} is invalid and told as it was sent`, async () => {
    const answer = await server.realm('flows-scopes').token({ grant_type: 'client_credentials', scope }, { basic: as('machine') })
    expectError(answer, 400, 'invalid_scope', `Invalid scopes: ${scope}`)
  })
}

for (const scope of ['profile profile', 'phone phone', 'openid openid']) {
  test(`scope=${JSON.stringify(scope)} names one scope twice`, async () => {
    const answer = await server.realm('flows-scopes').token({ grant_type: 'client_credentials', scope }, { basic: as('machine') })
    expectToken(answer)
  })
}

const lifespans: readonly (readonly [string, number])[] = [
  ['machine', 600],
  ['short', 120],
  ['unset', 600],
  ['endless', 36_000],
  ['beyond', 36_000],
  ['dead', 0],
  ['session', 100],
]

for (const [clientId, seconds] of lifespans) {
  test(`an access token of the client "${clientId}" lives ${seconds} s`, async () => {
    const answer = await server.realm('flows-scopes').token({ grant_type: 'client_credentials' }, { basic: as(clientId) })
    const { expires_in, access_token } = expectToken(answer)
    const { exp, iat } = jwtClaims(access_token)
    assert.deepEqual([Math.ceil(Number(expires_in) / 10) * 10, Number(exp) - Number(iat)], [seconds, seconds])
  })
}

test('the demo registry: every claim of its token', async () => {
  const realm = server.realm('flows-demo')
  const answer = await realm.token({ grant_type: 'client_credentials' }, { basic: ['demo-registry-system', 'demo-registry-secret'] })
  const { access_token, scope } = expectToken(answer)
  const { exp, iat, jti, sub, realm_access, scope: scopeClaim, ...claims } = jwtClaims(access_token)
  assert.deepEqual(claims, {
    iss: realm.url,
    typ: 'Bearer',
    azp: 'demo-registry-system',
    acr: '1',
    'allowed-origins': ['https://demo-registry.example'],
    clientHost: '127.0.0.1',
    clientAddress: '127.0.0.1',
    client_id: 'demo-registry-system',
    preferred_username: 'service-account-demo-registry-system',
    email_verified: false,
    drfo: '1234567890',
    edrpou: '12345678',
    fullName: 'Шевченко Тарас Григорович',
  })
  assert.equal(Number(exp) - Number(iat), 300)
  assert.match(String(jti), /^trrtcc:/)
  assert.match(String(sub), /^[\da-f-]{36}$/)
  assert.equal(scopeClaim, scope)
  assert.equal(String(scope).split(' ').sort().join(' '), 'email profile')
  assert.deepEqual((realm_access as { roles: string[] }).roles.sort(), [
    'default-roles-consent-01-external-system',
    'external-system',
    'search-condition-reader',
    'trembita-invoker',
  ])
})
