import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const realmName = 'flw-brokers'
const server = await serverOfFile({ realms: [{ realm: realmName, enabled: true, users: [{ username: 'linked', enabled: true }] }] })
const instances = `/realms/${realmName}/identity-provider/instances`
const settings = { clientId: 'a', clientSecret: 'broker-secret-1', authorizationUrl: 'https://a/a', tokenUrl: 'https://a/t' }
const everyType = ['USER_AUTHENTICATION', 'CLIENT_ASSERTION', 'TRUST_MATERIAL', 'EXCHANGE_EXTERNAL_TOKEN', 'JWT_AUTHORIZATION_GRANT']

const call = (method: string, below: string, json?: unknown) => server.admin(method, `${instances}${below}`, json)
const oidc = (alias: string, more: Json = {}): Json => ({ alias, providerId: 'oidc', config: settings, ...more })
const create = async (provider: Json): Promise<void> => {
  const { status, text } = await call('POST', '', provider)
  assert.equal(status, 201, text)
}
const aliases = async (query: string): Promise<unknown[]> =>
  ((await call('GET', query)).json as unknown as Json[]).map(({ alias }) => alias)

async function expectRefusals(
  cases: readonly (readonly [method: string, below: string, body: unknown, status: number, answer: Json])[],
): Promise<void> {
  for (const [method, below, body, status, answer] of cases) {
    const given = await call(method, below, body)
    assert.deepEqual([given.status, given.json], [status, answer], `${method} ${below} ${JSON.stringify(body)}`)
  }
}

test('an identity provider is made, shown without its secret, changed and removed', async () => {
  const { status, text, headers } = await call('POST', '', oidc('made'))
  assert.deepEqual([status, text, headers['location']], [201, '', `${server.url}/admin${instances}/made`])
  const { json } = await call('GET', '/made')
  const { internalId } = json
  const shown = {
    alias: 'made',
    internalId,
    providerId: 'oidc',
    enabled: true,
    config: { ...settings, clientSecret: '**********' },
    types: everyType,
  }
  assert.deepEqual(json, shown)
  const changed = { ...shown, displayName: 'Shown', trustEmail: false, hideOnLogin: true, firstBrokerLoginFlowAlias: 'first broker login' }
  assert.equal(
    (await call('PUT', '/made', { ...changed, internalId: 'ignored', config: { ...shown.config, empty: '', pkceEnabled: 'false' } }))
      .status,
    204,
  )
  assert.deepEqual((await call('GET', '/made')).json, { ...changed, config: { ...shown.config, pkceEnabled: 'false' } })
  assert.equal((await call('PUT', '/made', { alias: 'made', providerId: 'oidc' })).status, 204)
  assert.deepEqual((await call('GET', '/made')).json, { ...shown, config: {} }, 'a PUT replaces everything')
  assert.equal((await call('DELETE', '/made')).status, 204)
  assert.deepEqual((await call('GET', '/made')).json, { error: 'HTTP 404 Not Found' })
})

test('a masked secret keeps its value, and a new one takes its place', { skip: server.onReference }, async () => {
  await create(oidc('secretive'))
  const { json } = await call('GET', '/secretive')
  await call('PUT', '/secretive', { ...json, displayName: 'x' })
  const stored = async (): Promise<string> =>
    (
      await server.services.database.all<{ doc: string }>({
        name: 'test.doc',
        text: "select doc from identity_provider where alias = 'secretive'",
      })
    )[0]?.doc ?? ''
  assert.match(await stored(), /broker-secret-1/)
  await call('PUT', '/secretive', { ...json, config: { ...settings, clientSecret: 'broker-secret-2' } })
  assert.match(await stored(), /broker-secret-2/)
  await call('PUT', '/secretive', { ...json, config: { clientId: 'a' } })
  assert.doesNotMatch(await stored(), /clientSecret/)
})

