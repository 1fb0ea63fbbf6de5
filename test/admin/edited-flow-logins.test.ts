import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { openBrowser, visibleText } from '../server/browser.ts'
import type { Answer, Json } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { answerTo, appClient, baseOf, entrance, signIn } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const otpSecret = 'shared-otp-secret-12'
const otp = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, counter: 0, algorithm: 'HmacSHA1' }),
}
const credentials = [{ type: 'password', value: password }, otp]
const realmNames = ['flw-login-otp', 'flw-login-pages', 'flw-login-client', 'flw-login-grant', 'flw-login-action'] as const
const server = await serverOfFile({
  realms: realmNames.map((realm) => ({
    realm,
    enabled: true,
    clients: [appClient, { ...appClient, clientId: 'strict' }],
    users: [person('taras'), person('lesya', { credentials })],
  })),
})

const code = (): string => {
  const now = server.onReference ? Date.now() : server.clock.now()
  return hotp(Buffer.from(otpSecret), totpCounter(now, 30), { algorithm: 'HmacSHA1', digits: 6 })
}

/** The flows of one realm: each write must succeed. */
function flowsOf(realm: string) {
  const path = `/realms/${realm}/authentication`
  const write = async (method: string, below: string, body?: unknown): Promise<Answer> => {
    const answer = await server.admin(method, `${path}${below}`, body)
    assert.ok(answer.status < 300, `${method} ${below}: ${answer.status} ${answer.text}`)
    return answer
  }
  const executions = async (alias: string): Promise<Json[]> =>
    (await write('GET', `/flows/${encodeURIComponent(alias)}/executions`)).json as unknown as Json[]
  return {
    write,
    bind: (settings: Json) => server.admin('PUT', `/realms/${realm}`, settings),
    async add(alias: string, provider: string, requirement: string): Promise<string> {
      const { headers } = await write('POST', `/flows/${encodeURIComponent(alias)}/executions/execution`, { provider })
      const id = String(headers['location']).split('/').at(-1) ?? ''
      const execution = (await executions(alias)).find((one) => one['id'] === id)
      await write('PUT', `/flows/${encodeURIComponent(alias)}/executions`, { ...execution, requirement })
      return String(id)
    },
    async remove(alias: string, displayName: string): Promise<void> {
      const execution = (await executions(alias)).find((one) => one['displayName'] === displayName)
      await write('DELETE', `/executions/${execution?.['id']}`)
    },
  }
}

test('a copied browser flow with a required code asks everybody for one, as soon as it is bound', async () => {
  const realm = server.realm('flw-login-otp')
  const flows = flowsOf(realm.name)
  assert.ok(answerTo((await signIn(realm, { username: 'taras', password })).page), 'the built-in flow is content with a password')
  await flows.write('POST', '/flows/browser/copy', { newName: 'strict' })
  await flows.add('strict forms', 'auth-otp-form', 'REQUIRED')
  await flows.remove('strict forms', 'strict Browser - Conditional 2FA')
  assert.ok(answerTo((await signIn(realm, { username: 'taras', password })).page), 'a flow that is not bound changes nothing')
  await flows.bind({ browserFlow: 'strict' })
  const { browser, page } = await signIn(realm, { username: 'lesya', password })
  assert.match(page.text, /id="kc-otp-login-form"/)
  const done = await browser.follow(await browser.submit(page, 'otp', { otp: code() }))
  assert.ok(answerTo(done)?.['code'], visibleText(done.text))
  const setUp = await signIn(realm, { username: 'taras', password })
  assert.match(setUp.page.text, /id="kc-totp-settings-form"/, 'who has no device sets one up')
  const execution = (await server.admin('GET', `/realms/${realm.name}/authentication/flows/strict%20forms/executions`))
    .json as unknown as Json[]
  const form = execution.find((one) => one['providerId'] === 'auth-otp-form')
  await flows.write('PUT', '/flows/strict/executions', { ...form, requirement: 'DISABLED' })
  assert.ok(answerTo((await signIn(realm, { username: 'taras', password })).page), 'a disabled code is asked of nobody')
})

test('a flow made from nothing drives logins: a name first, then a password', async () => {
  const realm = server.realm('flw-login-pages')
  const flows = flowsOf(realm.name)
  await flows.write('POST', '/flows', { alias: 'two pages', providerId: 'basic-flow', topLevel: true })
  const second = await flows.add('two pages', 'auth-password-form', 'REQUIRED')
  await flows.add('two pages', 'auth-username-form', 'REQUIRED')
  await flows.write('POST', `/executions/${second}/lower-priority`)
  await flows.bind({ browserFlow: 'two pages' })
  const browser = openBrowser(baseOf(realm))
  const name = await browser.follow(await browser.get(entrance(realm)))
  assert.doesNotMatch(name.text, /name="password"/)
  const word = await browser.follow(await browser.submit(name, 'username', { username: 'taras' }))
  const done = await browser.follow(await browser.submit(word, 'password', { password }))
  assert.ok(answerTo(done)?.['code'], visibleText(done.text))
})

test('a client with a flow of its own is not asked by the realm’s, and such a flow stays', async () => {
  const realm = server.realm('flw-login-client')
  const flows = flowsOf(realm.name)
  const { headers } = await flows.write('POST', '/flows', { alias: 'closed', providerId: 'basic-flow', topLevel: true })
  const id = String(headers['location']).split('/').at(-1) ?? ''
  await flows.add('closed', 'deny-access-authenticator', 'REQUIRED')
  await realm.changeClient('strict', { authenticationFlowBindingOverrides: { browser: id } })
  const browser = openBrowser(baseOf(realm))
  const denied = await browser.follow(await browser.get(entrance(realm, { client_id: 'strict' })))
  assert.doesNotMatch(denied.text, /name="password"/)
  assert.ok(answerTo((await signIn(realm, { username: 'taras', password })).page))
  assert.equal((await server.admin('DELETE', `/realms/${realm.name}/authentication/flows/${id}`)).status, 500)
})

test('an edited flow of the password grant counts at once', async () => {
  const realm = server.realm('flw-login-grant')
  const flows = flowsOf(realm.name)
  const grant = { grant_type: 'password', client_id: 'app', username: 'lesya', password }
  expectError(await realm.token(grant), 400, 'invalid_grant', 'Invalid user credentials')
  await flows.write('POST', '/flows/direct%20grant/copy', { newName: 'plain grant' })
  await flows.remove('plain grant', 'plain grant Direct Grant - Conditional OTP')
  await flows.bind({ directGrantFlow: 'plain grant' })
  expectToken(await realm.token(grant))
})

test('a required action for new users is asked of them, and no more when it is disabled', async () => {
  const realm = server.realm('flw-login-action')
  const flows = flowsOf(realm.name)
  const path = '/required-actions/TERMS_AND_CONDITIONS'
  const action = (await flows.write('GET', path)).json
  await flows.write('PUT', path, { ...action, enabled: true })
  const { json } = await server.admin('GET', `/realms/${realm.name}/users?username=taras&exact=true`)
  const [user] = json as unknown as Json[]
  await server.admin('PUT', `/realms/${realm.name}/users/${user?.['id']}`, { ...user, requiredActions: ['TERMS_AND_CONDITIONS'] })
  const { page } = await signIn(realm, { username: 'taras', password })
  assert.equal(answerTo(page), undefined, visibleText(page.text))
  await flows.write('PUT', path, { ...action, enabled: false })
  assert.ok(answerTo((await signIn(realm, { username: 'taras', password })).page))
})
