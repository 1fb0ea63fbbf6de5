import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({ realms: [{ realm: 'cli-descriptions', enabled: true }] })
const realm = '/realms/cli-descriptions'

async function answered(method: string, at: string, body: unknown, status: number, json: unknown): Promise<void> {
  const answer = await server.admin(method, at, body)
  assert.deepEqual([answer.status, answer.json], [status, json])
}

const at = `${realm}/client-description-converter`

/** What every description brings. */
const fixed = {
  'backchannel.logout.session.required': 'true',
  'frontchannel.logout.session.required': 'false',
  'backchannel.logout.revoke.offline.tokens': 'false',
}
const plain = {
  clientAuthenticatorType: 'client-secret',
  redirectUris: ['http://a'],
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  publicClient: false,
  frontchannelLogout: false,
  protocol: 'openid-connect',
  attributes: fixed,
}
/** What a description with grant types brings. */
const grants = {
  'standard.token.exchange.enabled': 'false',
  'oauth2.jwt.authorization.grant.enabled': 'false',
  'oauth2.device.authorization.grant.enabled': 'false',
  'use.refresh.tokens': 'false',
  'oidc.ciba.grant.enabled': 'false',
}
const noService = { serviceAccountsEnabled: false, authorizationServicesEnabled: false }

const converted: readonly (readonly [what: string, metadata: Json, client: Json])[] = [
  ['an id', { client_id: 'zz' }, { clientId: 'zz', ...plain }],
  [
    'a public client with scopes',
    {
      client_name: 'n',
      token_endpoint_auth_method: 'none',
      grant_types: ['client_credentials', 'refresh_token'],
      response_types: ['code', 'id_token'],
      scope: 'a b',
    },
    {
      ...plain,
      name: 'n',
      clientAuthenticatorType: 'none',
      implicitFlowEnabled: true,
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: false,
      publicClient: true,
      attributes: { ...fixed, ...grants, 'use.refresh.tokens': 'true' },
      optionalClientScopes: ['a', 'b'],
    },
  ],
  [
    'addresses and keys',
    {
      frontchannel_logout_uri: 'http://f',
      request_uris: ['http://u', 'http://v'],
      jwks_uri: 'http://j',
      tls_client_auth_subject_dn: 'CN=a',
    },
    {
      ...plain,
      frontchannelLogout: true,
      attributes: {
        ...fixed,
        'frontchannel.logout.url': 'http://f',
        'request.uris': 'http://u##http://v',
        'jwks.url': 'http://j',
        'use.jwks.url': 'true',
        'use.jwks.string': 'false',
        'x509.subjectdn': 'CN=a',
        'x509.allow.regex.pattern.comparison': 'false',
      },
    },
  ],
  [
    'the implicit flow',
    { grant_types: ['implicit'], response_types: ['token'] },
    { ...plain, ...noService, standardFlowEnabled: false, implicitFlowEnabled: true, attributes: { ...fixed, ...grants } },
  ],
  [
    'grant types without response types',
    { grant_types: ['password', 'urn:ietf:params:oauth:grant-type:device_code'] },
    {
      ...plain,
      ...noService,
      standardFlowEnabled: false,
      directAccessGrantsEnabled: true,
      attributes: { ...fixed, ...grants, 'oauth2.device.authorization.grant.enabled': 'true' },
    },
  ],
  [
    'an authentication method of its own',
    { token_endpoint_auth_method: 'client_secret_post' },
    { ...plain, attributes: { ...fixed, 'client.secret.authentication.allowed.method': 'client_secret_post' } },
  ],
]

for (const [what, metadata, client] of converted) {
  test(`OpenID Connect metadata is read as a client: ${what}`, async () => {
    await answered('POST', at, { redirect_uris: ['http://a'], ...metadata }, 200, client)
  })
}

test('a client is read as itself, and nothing else is read', async () => {
  await answered('POST', at, { clientId: 'zz' }, 200, { clientId: 'zz' })
  const unparsed = { error: 'unknown_error', error_description: 'Cannot parse the JSON' }
  const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }
  for (const [metadata, status, body] of [
    [{ redirect_uris: [], nope: 1 }, 500, unparsed],
    [{ redirect_uris: [], response_types: ['nope'] }, 500, unknown],
    [{ redirect_uris: [], token_endpoint_auth_method: 'private_key_jwt' }, 500, unknown],
    [{ clientId: 'x', nope: 1 }, 500, unparsed],
    [{ client_name: 'x' }, 400, { error: 'Unsupported format' }],
    [[{ clientId: 'x' }], 400, { error: 'Unsupported format' }],
  ] as const)
    await answered('POST', at, metadata, status, body)
})

test('kinds of registration policies are told with their forms', async () => {
  const list = (await server.admin('GET', `${realm}/client-registration-policy/providers`)).json as unknown as Json[]
  assert.deepEqual(
    list.map(({ id, metadata }) => [id, metadata]),
    [
      'allowed-client-templates',
      'registration-web-origins',
      'client-disabled',
      'scope',
      'max-clients',
      'allowed-protocol-mappers',
      'trusted-hosts',
      'consent-required',
    ].map((id) => [id, {}]),
  )
  const properties = list[0]?.['properties'] as Json[] | undefined
  assert.deepEqual(properties?.[1], {
    name: 'allow-default-scopes',
    label: 'allow-default-scopes.label',
    helpText: 'allow-default-scopes.tooltip',
    type: 'boolean',
    defaultValue: true,
    secret: false,
    required: false,
    readOnly: false,
  })
})