test('names and kinds that cannot be are refused as the reference does', async () => {
  await create(oidc('taken'))
  await expectRefusals([
    ['POST', '', oidc('taken'), 409, { errorMessage: 'Identity Provider taken already exists' }],
    ['POST', '', { alias: 'x', providerId: 'nope' }, 400, { errorMessage: 'Invalid identity provider id [nope]' }],
    ['POST', '', { alias: 'x' }, 400, { errorMessage: 'Invalid identity provider id [null]' }],
    ['POST', '', { providerId: 'oidc' }, 400, { errorMessage: 'path is null' }],
    ['POST', '', oidc('a b'), 400, { error: 'Empty Space not allowed.' }],
    ['POST', '', oidc('a/b'), 400, { error: "Character '/' not allowed." }],
    ['POST', '', oidc('x', { organizationId: 'nope' }), 400, { errorMessage: 'Organization associated with broker does not exist' }],
    [
      'POST',
      '',
      { alias: 'x', nope: 1 },
      400,
      { error: 'Invalid json representation for IdentityProviderRepresentation. Unrecognized field "nope" at line 1 column 22.' },
    ],
    ['PUT', '/taken', oidc('renamed'), 400, { errorMessage: 'Identity Provider alias cannot be changed' }],
    ['PUT', '/taken', { alias: 'taken' }, 400, { errorMessage: 'Invalid identity provider id [null]' }],
    ['PUT', '/nope', oidc('nope'), 404, { error: 'HTTP 404 Not Found' }],
    ['DELETE', '/nope', undefined, 404, { error: 'HTTP 404 Not Found' }],
  ])
  assert.equal((await call('POST', '', oidc('x', { firstBrokerLoginFlowAlias: 'nope' }))).status, 500)
  assert.equal((await call('POST', '', oidc('x', { postBrokerLoginFlowAlias: 'nope' }))).status, 500)
})

test('settings that cannot work are refused in the reference’s words', async () => {
  const refused: readonly (readonly [providerId: string, config: Json, errorMessage: string])[] = [
    ['oidc', { ...settings, authorizationUrl: 'foo' }, 'The url [authorization_url] is malformed'],
    ['oidc', { ...settings, tokenUrl: 'javascript:x' }, 'The url [token_url] is malformed'],
    ['oidc', { ...settings, tokenUrl: '/relative' }, 'The url [token_url] is malformed'],
    ['oidc', { ...settings, tokenUrl: 'mailto:a@b' }, 'Invalid protocol/scheme for url [token_url]'],
    ['oidc', { ...settings, jwksUrl: 'foo' }, 'The url [jwks_url] is malformed'],
    ['oidc', { ...settings, userInfoUrl: 'foo' }, 'The url [userinfo_url] is malformed'],
    ['oidc', { ...settings, logoutUrl: 'foo' }, 'The url [logout_url] is malformed'],
    ['oidc', { ...settings, tokenIntrospectionUrl: 'foo' }, 'The url [tokenIntrospection_url] is malformed'],
    ['keycloak-oidc', { ...settings, authorizationUrl: 'http://a.example/a' }, 'The url [authorization_url] requires secure connections'],
    ['oidc', { ...settings, pkceEnabled: 'true', pkceMethod: 'zz' }, 'PKCE Method not supported: zz'],
    ['oidc', { ...settings, pkceEnabled: 'true' }, 'PKCE Method not supported: null'],
    [
      'oidc',
      { ...settings, supportsClientAssertions: 'true' },
      "The 'Validating public key' is required when 'Supports client assertions' enabled and 'Use JWKS URL' disabled",
    ],
    [
      'oidc',
      { ...settings, jwtAuthorizationGrantEnabled: 'true', useJwksUrl: 'true' },
      "JWKS URL is required when 'JWT Authorization Grant' enabled and 'Use JWKS URL' enabled",
    ],
    ['oidc', { ...settings, jwtAuthorizationGrantEnabled: 'true', useJwksUrl: 'true', jwksUrl: 'https://a/j' }, 'Issuer is required'],
    [
      'oidc',
      { ...settings, jwtAuthorizationGrantEnabled: 'true', useJwksUrl: 'true', jwksUrl: 'https://a/j', issuer: 'foo' },
      'The url [Issuer] is malformed',
    ],
    ['oauth2', settings, 'User Info URL not provided'],
    ['jwt-authorization-grant', {}, 'Issuer is required'],
    ['kubernetes', { issuer: 'zz' }, 'The url [Issuer] is malformed'],
    ['saml', { singleSignOnServiceUrl: 'foo' }, 'The url [singleSignOnServiceUrl] is malformed'],
    ['saml', { singleLogoutServiceUrl: 'http://x.com/a' }, 'The url [singleLogoutServiceUrl] requires secure connections'],
    ['saml', { useMetadataDescriptorUrl: 'true' }, 'useMetadataDescriptorUrl needs a non-empty URL for metadataDescriptorUrl'],
  ]
  for (const [providerId, config, errorMessage] of refused) {
    const { status, json } = await call('POST', '', { alias: 'refused', providerId, config })
    assert.deepEqual([status, json], [400, { errorMessage }], `${providerId} ${JSON.stringify(config)}`)
  }
  await create({ alias: 'local', providerId: 'oidc', config: { authorizationUrl: 'http://10.0.0.1/a', tokenUrl: 'http://localhost/x' } })
})

