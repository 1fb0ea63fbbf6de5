import assert from 'node:assert/strict'
import { createPublicKey, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { clientIds } from './administrators.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'cli-parts',
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [
        service('machine', { secret: 'secret-of-machine' }),
        { clientId: 'public', publicClient: true },
        { clientId: 'bearer', bearerOnly: true },
        service('with-roles', { secret: 'x"&<' }),
      ],
      roles: { client: { 'with-roles': [{ name: 'r' }] } },
    },
  ],
})
const realm = '/realms/cli-parts'
const ids = await clientIds(server, 'cli-parts')
const path = (clientId: string): string => `${realm}/clients/${ids[clientId]}`

async function answered(method: string, at: string, body: unknown, status: number, json: unknown): Promise<void> {
  const answer = await server.admin(method, at, body)
  assert.deepEqual([answer.status, answer.json], [status, json])
}

interface AuditedChange {
  readonly operationType: unknown
  readonly resourceType: unknown
  readonly resourcePath: unknown
  readonly representation?: unknown
}

/** The audit events of `work`; those of one moment have no order. */
async function eventsOf(work: () => Promise<unknown>): Promise<ReadonlySet<AuditedChange>> {
  const flush = async (): Promise<void> => (server.onReference ? undefined : server.services.events.flush())
  await flush()
  await server.admin('DELETE', `${realm}/admin-events`)
  await work()
  await flush()
  const list = (await server.admin('GET', `${realm}/admin-events`)).json as unknown as Json[]
  return new Set(
    list.map(({ operationType, resourceType, resourcePath, representation }) => ({
      operationType,
      resourceType,
      resourcePath,
      ...(representation === undefined ? {} : { representation: JSON.parse(String(representation)) as unknown }),
    })),
  )
}

test('a secret that another has replaced is told until it is forgotten', async () => {
  await answered('GET', `${path('machine')}/client-secret/rotated`, undefined, 404, { error: 'Client does not have a rotated secret' })
  await server.admin('PUT', path('machine'), { attributes: { 'client.secret.rotated': 'the-old-secret' } })
  if (!server.onReference)
    await answered('GET', `${path('machine')}/client-secret/rotated`, undefined, 200, { type: 'secret', value: 'the-old-secret' })
  assert.equal((await server.admin('DELETE', `${path('machine')}/client-secret/rotated`)).status, 204)
  await answered('GET', `${path('machine')}/client-secret/rotated`, undefined, 404, { error: 'Client does not have a rotated secret' })
  assert.equal((await server.admin('DELETE', `${path('machine')}/client-secret/rotated`)).status, 204)
})

test('a registration access token is made for a client, which is shown without its secret', async () => {
  const { status, json } = await server.admin('POST', `${path('machine')}/registration-access-token`)
  const { registrationAccessToken: token, secret, access, clientId } = json
  assert.deepEqual([status, clientId, secret, access], [200, 'machine', '**********', undefined])
  const { jti, iat, ...claims } = jwtClaims(token)
  const issuer = server.realm('cli-parts').url
  assert.equal(jwtHeader(token)['alg'], 'HS512')
  assert.ok(jti && iat)
  assert.deepEqual(claims, { exp: 0, iss: issuer, aud: issuer, typ: 'RegistrationAccessToken', registration_auth: 'authenticated' })
  assert.equal((await server.admin('GET', path('machine'))).json['registrationAccessToken'], undefined)
})

test('initial access tokens are made, listed without the token, and voided', async () => {
  const at = `${realm}/clients-initial-access`
  const { status, json, headers } = await server.admin('POST', at, { count: 2, expiration: 60, webOrigins: ['http://x'] })
  const { token, timestamp, ...rest } = json
  assert.deepEqual([status, rest], [201, { id: json['id'], expiration: 60, count: 2, remainingCount: 2 }])
  assert.equal(headers.location, `${server.url}/admin${at}/${json['id']}`)
  const { iat, exp, ...claims } = jwtClaims(token)
  const issuer = server.realm('cli-parts').url
  assert.equal(Number(exp) - Number(iat), 60)
  assert.deepEqual(claims, { jti: json['id'], iss: issuer, aud: issuer, typ: 'InitialAccessToken', 'allowed-origins': ['http://x'] })
  assert.deepEqual((await server.admin('GET', at)).json, [{ ...rest, timestamp }])
  const endless = (await server.admin('POST', at, {})).json
  assert.deepEqual([endless['expiration'], endless['count'], jwtClaims(endless['token'])['exp']], [0, 1, 0])
  for (const [body, error, description] of [
    [{ expiration: -5 }, 'Invalid value for expiration', 'The expiration time interval cannot be less than 0'],
    [{ count: -2 }, 'Invalid value for count', 'The count cannot be less than 0'],
  ] as const)
    await answered('POST', at, body, 400, { error, error_description: description })
  for (const { id } of [json, endless, json]) assert.equal((await server.admin('DELETE', `${at}/${id}`)).status, 204)
  assert.deepEqual((await server.admin('GET', at)).json, [])
})

