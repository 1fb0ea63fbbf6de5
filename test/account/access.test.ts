import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountConsole } from '../../src/account/services.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountRealm, app, appOrigin, holder, logIn } from './people.ts'

const name = 'w-account-access'
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      clients: [
        service('machine'),
        { ...app, clientId: 'narrow', fullScopeAllowed: false },
        { ...app, clientId: 'light', attributes: { 'client.use.lightweight.access.token.enabled': 'true' } },
      ],
      users: [
        holder('olena'),
        holder('viewer', ['view-profile']),
        holder('lister', ['view-applications', 'view-consent', 'view-groups']),
        holder('stranger', []),
        {
          username: 'service-account-machine',
          enabled: true,
          serviceAccountClientId: 'machine',
          clientRoles: { account: ['manage-account'] },
        },
      ],
    }),
  ],
})
const call = accountCall(server, name)
const brief = '/?userProfileMetadata=false'

test('only an access token that is meant for the account opens it', async () => {
  const bearer = await logIn(server, name, 'olena')
  assert.equal((await call('GET', brief, bearer)).status, 200)
  assert.equal((await call('GET', '', bearer)).status, 200)
  const tokens = (
    await server
      .realm(name)
      .token({ grant_type: 'password', client_id: 'app', username: 'olena', password: 'sample-password-1', scope: 'openid' })
  ).json
  const refused: readonly (string | undefined)[] = [
    undefined,
    'garbage',
    String(tokens['refresh_token']),
    String(tokens['id_token']),
    await logIn(server, name, 'stranger'),
    await logIn(server, name, 'olena', { clientId: 'narrow' }),
    await server.realm(name).accessToken(['machine', 'sample-secret-1']),
  ]
  for (const [index, other] of refused.entries()) {
    const { status, json } = await call('GET', brief, other)
    assert.deepEqual([index, status, json], [index, 401, { error: 'HTTP 401 Unauthorized' }])
  }
  const byQuery = await call('GET', `/?access_token=${bearer}`, undefined)
  assert.equal(byQuery.status, 401)
  const byCookie = await call('GET', '/', undefined, { headers: { cookie: `KEYCLOAK_IDENTITY=${bearer}` } })
  assert.equal(byCookie.status, 401)
})

test('a lightweight token has the rights that its client would be told of', async () => {
  const bearer = await logIn(server, name, 'viewer', { clientId: 'light' })
  assert.equal((await call('GET', brief, bearer)).json['username'], 'viewer')
  assert.equal((await call('POST', '/', bearer, { json: {} })).status, 403)
  assert.equal((await call('GET', brief, await logIn(server, name, 'stranger', { clientId: 'light' }))).status, 401)
})

test('each resource needs one of its roles', async () => {
  const tokens = {
    viewer: await logIn(server, name, 'viewer'),
    lister: await logIn(server, name, 'lister'),
  }
  const statuses = async (bearer: string, method: string, paths: readonly string[]): Promise<number[]> =>
    Promise.all(paths.map(async (path) => (await call(method, path, bearer, method === 'GET' ? {} : { json: {} })).status))
  const profile = ['/', '/credentials', '/sessions', '/sessions/devices', '/linked-accounts']
  assert.deepEqual(await statuses(tokens.viewer, 'GET', profile), [200, 200, 200, 200, 200])
  assert.deepEqual(await statuses(tokens.lister, 'GET', profile), [403, 403, 403, 403, 403])
  const lists = ['/applications', '/groups', '/applications/app/consent']
  assert.deepEqual(await statuses(tokens.viewer, 'GET', lists), [403, 403, 403])
  assert.deepEqual(await statuses(tokens.lister, 'GET', lists), [200, 200, 204])
  assert.deepEqual(await statuses(tokens.viewer, 'POST', ['/', '/applications/app/consent']), [403, 403])
  assert.deepEqual(await statuses(tokens.viewer, 'PUT', ['/credentials/x/label', '/applications/app/consent']), [403, 403])
  const removed = ['/credentials/x', '/sessions', '/sessions/x', '/applications/app/consent', '/linked-accounts/x']
  assert.deepEqual(await statuses(tokens.viewer, 'DELETE', removed), [403, 403, 403, 403, 403])
  assert.deepEqual(await statuses(tokens.lister, 'DELETE', removed), [403, 403, 403, 403, 403])
  assert.deepEqual(await statuses(tokens.lister, 'GET', ['/supportedLocales']), [200])
})

