import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { sha256 } from '../../console/apps/insecure-context.js'
import { appClient, signIn } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'console',
      enabled: true,
      internationalizationEnabled: true,
      supportedLocales: ['en', 'uk'],
      defaultLocale: 'en',
      localizationTexts: { uk: { clients: 'Наші клієнти' } },
      clients: [{ ...appClient, baseUrl: 'https://app.example/home' }],
      users: [
        person('taras'),
        person('olha', { clientRoles: { account: ['view-groups'] } }),
        person('lesya', { clientRoles: { account: ['manage-account'] } }),
      ],
    },
  ],
})
const html = { headers: { accept: 'text/html' } }
const get = (path: string, headers: Record<string, string> = html.headers) => server.call('GET', path, { headers })

/** What a page tells its app. */
function environmentOf(text: string): Record<string, unknown> {
  const json = /<script id="environment" type="application\/json">([\s\S]*?)<\/script>/.exec(text)?.[1]
  return JSON.parse(json ?? assert.fail(text.slice(0, 500)))
}

const basePath = new URL(server.url).pathname.replace(/\/$/, '')

test('who comes to /admin or to a console without its slash is led to the console', async () => {
  for (const [path, to] of [
    ['/admin', '/admin/master/console/'],
    ['/admin/', '/admin/master/console/'],
    ['/admin/console/console', '/admin/console/console/'],
  ] as const) {
    const answer = await get(path)
    assert.equal(answer.status, 302, path)
    assert.equal(String(answer.headers['location']), `${server.url}${to}`)
  }
})

test('the page of the Admin Console tells it where everything is', async () => {
  const answer = await get('/admin/console/console/')
  assert.equal(answer.status, 200)
  assert.equal(String(answer.headers['cache-control']), 'no-cache')
  const { resourceUrl, resourceVersion, ...rest } = environmentOf(answer.text)
  assert.equal(resourceUrl, `${basePath}/resources/${resourceVersion}/admin/keycloak.v2`)
  assert.deepEqual(rest, {
    serverBaseUrl: server.url,
    adminBaseUrl: server.url,
    authUrl: server.url,
    authServerUrl: server.url,
    realm: 'console',
    clientId: 'security-admin-console',
    logo: '',
    logoUrl: '',
    consoleBaseUrl: `${basePath}/admin/console/console/`,
    masterRealm: 'master',
  })
})

test('the page of the Account Console is the same below each of its paths', async () => {
  for (const path of ['', '/', '/account-security/signing-in']) {
    const answer = await get(`/realms/console/account${path}`)
    assert.equal(answer.status, 200, path)
    const { resourceUrl, features, ...rest } = environmentOf(answer.text)
    assert.match(String(resourceUrl), /\/account\/keycloak\.v3$/)
    assert.deepEqual(rest, {
      serverBaseUrl: server.url,
      authUrl: `${server.url}/`,
      authServerUrl: `${server.url}/`,
      realm: 'console',
      clientId: 'account-console',
      logo: '',
      logoUrl: '',
      baseUrl: `${server.url}/realms/console/account/`,
      locale: 'en',
      referrerName: '',
      referrerUrl: '',
      scope: '',
    })
    assert.deepEqual(features, {
      isRegistrationEmailAsUsername: false,
      isEditUserNameAllowed: false,
      isInternationalizationEnabled: true,
      isLinkedAccountsEnabled: false,
      isMyResourcesEnabled: false,
      isViewOrganizationsEnabled: false,
      deleteAccountAllowed: false,
      updateEmailFeatureEnabled: true,
      updateEmailActionEnabled: false,
      isViewApplicationsEnabled: false,
      isViewGroupsEnabled: false,
      isOid4VciEnabled: false,
    })
  }
})

test('the Account Console shows a person who is logged in what his roles allow', async () => {
  const shown = async (username: string) => {
    const { browser } = await signIn(server.realm('console'), { username, password })
    const { features } = environmentOf((await browser.get(`${server.url}/realms/console/account/`)).text)
    const { isViewApplicationsEnabled, isViewGroupsEnabled, deleteAccountAllowed } = features as Record<string, unknown>
    return [isViewApplicationsEnabled, isViewGroupsEnabled, deleteAccountAllowed]
  }
  assert.deepEqual(await shown('taras'), [false, false, false])
  assert.deepEqual(await shown('olha'), [false, true, false])
  assert.deepEqual(await shown('lesya'), [true, true, false])
})