test('an expired initial access token goes when another is made', { skip: server.onReference }, async () => {
  const at = `${realm}/clients-initial-access`
  const first = (await server.admin('POST', at, { expiration: 10 })).json['id']
  server.clock.advance(11)
  const second = (await server.admin('POST', at, {})).json['id']
  assert.deepEqual(
    ((await server.admin('GET', at)).json as unknown as Json[]).map(({ id }) => id),
    [second],
  )
  for (const id of [first, second]) await server.admin('DELETE', `${at}/${id}`)
})

test('servers of an application are noted, asked and forgotten', async () => {
  const heard: string[] = []
  const application = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      heard.push(`${request.url} ${body}`)
      response.statusCode = 204
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => application.once('listening', resolve))
  const address = application.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const adminUrl = `http://127.0.0.1:${port}/app`
  try {
    await answered('POST', `${path('machine')}/push-revocation`, undefined, 200, {})
    await server.admin('PUT', path('machine'), { adminUrl, notBefore: 1_700_000_000 })
    await answered('POST', `${path('machine')}/push-revocation`, undefined, 200, { successRequests: [adminUrl] })
    assert.match(heard[0] ?? '', /^\/app\/k_push_not_before /)
    const order = jwtClaims(heard[0]?.split(' ')[1])
    assert.deepEqual([order['action'], order['resource'], order['notBefore']], ['PUSH_NOT_BEFORE', 'machine', 1_700_000_000])
    assert.equal((await server.admin('POST', `${path('machine')}/nodes`, { node: '127.0.0.1' })).status, 204)
    assert.equal((await server.admin('POST', `${path('machine')}/nodes`, { node: '127.0.0.2' })).status, 204)
    const { json } = await server.admin('GET', `${path('machine')}/test-nodes-available`)
    assert.deepEqual(json, { successRequests: [adminUrl], failedRequests: [adminUrl.replace('127.0.0.1', '127.0.0.2')] })
    assert.equal(jwtClaims(heard[1]?.split(' ')[1])['action'], 'TEST_AVAILABILITY')
  } finally {
    application.close()
  }
  assert.deepEqual(
    new Set(Object.keys((await server.admin('GET', path('machine'))).json['registeredNodes'] as Json)),
    new Set(['127.0.0.1', '127.0.0.2']),
  )
  await answered('POST', `${path('machine')}/nodes`, {}, 400, { error: 'Node not found in params' })
  for (const [node, character] of [
    ['http://node', ':'],
    ['a/b', '/'],
    ['a b@c', '@'],
    ['a$', '$'],
  ])
    await answered('POST', `${path('machine')}/nodes`, { node }, 400, { error: `Character '${character}' not allowed.` })
  const events = await eventsOf(() => server.admin('DELETE', `${path('machine')}/nodes/127.0.0.1`))
  assert.deepEqual(
    events,
    new Set([{ operationType: 'DELETE', resourceType: 'CLUSTER_NODE', resourcePath: `clients/${ids['machine']}/nodes/127.0.0.1` }]),
  )
  await answered('DELETE', `${path('machine')}/nodes/127.0.0.1`, undefined, 404, { error: 'Client does not have node ' })
})

const base = `${server.url}/`