test('an issuer belongs to one provider of a use', async () => {
  const grant = {
    ...settings,
    jwtAuthorizationGrantEnabled: 'true',
    useJwksUrl: 'true',
    jwksUrl: 'https://a/j',
    issuer: 'https://issuer.example',
  }
  await create(oidc('first issuer', { alias: 'first-issuer', config: grant }))
  const errorMessage =
    "Issuer URL already used for IDP 'first-issuer', Issuer must be unique if the idp supports JWT Authorization Grant or Federated Client Authentication"
  const second = await call('POST', '', oidc('second-issuer', { config: grant }))
  assert.deepEqual([second.status, second.json], [400, { errorMessage }])
  const { json } = await call('GET', '/first-issuer')
  assert.equal((await call('PUT', '/first-issuer', json)).status, 204, 'its own issuer is no other’s')
  await call('DELETE', '/first-issuer')
})

test('a list is narrowed by names, uses and pages', async () => {
  for (const { json } of [await call('GET', '')]) for (const { alias } of json as unknown as Json[]) await call('DELETE', `/${alias}`)
  await create(oidc('alpha', { displayName: 'Дія' }))
  await create({ alias: 'beta', providerId: 'github', config: {} })
  await create({ alias: 'gamma', providerId: 'saml', config: {} })
  await create({ alias: 'kube', providerId: 'kubernetes', config: {} })
  for (const [query, expected] of [
    ['', ['alpha', 'beta', 'gamma', 'kube']],
    ['?search=AL', ['alpha']],
    ['?search=a', ['alpha']],
    ['?search=*a', ['alpha', 'beta', 'gamma']],
    ['?search=%22beta%22', ['beta']],
    ['?search=%22bet%22', []],
    ['?search=%25', []],
    [`?search=${encodeURIComponent('дія')}`, ['alpha']],
    ['?first=1&max=2', ['beta', 'gamma']],
    ['?max=0', []],
    ['?max=-1&first=-1', ['alpha', 'beta', 'gamma', 'kube']],
    ['?type=USER_AUTHENTICATION', ['alpha', 'beta', 'gamma']],
    ['?type=CLIENT_ASSERTION', ['alpha', 'kube']],
    ['?type=EXCHANGE_EXTERNAL_TOKEN', ['alpha']],
    ['?capability=USER_LINKING', ['alpha', 'beta', 'gamma']],
    ['?type=ANY&capability=USER_LINKING', ['alpha', 'beta', 'gamma', 'kube']],
    ['?realmOnly=true', ['alpha', 'beta', 'gamma', 'kube']],
  ] as const)
    assert.deepEqual(await aliases(query), expected, query)
  assert.equal((await call('GET', '?type=NOPE')).status, 500)
  assert.equal((await call('GET', '?max=zz')).status, 404)
  const brief = ((await call('GET', '?briefRepresentation=true&search=alpha')).json as unknown as Json[])[0]
  assert.deepEqual(
    { ...brief, internalId: 'x' },
    { alias: 'alpha', displayName: 'Дія', internalId: 'x', providerId: 'oidc', enabled: true, config: {} },
  )
})

test('kinds bring what they alone decide', async () => {
  await create({ alias: 'g', providerId: 'google', config: { clientId: 'c' } })
  const { json } = await call('GET', '/g')
  assert.deepEqual([json['config'], json['types']], [{ clientId: 'c', issuer: 'https://accounts.google.com' }, []])
  assert.equal((await call('GET', '/kube')).json['hideOnLogin'], true)
  const { json: github } = await server.admin('GET', `/realms/${realmName}/identity-provider/providers/github`)
  assert.deepEqual(
    [github['name'], (github['configProperties'] as Json[]).map(({ name }) => name)],
    ['GitHub', ['baseUrl', 'apiUrl', 'githubJsonFormat']],
  )
  assert.equal((await server.admin('GET', `/realms/${realmName}/identity-provider/providers/nope`)).status, 400)
  for (const method of ['GET', 'PUT'])
    assert.equal((await call(method, '/g/management/permissions', method === 'PUT' ? { enabled: true } : undefined)).status, 501)
})