test('a link back goes to an address that the application has registered, or to its home where none is asked for', async () => {
  const referrerOf = async (query: string) => {
    const { referrerName, referrerUrl } = environmentOf((await get(`/realms/console/account?${query}`)).text)
    return [referrerName, referrerUrl]
  }
  const [registered = ''] = appClient.redirectUris ?? []
  assert.deepEqual(await referrerOf(`referrer=app&referrer_uri=${encodeURIComponent(registered)}`), ['app', registered])
  assert.deepEqual(await referrerOf('referrer=app'), ['app', 'https://app.example/home'])
  assert.deepEqual(await referrerOf('referrer=app&referrer_uri=https://evil.example/'), ['', ''])
  assert.deepEqual(await referrerOf('referrer=nobody&referrer_uri=https://evil.example/'), ['', ''])
})

test('a console of no realm is a page that is not found, or JSON for who takes no page', async () => {
  for (const [path, error] of [
    ['/admin/nowhere/console/', 'Realm not found.  Did you type in a bad URL?'],
    ['/realms/nowhere/account/', 'Realm does not exist'],
  ] as const) {
    const page = await get(path)
    assert.equal(page.status, 404)
    assert.match(page.text, /Page not found/)
    const json = await get(path, { accept: '*/*' })
    assert.deepEqual([json.status, json.json], [404, { error }])
  }
})

test('texts of a console are those of the language over the English ones, and the realm’s own over both', async () => {
  const textsOf = async (path: string) => {
    // Not by the test server's own call: it takes what is named `value` for a secret.
    const answer = await fetch(server.url + path, { headers: { accept: 'application/json' } })
    return new Map(((await answer.json()) as { key: string; value: string; source?: string }[]).map((text) => [text.key, text]))
  }
  const english = await textsOf('/resources/console/admin/en')
  assert.equal(english.get('clients')?.value, 'Clients')
  assert.equal(english.get('client_admin-cli')?.value, 'Admin CLI')
  assert.equal(english.get('locale_uk')?.value, 'Ukrainian (українська)')
  const ukrainian = await textsOf('/resources/console/admin/uk?source=true')
  assert.deepEqual(ukrainian.get('clients'), { key: 'clients', value: 'Наші клієнти', source: 'REALM' })
  assert.equal(ukrainian.get('users')?.source, 'THEME')
  assert.notEqual(ukrainian.get('users')?.value, english.get('users')?.value)
  assert.equal((await textsOf('/resources/console/account/xx')).get('doRevoke')?.value, 'Revoke')
  assert.equal((await textsOf('/resources/console/login/en')).get('doLogIn')?.value, 'Sign In')
  for (const path of ['/resources/nowhere/admin/en', '/resources/console/admin/..%2f..%2fpackage'])
    assert.ok([400, 404].includes((await get(path, { accept: 'application/json' })).status), path)
})

test('what the page loads is there, compressed for who takes it, and kept by browsers', { skip: server.onReference }, async () => {
  for (const path of ['/admin/console/console/', '/realms/console/account/']) {
    const page = await get(path)
    const loaded = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address = '']) => address)
    assert.ok(loaded.length >= 3)
    for (const address of loaded) {
      const answer = await server.call('GET', new URL(address, server.url).href, { headers: { 'accept-encoding': 'identity' } })
      assert.equal(answer.status, 200, address)
      assert.match(String(answer.headers['cache-control']), /max-age=\d+/)
      if (address.endsWith('.svg')) continue
      // Node's own client takes compressed answers, and unpacks them.
      const zipped = await fetch(new URL(address, server.url))
      assert.equal(zipped.headers.get('content-encoding'), 'gzip')
      assert.ok((await zipped.text()) === answer.text, address)
    }
    assert.doesNotMatch(page.text, /<script(?![^>]*(?:\bsrc=|type="application\/json"))/)
    assert.match(String(page.headers['content-security-policy']), /default-src 'self'; .*object-src 'none'; base-uri 'none'/)
  }
  const { resourceUrl } = environmentOf((await get('/admin/console/console/')).text)
  for (const path of ['nothing.js', '../manifest.json', 'assets/..%2fmanifest.json', '%2e%2e/manifest.json', 'assets/nothing.css'])
    assert.ok([400, 404].includes((await get(`${String(resourceUrl).slice(basePath.length)}/${path}`)).status), path)
})

test('the code challenge of a page that came over plain HTTP is right', () => {
  for (const length of [0, 1, 43, 55, 56, 63, 64, 65, 128, 1000]) {
    const bytes = Buffer.alloc(length, 'az09-._~')
    assert.equal(Buffer.from(sha256(bytes)).toString('hex'), createHash('sha256').update(bytes).digest('hex'), String(length))
  }
})
