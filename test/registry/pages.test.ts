import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { administrator } from '../admin/administrators.ts'
import { formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile, startTestServer } from '../server.ts'
import { registryOf, registryRealm } from './registry.ts'

const name = 'reg-pages'
const server = await serverOfFile({
  realms: [
    registryRealm(name, {
      users: [administrator('keeper', ['manage-clients']), administrator('viewer', ['view-clients']), person('guest')],
    }),
    registryRealm('reg-other', { users: [administrator('keeper', ['manage-clients'])] }),
  ],
})
const registry = registryOf(server, name)
const list = `${server.url}/admin/${name}/console/external-systems`

/** Somebody who has signed in, and the first page that he sees. */
async function signIn(username: string, start = list) {
  const browser = openBrowser(server.url)
  const login = await browser.follow(await browser.get(start))
  const back = await browser.follow(await browser.submit(login, 'username', { username, password }))
  assert.equal(back.status, 200, visibleText(back.text))
  assert.match(String(back.headers['refresh']), /^0; url=http/)
  return { browser, back, first: await browser.get(String(back.headers['refresh']).slice('0; url='.length)) }
}

const cookieLine = ({ headers }: Answer, cookie: string): string =>
  (headers['set-cookie'] ?? []).find((line) => line.startsWith(`${cookie}=`)) ?? ''

test('the page asks the realm’s own login who it is, with PKCE, state and nonce, and its cookies go to it alone', async () => {
  const browser = openBrowser(server.url)
  const asked = await browser.get(list)
  assert.equal(asked.status, 302)
  const { searchParams, pathname } = new URL(String(asked.headers.location))
  assert.equal(pathname, `/realms/${name}/protocol/openid-connect/auth`)
  assert.deepEqual(
    ['client_id', 'redirect_uri', 'response_type', 'code_challenge_method'].map((parameter) => searchParams.get(parameter)),
    ['security-admin-console', `${list}/signed-in`, 'code', 'S256'],
  )
  for (const parameter of ['state', 'nonce', 'code_challenge']) assert.match(searchParams.get(parameter) ?? '', /^[\w-]{43}$/)
  const path = `/admin/${name}/console/external-systems`
  assert.match(cookieLine(asked, 'OSTIARY_REGISTRY_SIGN_IN'), new RegExp(`;Path=${path};Secure;HttpOnly;SameSite=Lax$`))
  const { back, first } = await signIn('keeper')
  assert.match(cookieLine(back, 'OSTIARY_REGISTRY'), new RegExp(`;Path=${path};Secure;HttpOnly;SameSite=Strict$`))
  assert.equal(first.status, 200)
  assert.match(visibleText(first.text), /External systems.*Signed in as keeper/)
})

test('pages are kept by no cache, framed by nobody and load nothing from elsewhere', async () => {
  const { first } = await signIn('keeper')
  assert.match(first.headers['cache-control'] ?? '', /no-store/)
  assert.match(String(first.headers['content-security-policy']), /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/)
  assert.equal(first.headers['x-frame-options'], 'DENY')
})

test('a system is made, granted access, given a new password, blocked and deleted with forms alone', async () => {
  const { browser } = await signIn('keeper')
  const form = await browser.get(`${list}/new`)
  const made = await browser.submit(form, 'name', {
    name: 'by-page',
    type: 'external-system',
    roles: 'trembita-invoker, reader',
    edrpou: '1',
  })
  assert.equal(made.status, 200)
  assert.match(made.headers['cache-control'] ?? '', /no-store/)
  const secret = /<textarea id="secret"[^>]*readonly[^>]*>(\S{86})<\/textarea>/.exec(made.text)?.[1] ?? ''
  assert.equal((await registry.token('by-page', secret)).status, 200)
  assert.deepEqual((await registry.get('by-page'))['roles'], ['reader', 'trembita-invoker'])
  assert.deepEqual((await registry.get('by-page'))['attributes'], { edrpou: '1' })

  const address = `${list}/systems/by-page`
  const shown = await browser.get(address)
  assert.doesNotMatch(shown.text, new RegExp(secret))
  const saved = await browser.submit(shown, 'searchConditions', { searchConditions: 'one\r\n two \r\n\r\n', businessProcesses: '*' })
  assert.deepEqual([saved.status, saved.headers.location], [303, `${address}?done=access`])
  assert.match(visibleText((await browser.follow(saved)).text), /The access is saved\./)
  assert.deepEqual((await registry.get('by-page'))['access'], { searchConditions: ['one', 'two'], businessProcesses: ['*'] })

  const rotated = await browser.submit(shown, 'graceSeconds', { graceSeconds: '3600' })
  const second = /<textarea id="secret"[^>]*>(\S{86})<\/textarea>/.exec(rotated.text)?.[1] ?? ''
  assert.match(visibleText(rotated.text), /Previous password works until/)
  assert.deepEqual([(await registry.token('by-page', secret)).status, (await registry.token('by-page', second)).status], [200, 200])

  const forms = formsOf(shown.text, server.url)
  const block = forms.find(({ action }) => action.endsWith('/block'))
  await browser.post(block?.action ?? '', block?.hidden ?? {})
  assert.equal((await registry.get('by-page'))['status'], 'blocked')
  const unblock = formsOf((await browser.get(address)).text, server.url).find(({ action }) => action.endsWith('/unblock'))
  await browser.post(unblock?.action ?? '', unblock?.hidden ?? {})
  assert.equal((await registry.get('by-page'))['status'], 'active')

  const confirm = await browser.get(`${address}/delete`)
  const remove = formsOf(confirm.text, server.url).find(({ action }) => action.endsWith('/delete'))
  const gone = await browser.follow(await browser.post(remove?.action ?? '', remove?.hidden ?? {}))
  assert.match(visibleText(gone.text), /The system is deleted\./)
  assert.equal((await browser.get(address)).status, 404)
})

