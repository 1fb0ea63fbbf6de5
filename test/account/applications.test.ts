import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountEvents, accountRealm, app, appOrigin, holder, listOf, logIn } from './people.ts'

const name = 'w-account-apps'
const plain = { publicClient: true, redirectUris: ['http://127.0.0.1:9/cb'] }
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      internationalizationEnabled: true,
      supportedLocales: ['en', 'uk'],
      clients: [
        { ...app, clientId: 'second', name: 'Another' },
        { ...plain, clientId: 'asking', name: 'Asking', consentRequired: true, rootUrl: 'http://asking.example', baseUrl: '/x' },
        { ...plain, clientId: 'offered', alwaysDisplayInConsole: true, rootUrl: 'http://offered.example', baseUrl: '/a' },
        { ...plain, clientId: 'offered-bare', alwaysDisplayInConsole: true },
        { ...plain, clientId: 'unseen' },
      ],
      users: [
        holder('olena', undefined, { realmRoles: ['offline_access'] }),
        holder('taras'),
        holder('ivan'),
        holder('manager', ['manage-consent']),
        holder('reader', ['view-consent']),
        holder('lister', ['view-applications']),
      ],
    }),
  ],
})
const call = accountCall(server, name)

const applications = async (bearer: string, query = ''): Promise<Readonly<Record<string, Json>>> =>
  Object.fromEntries(listOf(await call('GET', `/applications${query}`, bearer)).map((one) => [String(one['clientId']), one]))
const scopeIds = Object.fromEntries(
  listOf(await server.admin('GET', `/realms/${name}/client-scopes`)).map((scope) => [String(scope['name']), String(scope['id'])]),
)
const scopes = (...names: string[]) => ({ grantedScopes: names.map((one) => ({ id: scopeIds[one] })) })
const consentOf = 'applications/asking/consent'

test('applications are those in use, those allowed something and those offered to all', async () => {
  const bearer = await logIn(server, name, 'olena')
  await logIn(server, name, 'olena', { clientId: 'second', form: { scope: 'openid offline_access' } })
  const list = await applications(bearer)
  assert.deepEqual(Object.keys(list).toSorted(), ['app', 'offered', 'offered-bare', 'second'])
  assert.deepEqual(list['app'], {
    clientId: 'app',
    clientName: 'The app',
    description: 'An app',
    userConsentRequired: false,
    inUse: true,
    offlineAccess: false,
    baseUrl: `${appOrigin}/home`,
    effectiveUrl: `${appOrigin}/home`,
  })
  assert.deepEqual([list['second']?.['inUse'], list['second']?.['offlineAccess']], [false, true])
  assert.deepEqual(list['offered'], {
    clientId: 'offered',
    userConsentRequired: false,
    inUse: false,
    offlineAccess: false,
    rootUrl: 'http://offered.example',
    baseUrl: '/a',
    effectiveUrl: 'http://offered.example/a',
  })
  assert.equal('effectiveUrl' in (list['offered-bare'] ?? {}), false)
  assert.deepEqual(Object.keys(await applications(bearer, '?name=ANOTHER')), ['second'])
  assert.deepEqual(Object.keys(await applications(bearer, '?name=offered')), [])
  assert.deepEqual(Object.keys(await applications(await logIn(server, name, 'lister'))).toSorted(), ['app', 'offered', 'offered-bare'])
})

test('what an application may is allowed, changed and taken back', async () => {
  const bearer = await logIn(server, name, 'taras')
  await accountEvents(server, name)
  const none = await call('GET', `/${consentOf}`, bearer)
  assert.deepEqual([none.status, none.text], [204, ''])
  const granted = await call('POST', `/${consentOf}`, bearer, { json: scopes('email') })
  const email = { id: scopeIds['email'], name: `\${emailScopeConsentText}`, displayText: 'Email address', displayTest: 'Email address' }
  assert.deepEqual([granted.status, granted.json['grantedScopes']], [200, [email]])
  assert.equal(typeof granted.json['createdDate'], 'number')
  assert.deepEqual(await accountEvents(server, name), [
    { type: 'GRANT_CONSENT', clientId: 'account', granted_client: 'asking', scope: 'email' },
  ])
  const changed = await call('PUT', `/${consentOf}`, bearer, { json: scopes('phone', 'microprofile-jwt') })
  const names = (changed.json['grantedScopes'] as Json[]).map((scope) => scope['displayText'])
  assert.deepEqual([changed.status, names.toSorted()], [200, ['Phone number', 'microprofile-jwt']])
  assert.equal(changed.json['createdDate'], granted.json['createdDate'])
  const [told] = await accountEvents(server, name)
  assert.deepEqual([told?.['type'], told?.['granted_client']], ['UPDATE_CONSENT', 'asking'])
  assert.deepEqual((await call('GET', `/${consentOf}`, bearer)).json, changed.json)
  const shown = (await applications(bearer))['asking'] ?? {}
  assert.deepEqual([shown['userConsentRequired'], shown['inUse'], shown['consent']], [true, false, changed.json])
  const empty = await call('POST', `/${consentOf}`, bearer, { json: scopes() })
  assert.deepEqual([empty.status, empty.json['grantedScopes']], [200, []])
  await accountEvents(server, name)
  for (let times = 0; times < 2; times += 1) {
    const gone = await call('DELETE', `/${consentOf}`, bearer)
    assert.deepEqual([gone.status, gone.text], [204, ''])
    assert.deepEqual(await accountEvents(server, name), [{ type: 'REVOKE_GRANT', clientId: 'account', revoked_client: 'asking' }])
  }
  assert.equal((await call('GET', `/${consentOf}`, bearer)).status, 204)
})