test('mappers come, change and go, and go with their provider', async () => {
  await create(oidc('mapped'))
  const mapper = {
    name: 'm',
    identityProviderAlias: 'mapped',
    identityProviderMapper: 'hardcoded-attribute-idp-mapper',
    config: { attribute: 'a', 'attribute.value': 'b' },
  }
  const { status, headers } = await call('POST', '/mapped/mappers', mapper)
  const id = String(headers['location']).split('/').at(-1)
  assert.deepEqual([status, headers['location']], [201, `${server.url}/admin${instances}/mapped/mappers/${id}`])
  assert.deepEqual((await call('GET', `/mapped/mappers/${id}`)).json, { id, ...mapper })
  assert.deepEqual((await call('GET', '/mapped/mappers')).json, [{ id, ...mapper }])
  assert.equal((await call('PUT', `/mapped/mappers/${id}`, { ...mapper, id, config: { attribute: 'z', empty: '' } })).status, 204)
  assert.deepEqual((await call('GET', `/mapped/mappers/${id}`)).json, { id, ...mapper, config: { attribute: 'z' } })
  await expectRefusals([
    ['POST', '/mapped/mappers', mapper, 400, { errorMessage: "Failed to add mapper 'm' to identity provider [oidc]." }],
    ['POST', '/mapped/mappers', {}, 409, { error: 'conflict', error_description: 'Duplicate resource error' }],
    ['POST', '/nope/mappers', mapper, 404, { error: 'HTTP 404 Not Found' }],
    ['GET', '/mapped/mappers/nope', undefined, 404, { error: 'Model not found' }],
    ['DELETE', '/mapped/mappers/nope', undefined, 404, { error: 'Model not found' }],
    ['PUT', '/mapped/mappers/nope', mapper, 404, { error: 'Model not found' }],
  ])
  assert.equal((await call('PUT', `/mapped/mappers/${id}`, mapper)).status, 500, 'the body has to name the mapper')
  assert.equal((await call('DELETE', '/mapped')).status, 204)
  await create(oidc('mapped'))
  assert.deepEqual((await call('GET', '/mapped/mappers')).json, [])
})

test('links of people go with their provider, and do not come back with another of its name', async () => {
  const linksOf = async (name: string): Promise<string> => {
    const { json } = await server.admin('GET', `/realms/${name}/users?username=linked&exact=true`)
    return `/realms/${name}/users/${(json as unknown as Json[])[0]?.['id']}/federated-identity`
  }
  const other = 'flw-brokers-other'
  await server.admin('DELETE', `/realms/${other}`)
  await server.admin('POST', '/realms', {
    realm: other,
    enabled: true,
    users: [{ username: 'linked', enabled: true }],
    identityProviders: [oidc('linking')],
  })
  await create(oidc('linking'))
  const [here, there] = [await linksOf(realmName), await linksOf(other)]
  for (const links of [here, there])
    assert.equal((await server.admin('POST', `${links}/linking`, { userId: '1', userName: 'n' })).status, 204)
  assert.equal((await call('DELETE', '/linking')).status, 204)
  await create(oidc('linking'))
  assert.deepEqual((await server.admin('GET', here)).json, [])
  assert.deepEqual((await server.admin('GET', there)).json, [{ identityProvider: 'linking', userId: '1', userName: 'n' }])
  await server.admin('DELETE', `/realms/${other}`)
})

test('a provider can be made for an organization, and keeps it until it is given another', async () => {
  await server.admin('PUT', `/realms/${realmName}`, { organizationsEnabled: true })
  const organization = async (name: string): Promise<string> => {
    const { status, text, headers } = await server.admin('POST', `/realms/${realmName}/organizations`, {
      name,
      alias: name,
      domains: [{ name: `${name}.example` }],
    })
    assert.equal(status, 201, text)
    return String(headers['location']).split('/').at(-1) ?? ''
  }
  const [first, second] = [await organization('first'), await organization('second')]
  await create(oidc('of-organization', { organizationId: first }))
  const shown = async (): Promise<unknown> => (await call('GET', '/of-organization')).json['organizationId']
  assert.equal(await shown(), first)
  assert.equal((await call('PUT', '/of-organization', oidc('of-organization'))).status, 204)
  assert.equal(await shown(), first)
  assert.equal((await call('PUT', '/of-organization', oidc('of-organization', { organizationId: second }))).status, 204)
  assert.deepEqual(await aliases('?search=of-org&realmOnly=true'), [])
  assert.deepEqual(await aliases('?search=of-org'), ['of-organization'])
  for (const organizationId of ['nope', '']) {
    const { status, json } = await call('PUT', '/of-organization', oidc('of-organization', { organizationId }))
    assert.deepEqual([status, json], [400, { errorMessage: 'Organization associated with broker does not exist' }])
  }
})