test('a system with a password is given a key with a form alone, and then another one', async () => {
  const { browser } = await signIn('keeper')
  const secret = await registry.create('to-sign')
  const pemOf = (): string => String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' }))
  const address = `${list}/systems/to-sign`
  const shown = await browser.get(address)
  assert.match(visibleText(shown.text), /The password is refused from then on\./)
  const empty = await browser.submit(shown, 'publicKey', {})
  assert.equal(empty.status, 400)
  assert.equal((await registry.token('to-sign', secret)).status, 200)

  const saved = await browser.submit(shown, 'publicKey', { publicKey: pemOf() })
  assert.deepEqual([saved.status, saved.headers.location], [303, `${address}?done=key`])
  const signing = await browser.follow(saved)
  assert.match(visibleText(signing.text), /The key is saved\..*Sign with another key/s)
  assert.doesNotMatch(signing.text, /id="kc-rotate"|BEGIN PUBLIC KEY/)
  assert.equal((await registry.token('to-sign', secret)).status, 400)
  assert.equal((await registry.get('to-sign'))['authentication'], 'key')

  const both = await browser.submit(signing, 'publicKey', { publicKey: pemOf(), jwksUrl: 'https://system.example/jwks' })
  assert.equal(both.status, 400)
  assert.match(both.text, /value="https:\/\/system\.example\/jwks"/)
  assert.equal((await browser.submit(signing, 'publicKey', { jwksUrl: 'https://system.example/jwks' })).status, 303)
})

test('what cannot be done is told in the form, with what was typed still in it', async () => {
  const { browser } = await signIn('keeper')
  await registry.create('here-already')
  const form = await browser.get(`${list}/new`)
  const again = await browser.submit(form, 'name', { name: 'here-already', type: 'external-system', fullName: '<b>Ім’я</b>' })
  assert.equal(again.status, 409)
  assert.match(visibleText(again.text), /The name here-already is taken\./)
  assert.match(again.text, /value="&lt;b&gt;Ім’я&lt;\/b&gt;"/)
  const wrong = await browser.submit(form, 'name', { name: 'Wrong', type: 'external-system' })
  assert.equal(wrong.status, 400)
  assert.match(wrong.text, /id="input-error-name"/)
  const key = await browser.submit(form, 'name', { name: 'keyed', type: 'external-system', publicKey: 'nonsense' })
  assert.match(visibleText(key.text), /Not done: this is no public key/)
  const access = await browser.submit(await browser.get(`${list}/systems/here-already`), 'searchConditions', { searchConditions: 'a/b' })
  assert.equal(access.status, 400)
  assert.match(access.text, /\na\/b<\/textarea>/)
  assert.match(visibleText(access.text), /Not saved: names have letters/)
})

test('the list is searched and paged', async () => {
  for (let index = 0; index < 27; index += 1) await registry.create(`paged-${String(index).padStart(2, '0')}`)
  const { browser } = await signIn('keeper')
  const page = await browser.get(`${list}?search=paged`)
  assert.equal(page.text.match(/class="kc-system"/g)?.length, 25)
  const next = /id="kc-next" href="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const second = await browser.get(next)
  assert.deepEqual([second.text.match(/class="kc-system"/g)?.length, /id="kc-previous"/.test(second.text)], [2, true])
  assert.match(visibleText((await browser.get(`${list}?search=${encodeURIComponent('<x>')}`)).text), /No system has “<x>” in its name/)
})

test('without the right nothing is shown and nothing is done, and a right that is taken away ends at once', async () => {
  for (const username of ['viewer', 'guest']) {
    const { browser, first } = await signIn(username)
    assert.equal(first.status, 403)
    assert.match(visibleText(first.text), /You have no right to manage the clients of this realm\./)
    assert.equal((await browser.get(`${list}/new`)).status, 403)
  }
  const { browser } = await signIn('keeper')
  const form = await browser.get(`${list}/new`)
  const [user] = (await server.admin('GET', `/realms/${name}/users?username=keeper`)).json as unknown as { id: string }[]
  const [management] = (await server.admin('GET', `/realms/${name}/clients?clientId=realm-management`)).json as unknown as { id: string }[]
  const mappings = `/realms/${name}/users/${user?.id}/role-mappings/clients/${management?.id}`
  const roles = (await server.admin('GET', mappings)).json
  await server.admin('DELETE', mappings, roles)
  assert.equal((await browser.submit(form, 'name', { name: 'too-late', type: 'external-system' })).status, 403)
  assert.equal((await registry.call('GET', '/too-late')).status, 404)
  await server.admin('POST', mappings, roles)
})