test('consent is told with the application’s addresses, in the reader’s language', async () => {
  const bearer = await logIn(server, name, 'ivan')
  await call('PUT', '/applications/app/consent', bearer, { json: scopes('email') })
  const shown = (await applications(bearer))['app'] ?? {}
  assert.deepEqual(
    [shown['logoUri'], shown['policyUri'], shown['tosUri']],
    [`${appOrigin}/logo.png`, `${appOrigin}/policy`, `${appOrigin}/tos`],
  )
  if (!server.onReference) {
    const { json } = await call('GET', '/applications/app/consent', bearer, { headers: { 'accept-language': 'uk' } })
    assert.equal((json['grantedScopes'] as Json[])[0]?.['displayText'], 'Електронна адреса')
  }
})

test('unknown applications and scopes are refused, and that is told', async () => {
  const bearer = await logIn(server, name, 'ivan')
  await accountEvents(server, name)
  const message = 'No client with clientId: nope found.'
  for (const [method, type] of [
    ['GET', undefined],
    ['POST', 'GRANT_CONSENT_ERROR'],
    ['PUT', 'UPDATE_CONSENT_ERROR'],
    ['DELETE', 'REVOKE_GRANT_ERROR'],
  ] as const) {
    const options = method === 'POST' || method === 'PUT' ? { json: scopes() } : {}
    const { status, json } = await call(method, '/applications/nope/consent', bearer, options)
    assert.deepEqual([method, status, json], [method, 404, { errorMessage: message }])
    assert.deepEqual(await accountEvents(server, name), type === undefined ? [] : [{ type, clientId: 'account', error: message }])
  }
  const unknown = await call('PUT', `/${consentOf}`, bearer, { json: { grantedScopes: [{ id: 'nope' }] } })
  assert.equal(unknown.status, 400)
  assert.match(String(unknown.json['errorMessage']), /^Scope id .* does not exist for client Asking\.$/)
  const field = await call('PUT', `/${consentOf}`, bearer, { json: { zz: 1 } })
  assert.match(String(field.json['error']), /^Invalid json representation for ConsentRepresentation\. Unrecognized field "zz"/)
})

test('who takes back what he allowed an application leaves it', async () => {
  const bearer = await logIn(server, name, 'ivan')
  const other = await logIn(server, name, 'ivan', { clientId: 'second' })
  const foreign = await logIn(server, name, 'taras', { clientId: 'second' })
  assert.equal((await call('DELETE', '/applications/second/consent', bearer)).status, 204)
  assert.equal((await call('GET', '/sessions', other)).status, 200)
  await call('PUT', '/applications/second/consent', bearer, { json: scopes('email') })
  assert.equal((await call('DELETE', '/applications/second/consent', bearer)).status, 204)
  assert.equal((await call('GET', '/sessions', other)).status, 401)
  assert.equal((await call('GET', '/sessions', foreign)).status, 200)
  assert.equal((await applications(bearer))['second'], undefined)
})

test('consents have roles of their own', async () => {
  const manager = await logIn(server, name, 'manager')
  const reader = await logIn(server, name, 'reader')
  assert.equal((await call('PUT', `/${consentOf}`, manager, { json: scopes('email') })).status, 200)
  assert.equal((await call('GET', `/${consentOf}`, manager)).status, 200)
  assert.equal((await call('GET', `/${consentOf}`, reader)).status, 204)
  assert.equal((await call('PUT', `/${consentOf}`, reader, { json: scopes() })).status, 403)
  assert.equal((await call('DELETE', `/${consentOf}`, reader)).status, 403)
})