test('configuration files for the software of a client', async () => {
  const file = async (clientId: string, provider: string): Promise<string> => {
    const { status, headers, text } = await server.admin('GET', `${path(clientId)}/installation/providers/${provider}`)
    assert.deepEqual([status, headers['content-type'], headers['cache-control']], [200, 'text/plain', 'no-cache'])
    return text
  }
  assert.equal(
    await file('machine', 'keycloak-oidc-keycloak-json'),
    `{\n  "realm" : "cli-parts",\n  "auth-server-url" : "${base}",\n  "ssl-required" : "external",\n  "resource" : "machine",\n  "credentials" : {\n    "secret" : "secret-of-machine"\n  },\n  "confidential-port" : 0\n}`,
  )
  assert.deepEqual(JSON.parse(await file('public', 'keycloak-oidc-keycloak-json')), {
    realm: 'cli-parts',
    'auth-server-url': base,
    'ssl-required': 'external',
    resource: 'public',
    'public-client': true,
    'confidential-port': 0,
  })
  assert.deepEqual(JSON.parse(await file('with-roles', 'keycloak-oidc-keycloak-json')), {
    realm: 'cli-parts',
    'auth-server-url': base,
    'ssl-required': 'external',
    resource: 'with-roles',
    'verify-token-audience': true,
    credentials: { secret: 'x"&<' },
    'use-resource-role-mappings': true,
    'confidential-port': 0,
  })
  assert.equal(
    await file('bearer', 'keycloak-oidc-jboss-subsystem'),
    `<secure-deployment name="WAR MODULE NAME.war">\n    <realm>cli-parts</realm>\n    <auth-server-url>${base}</auth-server-url>\n    <bearer-only>true</bearer-only>\n    <ssl-required>EXTERNAL</ssl-required>\n    <resource>bearer</resource>\n</secure-deployment>\n`,
  )
  assert.equal(
    await file('machine', 'keycloak-oidc-jboss-subsystem-cli'),
    `/subsystem=keycloak/secure-deployment="WAR MODULE NAME.war"/:add( \\\n    realm="cli-parts", \\\n    resource="machine", \\\n    auth-server-url=${base}, \\\n    ssl-required=EXTERNAL)\n\n/subsystem=keycloak/secure-deployment="WAR MODULE NAME.war"/credential=secret:add(value=secret-of-machine)\n`,
  )
  const docker = `${server.url}//realms/cli-parts`
  assert.equal(
    await file('machine', 'docker-v2-registry-config-file'),
    `auth:\n  token:\n    realm: ${docker}/protocol/docker-v2/auth\n    service: machine\n    issuer: ${docker}\n`,
  )
  assert.equal(
    await file('machine', 'docker-v2-variable-override'),
    `-e REGISTRY_AUTH_TOKEN_REALM=${docker}/protocol/docker-v2/auth \\\n-e REGISTRY_AUTH_TOKEN_SERVICE=machine \\\n-e REGISTRY_AUTH_TOKEN_ISSUER=${docker} \\\n`,
  )
  await answered('GET', `${path('machine')}/installation/providers/nope`, undefined, 404, { error: 'Unknown Provider' })
})

const certificatePath = `${path('machine')}/certificates/jwt.credential`

async function upload(action: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  const parts = Object.entries(fields).map(([name, value]) => {
    const filename = name === 'file' ? '; filename="f"' : ''
    return `--XbX\r\nContent-Disposition: form-data; name="${name}"${filename}\r\n\r\n${value}\r\n`
  })
  return server.call('POST', `/admin${certificatePath}/${action}`, {
    bearer: await adminBearer(),
    headers: { 'content-type': 'multipart/form-data; boundary=XbX' },
    body: `${parts.join('')}--XbX--\r\n`,
  })
}

async function adminBearer(): Promise<string> {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  return String((await server.realm('master').token(form)).json['access_token'])
}

const keyAttributes = async (): Promise<string[]> =>
  Object.keys((await server.admin('GET', path('machine'))).json['attributes'] as Json)
    .filter((name) => name.includes('jw'))
    .sort()

