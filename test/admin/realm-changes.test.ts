import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { jwtHeader } from '../server/jwt.ts'
import { as, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({ realms: [{ realm: 'adm-put', enabled: true, clients: [service('machine')] }] })

async function read(): Promise<Json> {
  return (await server.admin('GET', '/realms/adm-put')).json
}

async function put(patch: unknown, status = 204): Promise<void> {
  const answer = await server.admin('PUT', '/realms/adm-put', patch)
  assert.equal(answer.status, status, answer.text)
}

/** What is other after the PUT than before: member → new value, undefined where it is gone. */
async function difference(patch: unknown): Promise<Json> {
  const before = await read()
  await put(patch)
  const after = await read()
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return Object.fromEntries(
    [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map((name) => [name, after[name]]),
  )
}

const computed = {
  cibaBackchannelTokenDeliveryMode: 'poll',
  cibaExpiresIn: '120',
  cibaAuthRequestedUserHint: 'login_hint',
  cibaInterval: '5',
  parRequestUriLifespan: '60',
  oauth2DeviceCodeLifespan: '600',
  oauth2DevicePollingInterval: '5',
}

test('an empty body changes nothing', async () => {
  assert.deepEqual(await difference({}), {})
})

test('a member replaces, null and silence leave it, an empty text stays', async () => {
  assert.deepEqual(await difference({ displayName: 'A', accessTokenLifespan: '77' }), { displayName: 'A', accessTokenLifespan: 77 })
  assert.deepEqual(await difference({ displayName: null, accessTokenLifespan: null, enabled: null }), {})
  assert.deepEqual(await difference({ displayName: '', accessTokenLifespan: 0 }), { displayName: '', accessTokenLifespan: 0 })
  assert.deepEqual(await difference({ accessTokenLifespan: 300 }), { accessTokenLifespan: 300 })
})

test('what was read can be written back as it is; members that live in attributes then show there', async () => {
  const before = (await read())['attributes'] as Json
  const shown = [
    'clientOfflineSessionIdleTimeout',
    'clientOfflineSessionMaxLifespan',
    'clientSessionIdleTimeout',
    'clientSessionMaxLifespan',
  ]
  const attributes = {
    ...before,
    ...Object.fromEntries(shown.map((name) => [name, '0'])),
    realmReusableOtpCode: 'false',
    scimApiEnabled: 'false',
  }
  const changed = await difference(await read())
  assert.deepEqual(Object.keys(changed), ['attributes'])
  assert.deepEqual(changed['attributes'], attributes)
  assert.deepEqual(await difference(await read()), {})
})

test('attributes are replaced as a whole, but the computed ones come back with their defaults', async () => {
  await put({ attributes: { a: '1', b: '2', cibaInterval: '9' } })
  assert.deepEqual((await read())['attributes'], { ...computed, a: '1', b: '2', cibaInterval: '9' })
  await put({ attributes: { b: '3', c: null, d: '' } })
  assert.deepEqual((await read())['attributes'], { ...computed, b: '3', d: '' })
  assert.deepEqual(await difference({ attributes: null }), {})
  await put({ attributes: {} })
  assert.deepEqual((await read())['attributes'], computed)
})

test('members that live in attributes change with them', async () => {
  await put({ oauth2DeviceCodeLifespan: 99 })
  const { oauth2DeviceCodeLifespan, attributes } = await read()
  assert.deepEqual([oauth2DeviceCodeLifespan, (attributes as Json)['oauth2DeviceCodeLifespan']], [99, '99'])
  assert.deepEqual(await difference({ attributes: { displayName: 'not shown', failureFactor: '7' } }), {
    oauth2DeviceCodeLifespan: 600,
    attributes: computed,
    failureFactor: 7,
  })
})

test('security headers are added to, and null takes one away', async () => {
  const headers = async () => (await read())['browserSecurityHeaders'] as Json
  const before = await headers()
  await put({ browserSecurityHeaders: { xFrameOptions: 'DENY' } })
  assert.deepEqual(await headers(), { ...before, xFrameOptions: 'DENY' })
  await put({ browserSecurityHeaders: { xFrameOptions: null, custom: 'x' } })
  const { xFrameOptions: _gone, ...rest } = before
  assert.deepEqual(await headers(), { ...rest, custom: 'x' })
  await put({ browserSecurityHeaders: {} })
  assert.deepEqual(await headers(), { ...rest, custom: 'x' })
})

test('the password of the mail server is masked, and the mask keeps it', async () => {
  const smtpServer = { host: 'mail.example.com', from: 'no-reply@example.com', auth: 'true', user: 'u', password: 'mail-password-1' }
  await put({ smtpServer })
  assert.deepEqual((await read())['smtpServer'], { ...smtpServer, password: '**********' })
  await put({ smtpServer: { ...smtpServer, host: 'mail2.example.com', password: '**********' } })
  if (!server.onReference) {
    const stored = await server.services.realms.find('adm-put')
    assert.deepEqual(stored?.settings.smtpServer, { ...smtpServer, host: 'mail2.example.com' })
  }
  await put({ smtpServer: {} })
  assert.deepEqual((await read())['smtpServer'], {})
})

test('the policy of one-time passwords changes only together with its type, and then as a whole', async () => {
  assert.deepEqual(await difference({ otpPolicyDigits: 8 }), {})
  await put({ otpPolicyType: 'hotp', otpPolicyDigits: 8 })
  const policy = await read()
  assert.deepEqual(
    [
      'otpPolicyType',
      'otpPolicyDigits',
      'otpPolicyPeriod',
      'otpPolicyLookAheadWindow',
      'otpPolicyAlgorithm',
      'otpSupportedApplications',
    ].map((name) => policy[name]),
    ['hotp', 8, 0, 0, undefined, ['totpAppFreeOTPName', 'totpAppGoogleName']],
  )
})

test('a policy of security keys changes only together with the name of the relying party', async () => {
  assert.deepEqual(await difference({ webAuthnPolicySignatureAlgorithms: ['ES512'], webAuthnPolicyPasswordlessCreateTimeout: 9 }), {})
  assert.deepEqual(await difference({ webAuthnPolicyRpEntityName: 'z', webAuthnPolicySignatureAlgorithms: ['ES512'] }), {
    webAuthnPolicyRpEntityName: 'z',
    webAuthnPolicySignatureAlgorithms: ['ES512'],
  })
})

test('shared addresses and login by address exclude each other: the later wish wins', async () => {
  const wishes: readonly (readonly [patch: unknown, duplicate: boolean, byAddress: boolean, asUsername: boolean])[] = [
    [{ registrationEmailAsUsername: true }, false, true, true],
    [{ duplicateEmailsAllowed: true }, true, false, false],
    [{ loginWithEmailAllowed: true }, false, true, false],
    [{ duplicateEmailsAllowed: true, loginWithEmailAllowed: true, registrationEmailAsUsername: true }, true, false, false],
    [{ registrationEmailAsUsername: true }, false, false, true],
  ]
  for (const [patch, ...expected] of wishes) {
    await put(patch)
    const { duplicateEmailsAllowed, loginWithEmailAllowed, registrationEmailAsUsername } = await read()
    assert.deepEqual([duplicateEmailsAllowed, loginWithEmailAllowed, registrationEmailAsUsername], expected, JSON.stringify(patch))
  }
})

test('words are kept as the reference keeps them, and what is empty is absent', async () => {
  await put({ sslRequired: 'NONE', supportedLocales: ['uk'], passwordPolicy: 'length(8)' })
  const set = await read()
  assert.deepEqual([set['sslRequired'], set['supportedLocales'], set['passwordPolicy']], ['none', ['uk'], 'length(8)'])
  await put({ sslRequired: 'External', supportedLocales: [], passwordPolicy: '' })
  const unset = await read()
  assert.deepEqual([unset['sslRequired'], unset['supportedLocales'], unset['passwordPolicy']], ['external', undefined, undefined])
})

test('sections that have paths of their own are left alone', async () => {
  const sections = {
    id: 'other',
    clients: [{ clientId: 'new' }],
    roles: { realm: [{ name: 'new' }] },
    users: [{ username: 'new' }],
    defaultRole: { name: 'offline_access' },
    defaultDefaultClientScopes: ['email'],
    keycloakVersion: '1',
    social: true,
  }
  for (const [name, value] of Object.entries(sections)) assert.deepEqual(await difference({ [name]: value }), {}, name)
  assert.equal((await server.admin('GET', '/realms/adm-put/clients?clientId=new')).text, '[]')
})

test('a realm with a new default algorithm signs with it at once, and its keys say so', async () => {
  const algorithm = async (): Promise<Json> => jwtHeader(await server.realm('adm-put').accessToken(as('machine')))
  const old = await algorithm()
  assert.equal(old['alg'], 'RS256')
  await put({ defaultSignatureAlgorithm: 'ES256' })
  const { alg, kid } = await algorithm()
  assert.equal(alg, 'ES256')
  const { keys } = (await server.call('GET', '/realms/adm-put/protocol/openid-connect/certs')).json as { keys: Json[] }
  const kids = keys.map((key) => key['kid'])
  assert.ok(kids.includes(kid) && kids.includes(old['kid']))
  await put({ defaultSignatureAlgorithm: 'RS256' })
  assert.deepEqual(await algorithm(), old)
})

test('a binding that names no flow is refused and changes nothing', async () => {
  const before = await read()
  const { status } = await server.admin('PUT', '/realms/adm-put', { browserFlow: 'nope', displayName: 'not kept' })
  assert.equal(status, server.onReference ? 500 : 400)
  assert.deepEqual(await read(), before)
  assert.deepEqual(await difference({ browserFlow: 'direct grant' }), { browserFlow: 'direct grant' })
})

test('a password policy that nobody knows is refused and changes nothing', async () => {
  await put({ passwordPolicy: 'length(8)' })
  const before = await read()
  const { status, json } = await server.admin('PUT', '/realms/adm-put', {
    passwordPolicy: 'length(8) and nonsense(3)',
    displayName: 'not kept',
  })
  assert.deepEqual([status, json], [400, { errorMessage: 'Password policy not found' }])
  assert.deepEqual(await read(), before)
  await put({ passwordPolicy: '' })
})

test('a realm that is made has a password policy that somebody knows', async () => {
  const { status, json } = await server.admin('POST', '/realms', { realm: 'adm-policy', passwordPolicy: 'nonsense(3)' })
  assert.deepEqual([status, json], [400, { errorMessage: 'Password policy not found' }])
  assert.equal((await server.admin('GET', '/realms/adm-policy')).status, 404)
})

test('the groups that new users join are shown by their paths, and a PUT replaces them', async () => {
  const make = async (path: string, name: string): Promise<string> => {
    const { headers, status, text } = await server.admin('POST', `/realms/adm-put${path}`, { name })
    assert.equal(status, 201, text)
    return String(headers['location']).split('/').at(-1) ?? ''
  }
  const top = await make('/groups', 'top')
  await make(`/groups/${top}/children`, 'below')
  await make('/groups', 'other')
  assert.equal('defaultGroups' in (await read()), false)
  await put({ defaultGroups: ['/top/below', 'other'] })
  const listed = (await server.admin('GET', '/realms')).json as unknown as Json[]
  for (const realm of [await read(), listed.find((one) => one['realm'] === 'adm-put') ?? {}])
    assert.deepEqual((realm['defaultGroups'] as string[]).toSorted(), ['/other', '/top/below'])
  const before = await read()
  const { status } = await server.admin('PUT', '/realms/adm-put', { defaultGroups: ['/top', '/nope'], displayName: 'not kept' })
  assert.equal(status, server.onReference ? 500 : 400)
  assert.deepEqual(await read(), before)
  await put({ displayName: 'as before' })
  assert.equal(((await read())['defaultGroups'] as string[]).length, 2)
  assert.equal((await server.admin('DELETE', `/realms/adm-put/groups/${top}`)).status, 204)
  assert.deepEqual((await read())['defaultGroups'], ['/other'])
  await put({ defaultGroups: [] })
  assert.equal('defaultGroups' in (await read()), false)
})

test('lists of events have every word once, and events that never expire have no number', async () => {
  await put({ eventsListeners: ['email', 'jboss-logging', 'email'], enabledEventTypes: ['LOGIN', 'LOGIN'], eventsExpiration: 60 })
  const some = await read()
  assert.deepEqual((some['eventsListeners'] as string[]).toSorted(), ['email', 'jboss-logging'])
  assert.deepEqual([some['enabledEventTypes'], some['eventsExpiration']], [['LOGIN'], 60])
  assert.equal((await server.admin('PUT', '/realms/adm-put/events/config', { eventsEnabled: true })).status, 204)
  assert.equal('eventsExpiration' in (await read()), false)
  await put({ eventsListeners: ['jboss-logging'], enabledEventTypes: [], eventsExpiration: 0, eventsEnabled: false })
  assert.equal('eventsExpiration' in (await read()), false)
})

test('what files of old bring along is neither shown nor changed by a PUT', async () => {
  const brought = {
    userFederationProviders: [{ displayName: 'x', providerName: 'ldap' }],
    userFederationMappers: [{ name: 'x' }],
    protocolMappers: [{ name: 'x', protocol: 'openid-connect', protocolMapper: 'oidc-full-name-mapper' }],
    applications: [{ name: 'x' }],
    oauthClients: [{ name: 'x' }],
    adminPermissionsClient: { clientId: 'x' },
  }
  for (const [name, value] of Object.entries(brought)) assert.deepEqual(await difference({ [name]: value }), {}, name)
})

test('a policy of security keys whose relying party has no name is left as it is', async () => {
  await put({ webAuthnPolicyRpEntityName: 'Own', webAuthnPolicySignatureAlgorithms: ['RS256'] })
  assert.deepEqual(await difference({ webAuthnPolicyRpEntityName: '', webAuthnPolicySignatureAlgorithms: ['ES512'] }), {})
  await put({ webAuthnPolicyPasswordlessRpEntityName: 'Own' })
  assert.deepEqual(await difference({ webAuthnPolicyPasswordlessRpEntityName: '', webAuthnPolicyPasswordlessRpId: 'x' }), {})
})