test('scripts of registered origins may call, others may not', async () => {
  const bearer = await logIn(server, name, 'viewer')
  const from = (origin: string) => ({ headers: { origin } })
  const allowed = await call('GET', brief, bearer, from(appOrigin))
  assert.deepEqual(
    [allowed.status, allowed.headers['access-control-allow-origin'], allowed.headers['access-control-allow-credentials']],
    [200, appOrigin, 'true'],
  )
  for (const path of ['/groups', '/nothing']) {
    const { status, headers } = await call('GET', path, bearer, from(appOrigin))
    assert.deepEqual([status, headers['access-control-allow-origin']], [path === '/groups' ? 403 : 404, appOrigin])
  }
  for (const origin of ['http://evil.example', 'null']) {
    const { status, json, headers } = await call('GET', brief, bearer, from(origin))
    assert.deepEqual([status, json, headers['access-control-allow-origin']], [403, { error: 'Invalid origin' }, undefined])
  }
  const unknown = await call('GET', brief, undefined, from(appOrigin))
  assert.deepEqual([unknown.status, unknown.headers['access-control-allow-origin']], [401, undefined])
  const own = await call('GET', brief, bearer, from(new URL(server.url).origin))
  assert.deepEqual([own.status, own.headers['access-control-allow-origin']], [200, undefined])
})

test('a browser that asks first is told of the methods for every path', async () => {
  for (const path of ['/', '/sessions', '/credentials/x', '/nothing/x', '/v1alpha1/sessions']) {
    const { status, headers } = await call('OPTIONS', path, undefined, { headers: { origin: appOrigin } })
    assert.deepEqual([status, headers['access-control-allow-origin']], [200, appOrigin], path)
    assert.equal(headers['access-control-allow-methods'], 'HEAD, DELETE, POST, GET, OPTIONS, PUT')
  }
})

test('there is one version of the API, and it need not be named', async () => {
  const bearer = await logIn(server, name, 'olena')
  assert.equal((await call('GET', `/v1alpha1${brief}`, bearer)).json['username'], 'olena')
  assert.equal((await call('GET', '/v1alpha1/sessions', bearer)).status, 200)
  for (const path of ['/v1', '/v2/', '/v1/sessions']) {
    const { status, json } = await call('GET', path, bearer)
    assert.deepEqual([path, status, json], [path, 404, { error: 'API version not found' }])
  }
  for (const path of ['/nothing', '/vx/sessions', '/sessions/x/y', '/credentials/password']) {
    const { status, json } = await call('GET', path, bearer)
    assert.deepEqual([path, status, json], [path, 404, { error: 'HTTP 404 Not Found' }])
  }
  assert.equal((await call('GET', '/nothing', undefined)).status, 401)
  assert.equal((await call('PUT', '/sessions', bearer, { json: {} })).status, 405)
})

test('who does not name JSON gets the page of the console', { skip: server.onReference }, async () => {
  const bearer = await logIn(server, name, 'olena')
  const drawn: string[] = []
  const accountConsole: AccountConsole = async ({ path }) => {
    drawn.push(path)
    return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>' }
  }
  const before = server.services.accountConsole
  Object.assign(server.services, { accountConsole })
  const accepted = async (accept: string, path = brief): Promise<boolean> =>
    (await call('GET', path, bearer, { headers: { accept } })).text.startsWith('{')
  for (const accept of ['application/json', 'text/html,application/json', 'application/json, text/plain, */*', 'APPLICATION/JSON'])
    assert.equal(await accepted(accept), true, accept)
  for (const accept of ['*/*', 'text/html', 'application/*', 'application/json;q=0.9', 'text/plain'])
    assert.equal(await accepted(accept), false, accept)
  assert.equal(await accepted('text/html', '/account-security/signing-in'), false)
  assert.equal(drawn.at(-1), `/realms/${name}/account/account-security/signing-in`)
  assert.equal(await accepted('*/*', `/v1alpha1${brief}`), true)
  const sent = await call('POST', '/', bearer, { json: {}, headers: { accept: '*/*' } })
  assert.equal(sent.status, 400)
  assert.equal((await call('DELETE', '/sessions', bearer, { headers: { accept: '*/*' } })).status, 405)
  Object.assign(server.services, { accountConsole: undefined })
  assert.equal(await accepted('*/*'), true)
  assert.equal((await call('GET', brief, bearer, { headers: { accept: 'text/html' } })).status, 404)
  Object.assign(server.services, { accountConsole: before })
})

test('a realm whose account client is gone or switched off has no accounts to manage', async () => {
  const bearer = await logIn(server, name, 'olena')
  await server.realm(name).changeClient('account', { enabled: false })
  for (const token of [bearer, undefined]) {
    const { status, json } = await call('GET', brief, token)
    assert.deepEqual([status, json], [404, { error: 'account management not enabled' }])
  }
  await server.realm(name).changeClient('account', { enabled: true })
  assert.equal((await call('GET', brief, bearer)).status, 200)
  const unknown = await accountCall(server, 'w-account-nowhere')('GET', '/', bearer)
  assert.deepEqual([unknown.status, unknown.json], [404, { error: 'Realm does not exist' }])
})