test('a form of another site does nothing', async () => {
  const { browser } = await signIn('keeper')
  const body = { name: 'forged', type: 'external-system' }
  for (const csrf of [undefined, '', 'x']) {
    const answer = await browser.post(`${list}/new`, { ...body, ...(csrf === undefined ? {} : { csrf }) })
    assert.equal(answer.status, 403)
    assert.match(visibleText(answer.text), /This form is not valid any more/)
  }
  // The token of one person's form is no good for another.
  const other = await signIn('keeper')
  const { hidden } = formsOf((await other.browser.get(`${list}/new`)).text, server.url).find(({ names }) => names.includes('name')) ?? {
    hidden: {},
  }
  assert.equal((await browser.post(`${list}/new`, { ...body, ...hidden })).status, 403)
  assert.equal((await registry.call('GET', '/forged')).status, 404)
})

test('with the logout the page ends, and so it does with the user', async () => {
  const { browser, first } = await signIn('keeper')
  const out = formsOf(first.text, server.url).find(({ action }) => action.endsWith('/sign-out'))
  const asked = await browser.follow(await browser.post(out?.action ?? '', out?.hidden ?? {}))
  assert.equal(browser.cookies.has('OSTIARY_REGISTRY'), false)
  const confirm = formsOf(asked.text, server.url)[0]
  await browser.post(confirm?.action ?? '', { ...confirm?.hidden, confirmLogout: 'Logout' })
  assert.equal((await browser.get(list)).status, 302)

  const second = await signIn('keeper')
  await server.admin('POST', `/realms/${name}/logout-all`)
  assert.equal((await second.browser.get(list)).status, 302)

  const third = await signIn('keeper')
  await server.realm(name).changeUser('keeper', { enabled: false })
  assert.equal((await third.browser.get(list)).status, 302)
  await server.realm(name).changeUser('keeper', { enabled: true })
})

test('a page of one realm is none of another, nor a token of another kind', async () => {
  const { browser } = await signIn('keeper')
  const cookie = browser.cookies.get('OSTIARY_REGISTRY') ?? ''
  const get = (url: string, value: string): Promise<Answer> => server.call('GET', url, { headers: { cookie: `OSTIARY_REGISTRY=${value}` } })
  assert.equal((await get(list, cookie)).status, 200)
  assert.equal((await get(list.replace(name, 'reg-other'), cookie)).status, 302)
  assert.equal((await get(list, `${cookie}x`)).status, 302)
  assert.equal((await get(list, browser.cookies.get('KEYCLOAK_IDENTITY') ?? '')).status, 302)
  assert.equal((await get(list.replace(name, 'no-such-realm'), cookie)).status, 404)
})

test('a code without the sign-in that asked for it, or with another state, signs nobody in', async () => {
  const browser = openBrowser(server.url)
  const login = await browser.follow(await browser.get(list))
  const sent = await browser.submit(login, 'username', { username: 'keeper', password })
  const address = new URL(String(sent.headers.location))
  const refused = async (url: string, by = browser): Promise<void> => {
    const answer = await by.get(url)
    assert.equal(answer.status, 400)
    assert.match(visibleText(answer.text), /You could not be signed in/)
    assert.equal(by.cookies.has('OSTIARY_REGISTRY'), false)
  }
  await refused(address.href, openBrowser(server.url))
  const other = new URL(address)
  other.searchParams.set('state', 'x')
  await refused(other.href)
  await refused(`${list}/signed-in`)
  await refused(`${list}/signed-in?error=access_denied`)
})

test('pages work below a base path, and in the realm of all administrators', async () => {
  await using own = await startTestServer({ args: ['--http-relative-path=/auth'] })
  const address = `${own.url}/admin/master/console/external-systems`
  const browser = openBrowser(own.url)
  const login = await browser.follow(await browser.get(address))
  const back = await browser.submit(login, 'username', { username: 'admin', password: 'admin' })
  const signedIn = await browser.follow(back)
  assert.match(cookieLine(signedIn, 'OSTIARY_REGISTRY'), /;Path=\/auth\/admin\/master\/console\/external-systems;/)
  assert.equal((await browser.get(address)).status, 200)
})

test('a language that was chosen on a page is kept for the next ones', async () => {
  await server.realm(name).change({ internationalizationEnabled: true, supportedLocales: ['en', 'uk'], defaultLocale: 'en' })
  const { browser } = await signIn('keeper')
  assert.match(visibleText((await browser.get(`${list}?kc_locale=uk`)).text), /Зовнішні системи/)
  assert.match(visibleText((await browser.get(`${list}/new`)).text), /Нова система/)
})
