import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { serverOfFile } from '../server.ts'
import { realmOfAdministrators, redirectUris, registering } from './registering.ts'

const name = 'reg-policies'
const server = await serverOfFile({ realms: [realmOfAdministrators(name)] })
const { initialToken, register, registerClient, stored, answered, call, policy } = registering(server, name)

/** A document at an address of this machine. */
async function serve(text: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const site = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1')
  await once(site, 'listening')
  const { port } = site.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/sector.json`,
    async [Symbol.asyncDispose]() {
      site.closeAllConnections()
      site.close()
      await once(site, 'close')
    },
  }
}

const rejected = (policyName: string, why: string) => ({
  error: 'insufficient_scope',
  error_description: `Policy '${policyName}' rejected request to client-registration service. Details: ${why}`,
})

/** Everybody on this machine may register clients whose addresses are on it. */
const trustThisMachine = () =>
  policy('anonymous', 'trusted-hosts', {
    'trusted-hosts': ['localhost'],
    'host-sending-registration-request-must-match': ['true'],
    'client-uris-must-match': ['true'],
  })

test('without a token nobody registers anything, until a host is trusted', async () => {
  assert.deepEqual(
    await answered(403, register(undefined, { redirect_uris: redirectUris })),
    rejected('Trusted Hosts', 'Host not trusted.'),
  )
  await trustThisMachine()
  const json = await answered(201, register(undefined, { redirect_uris: redirectUris }))
  const { consentRequired, fullScopeAllowed } = await stored(String(json['client_id']))
  assert.deepEqual({ consentRequired, fullScopeAllowed }, { consentRequired: true, fullScopeAllowed: false })
})

test('addresses of the client must be at trusted hosts, whichever of them it names', async () => {
  await trustThisMachine()
  const refuse = async (client: Record<string, unknown>, why: string): Promise<void> =>
    assert.deepEqual(await answered(403, registerClient(undefined, client)), rejected('Trusted Hosts', why))
  await refuse({ redirectUris: ['http://other.example/'] }, "URI doesn't match any trusted host or trusted domain")
  await refuse({ redirectUris: ['http://localhost@other.example/'] }, "URI doesn't match any trusted host or trusted domain")
  await refuse({ redirectUris: ['http://localhost.other.example/'] }, "URI doesn't match any trusted host or trusted domain")
  await refuse({ redirectUris: ['/a'], rootUrl: 'http://other.example' }, "URL doesn't match any trusted host or trusted domain")
  await refuse({ baseUrl: 'http://other.example' }, "URL doesn't match any trusted host or trusted domain")
  await refuse({ baseUrl: 'nowhere' }, 'URL is malformed')
  await refuse({ redirectUris: ['http://a b/'] }, 'URI is malformed')
  await answered(201, registerClient(undefined, { redirectUris: ['/a'], rootUrl: 'http://localhost' }))
})

test('nor may a stranger choose an address that the server would call', { skip: server.onReference }, async () => {
  await trustThisMachine()
  const why = rejected('Trusted Hosts', "URL doesn't match any trusted host or trusted domain")
  const inside = 'http://169.254.169.254/latest'
  for (const metadata of [
    { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: inside },
    { backchannel_logout_uri: inside },
    { subject_type: 'pairwise', sector_identifier_uri: inside },
  ])
    assert.deepEqual(await answered(403, register(undefined, { redirect_uris: redirectUris, ...metadata })), why)
  await using document = await serve(JSON.stringify(redirectUris))
  const sector = { redirect_uris: redirectUris, subject_type: 'pairwise', sector_identifier_uri: document.url }
  await answered(201, register(await initialToken(), sector))
  await policy('anonymous', 'trusted-hosts', { 'trusted-hosts': ['localhost', '127.0.0.1'] })
  assert.deepEqual(await answered(400, register(undefined, sector)), {
    error: 'invalid_client_metadata',
    error_description: 'Failed to get redirect URIs from the Sector Identifier URI.',
  })
  await trustThisMachine()
})

test('a trusted domain stands for its hosts, and either half of the policy can be off', async () => {
  await policy('anonymous', 'trusted-hosts', {
    'trusted-hosts': ['*.example.com'],
    'host-sending-registration-request-must-match': ['false'],
    'client-uris-must-match': ['true'],
  })
  await answered(201, register(undefined, { redirect_uris: ['http://a.example.com/x'] }))
  await answered(201, register(undefined, { redirect_uris: ['http://example.com/x'] }))
  await answered(403, register(undefined, { redirect_uris: ['http://badexample.com/x'] }))
  await policy('anonymous', 'trusted-hosts', {
    'trusted-hosts': ['*.localhost'],
    'host-sending-registration-request-must-match': ['true'],
    'client-uris-must-match': ['false'],
  })
  await answered(201, register(undefined, { redirect_uris: ['http://other.example/'] }))
  await trustThisMachine()
})

test('what the policies for everybody impose cannot be taken back with the token of the client', async () => {
  await trustThisMachine()
  const asked = { clientId: 'imposed', fullScopeAllowed: true, consentRequired: false, redirectUris }
  const made = await answered(201, registerClient(undefined, asked))
  assert.deepEqual([made['fullScopeAllowed'], made['consentRequired']], [false, true])
  const bearer = String(made['registrationAccessToken'])
  const refuse = async (change: Record<string, unknown>, policyName: string, why: string): Promise<void> =>
    assert.deepEqual(
      await answered(403, call('PUT', '/default/imposed', { bearer, json: { clientId: 'imposed', ...change } })),
      rejected(policyName, why),
    )
  await refuse({ fullScopeAllowed: true }, 'Full Scope Disabled', 'Not permitted to enable fullScopeAllowed')
  await refuse({ consentRequired: false }, 'Consent Required', 'Not permitted to update consentRequired to false')
  await refuse({ redirectUris: ['http://other.example'] }, 'Trusted Hosts', "URI doesn't match any trusted host or trusted domain")
  await answered(200, call('PUT', '/default/imposed', { bearer, json: { clientId: 'imposed', name: 'fine' } }))
})

test('a host that is trusted no more neither sees nor changes what it has registered', async () => {
  await trustThisMachine()
  const made = await answered(201, registerClient(undefined, { clientId: 'moved', redirectUris }))
  const bearer = String(made['registrationAccessToken'])
  await policy('anonymous', 'trusted-hosts', { 'trusted-hosts': ['10.9.9.9'] })
  for (const method of ['GET', 'PUT', 'DELETE'])
    assert.deepEqual(
      await answered(403, call(method, '/default/moved', { bearer, ...(method === 'PUT' ? { json: { clientId: 'moved' } } : {}) })),
      rejected('Trusted Hosts', 'Host not trusted.'),
    )
  await trustThisMachine()
})

test('mappers are of the allowed types, scopes are those of the realm or the policy', async () => {
  const token = await initialToken()
  const mapper = (protocolMapper: string) => ({ name: 'm', protocol: 'openid-connect', protocolMapper, config: { role: 'r' } })
  assert.deepEqual(
    await answered(403, registerClient(token, { protocolMappers: [mapper('oidc-hardcoded-role-mapper')] })),
    rejected('Allowed Protocol Mapper Types', 'ProtocolMapper type not allowed'),
  )
  await answered(201, registerClient(token, { protocolMappers: [mapper('oidc-full-name-mapper')] }))
  const notAllowed = rejected('Allowed Client Scopes', 'Not permitted to use specified clientScope')
  assert.deepEqual(await answered(403, register(token, { scope: 'openid address' })), notAllowed)
  await policy('authenticated', 'allowed-client-templates', { 'allowed-client-scopes': ['openid'] })
  assert.equal((await answered(201, register(token, { scope: 'openid address' })))['scope'], 'address')
  await policy('authenticated', 'allowed-client-templates', { 'allowed-client-scopes': ['address'], 'allow-default-scopes': ['false'] })
  assert.deepEqual(await answered(403, registerClient(token, { defaultClientScopes: ['phone'] })), notAllowed)
  // Who says what it asks for has `basic` by default, which is not allowed either.
  assert.deepEqual(await answered(403, registerClient(token, { optionalClientScopes: ['address'] })), notAllowed)
  await answered(201, registerClient(token, { defaultClientScopes: ['address'] }))
})

test('a full realm takes no more clients', async () => {
  await trustThisMachine()
  await policy('anonymous', 'max-clients', { 'max-clients': ['3'] })
  assert.deepEqual(
    await answered(403, register(undefined, { redirect_uris: redirectUris })),
    rejected('Max Clients Limit', "It's allowed to have max 3 clients per realm"),
  )
  await policy('anonymous', 'max-clients', { 'max-clients': ['200'] })
})

test('new clients wait for an administrator where the policy says so', async () => {
  await policy('authenticated', 'client-disabled', {})
  const made = await answered(201, registerClient(await initialToken(), { clientId: 'waiting', redirectUris }))
  assert.equal(made['enabled'], false)
  const bearer = String(made['registrationAccessToken'])
  await answered(401, call('PUT', '/default/waiting', { bearer, json: { clientId: 'waiting', enabled: true } }))
})

test('scripts of the origins that a policy names may register clients', async () => {
  await trustThisMachine()
  await policy('anonymous', 'registration-web-origins', { 'web-origins': ['http://app.example'] })
  const from = (origin: string) => register(undefined, { redirect_uris: redirectUris }, { headers: { origin } })
  const good = await from('http://app.example')
  assert.deepEqual([good.status, good.headers['access-control-allow-origin']], [201, 'http://app.example'])
  assert.deepEqual(await answered(403, from('http://evil.example')), { error: 'Invalid origin' })
})

test('a policy of a kind that is unknown lets nothing through', { skip: server.onReference }, async () => {
  const type = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
  const odd = { name: 'Odd', providerId: 'odd', subType: 'authenticated', config: {} }
  const made = await server.admin('POST', '/realms', { realm: 'reg-odd', enabled: true, components: { [type]: [odd] } })
  assert.equal(made.status, 201, made.text)
  const there = registering(server, 'reg-odd')
  assert.deepEqual(
    await there.answered(403, there.register(await there.initialToken(), { redirect_uris: redirectUris })),
    rejected('Odd', "Policy of type 'odd' not found"),
  )
})