test('a key is made with its certificate, and replaced by what is uploaded', async () => {
  await answered('GET', certificatePath, undefined, 200, {})
  const { json } = await server.admin('POST', `${certificatePath}/generate`)
  const certificate = new X509Certificate(Buffer.from(String(json['certificate']), 'base64'))
  assert.equal(certificate.subject, 'CN=machine')
  assert.ok(json['privateKey'])
  await answered('GET', certificatePath, undefined, 200, json)
  assert.deepEqual(await keyAttributes(), ['jwt.credential.certificate', 'jwt.credential.private.key'])

  const events = await eventsOf(async () => {
    const uploaded = await upload('upload-certificate', { keystoreFormat: 'Certificate PEM', file: certificate.toString() })
    assert.deepEqual([uploaded.status, uploaded.json], [200, { certificate: json['certificate'] }])
  })
  assert.deepEqual(await keyAttributes(), ['jwt.credential.certificate'])
  assert.deepEqual(
    events,
    new Set([
      {
        operationType: 'ACTION',
        resourceType: 'CLIENT',
        resourcePath: `clients/${ids['machine']}/certificates/jwt.credential/upload-certificate`,
        representation: { certificate: json['certificate'] },
      },
    ]),
  )

  const pem = String(certificate.publicKey.export({ type: 'spki', format: 'pem' }))
  assert.deepEqual((await upload('upload', { keystoreFormat: 'Public Key PEM', file: pem })).json, { publicKey: pem })
  assert.deepEqual(await keyAttributes(), ['jwt.credential.public.key'])

  const jwks = JSON.stringify({ keys: [{ ...certificate.publicKey.export({ format: 'jwk' }), use: 'sig', kid: 'a', alg: 'RS256' }] })
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64')
  assert.deepEqual((await upload('upload', { keystoreFormat: 'JSON Web Key Set', file: jwks })).json, { publicKey, kid: 'a', jwks })
  assert.deepEqual(await keyAttributes(), ['jwks.string', 'use.jwks.string'])
  await answered('GET', certificatePath, undefined, 200, { publicKey, kid: 'a', jwks })

  assert.deepEqual((await upload('upload', { keystoreFormat: 'Certificate PEM', file: '' })).json, { certificate: '' })
  assert.deepEqual(await keyAttributes(), [])
})

test('what is no key is refused', async () => {
  const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }
  const cases: readonly (readonly [Readonly<Record<string, string>>, number, unknown])[] = [
    [{ keystoreFormat: 'Certificate PEM', file: 'garbage' }, 500, unknown],
    [{ keystoreFormat: 'Public Key PEM', file: 'garbage' }, 500, unknown],
    [{ keystoreFormat: 'Certificate PEM' }, 400, { error: 'file cannot be empty' }],
    [{ file: 'x' }, 400, { error: 'keystoreFormat cannot be null' }],
    [{ keystoreFormat: 'nope', storePassword: 'a', keyPassword: 'b', keyAlias: 'c', file: 'x' }, 400, { error: 'error loading keystore' }],
    [
      { keystoreFormat: 'JSON Web Key Set', file: '{bad' },
      400,
      { error: 'certificate-not-found', error_description: 'Certificate or key with given alias not found in the keystore' },
    ],
  ]
  for (const [fields, status, json] of cases) {
    const answer = await upload('upload', fields)
    assert.deepEqual([answer.status, answer.json], [status, json])
  }
  const download = `${certificatePath}/download`
  await answered('POST', download, {}, 404, { error: 'keypair not generated for client' })
  await answered('POST', download, { format: 'nope' }, 406, {
    error: 'Not supported keystore format. Supported keystore formats: [PKCS12, JKS, BCFKS]',
  })
  await answered('POST', `${certificatePath}/generate-and-download`, { format: 'PKCS12' }, 400, {
    error: 'password-missing',
    error_description: 'Need to specify a key password for jks generation and download',
  })
})

test('a key goes out as a keystore, one that was made for that stays nowhere', async () => {
  const passwords = { keyAlias: 'a', keyPassword: 'key-password-1', storePassword: 'store-password-1' }
  const magic = async (action: string, config: Json): Promise<string> => {
    const { status, headers, text } = await server.admin('POST', `${certificatePath}/${action}`, { ...passwords, ...config })
    assert.deepEqual([status, headers['content-type']], [200, 'application/octet-stream'])
    return Buffer.from(text).subarray(0, 3).toString('hex')
  }
  // Bytes that are no text come out of the test's call as a replacement character.
  const [ofJks, ofPkcs12] = [Buffer.from([0xfe, 0xed]), Buffer.from([0x30, 0x82])].map((bytes) =>
    Buffer.from(bytes.toString('utf8')).subarray(0, 3).toString('hex'),
  )
  await server.admin('POST', `${certificatePath}/generate`)
  assert.equal(await magic('download', { format: 'JKS' }), ofJks)
  assert.equal((await magic('download', { format: 'PKCS12' })).slice(0, 2), ofPkcs12?.slice(0, 2))
  await answered('POST', `${certificatePath}/download`, { keyPassword: 'x' }, 400, {
    error: 'password-missing',
    error_description: 'Need to specify a store password for jks download',
  })
  const { certificate: before } = (await server.admin('GET', certificatePath)).json
  assert.equal(await magic('generate-and-download', { format: 'JKS', keySize: 2048, validity: 2 }), ofJks)
  const { certificate, privateKey } = (await server.admin('GET', certificatePath)).json
  assert.equal(privateKey, undefined)
  assert.notEqual(certificate, before)
  const made = new X509Certificate(Buffer.from(String(certificate), 'base64'))
  assert.equal(made.publicKey.asymmetricKeyDetails?.modulusLength, 2048)
})

test('features that are off say so', async () => {
  const off = { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' }
  await answered('GET', `${path('machine')}/management/permissions`, undefined, 501, off)
  await answered('PUT', `${path('machine')}/management/permissions`, { enabled: true }, 501, off)
  const unread = { error: 'unknown_error', error_description: 'Cannot parse the JSON' }
  await answered('PUT', `${path('machine')}/management/permissions`, { enabled: 'perhaps' }, 400, unread)
  await answered('GET', `${realm}/client-types`, undefined, 501, off)
})

test('the audit log keeps what was sent, without secrets and private keys', async () => {
  const scopes = (await server.admin('GET', `${realm}/client-scopes`)).json as unknown as Json[]
  const scope = scopes.find(({ name }) => name === 'phone')?.['id']
  const mapper = { name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-sub-mapper', config: {} }
  const id = 'audited-client'
  const at = `${realm}/clients/${id}`
  let mapperId: string | undefined
  const events = await eventsOf(async () => {
    await server.admin('POST', `${realm}/clients`, { id, clientId: 'audited', secret: 'top-secret-of-audited' })
    await server.admin('PUT', at, { secret: 'another-secret-of-it', publicClient: true, attributes: { a: null, b: 'c' } })
    await server.admin('POST', `${at}/client-secret`)
    const made = await server.admin('POST', `${at}/protocol-mappers/models`, mapper)
    mapperId = String(made.headers.location).split('/').at(-1)
    await server.admin('DELETE', `${at}/optional-client-scopes/${scope}`)
    await server.admin('PUT', `${realm}/client-scopes/${scope}`, { name: 'phone', attributes: { x: 'y' } })
    await server.admin('DELETE', `${realm}/default-optional-client-scopes/${scope}`)
    await server.admin('DELETE', at)
  })
  const expected: readonly AuditedChange[] = [
    {
      operationType: 'CREATE',
      resourceType: 'CLIENT',
      resourcePath: `clients/${id}`,
      representation: { id, clientId: 'audited', secret: '**********' },
    },
    {
      operationType: 'UPDATE',
      resourceType: 'CLIENT',
      resourcePath: `clients/${id}`,
      representation: { secret: '**********', authorizationServicesEnabled: false, publicClient: true, attributes: { b: 'c' } },
    },
    {
      operationType: 'ACTION',
      resourceType: 'CLIENT',
      resourcePath: `clients/${id}/client-secret`,
      representation: { type: 'secret', value: '**********' },
    },
    {
      operationType: 'CREATE',
      resourceType: 'PROTOCOL_MAPPER',
      resourcePath: `clients/${id}/protocol-mappers/models/${mapperId}`,
      representation: { ...mapper, consentRequired: false },
    },
    {
      operationType: 'DELETE',
      resourceType: 'CLIENT_SCOPE_CLIENT_MAPPING',
      resourcePath: `clients/${id}/optional-client-scopes/${scope}`,
    },
    {
      operationType: 'UPDATE',
      resourceType: 'CLIENT_SCOPE',
      resourcePath: `client-scopes/${scope}`,
      representation: { name: 'phone', attributes: { x: 'y' } },
    },
    { operationType: 'DELETE', resourceType: 'CLIENT_SCOPE', resourcePath: `default-optional-client-scopes/${scope}` },
    {
      operationType: 'DELETE',
      resourceType: 'CLIENT',
      resourcePath: `clients/${id}`,
      representation: { id, clientId: 'audited' },
    },
  ]
  assert.deepEqual(events, new Set(expected))
})
