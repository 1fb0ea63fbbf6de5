import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { type Browser, formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { answerTo, appClient, baseOf, entrance } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const otpSecret = 'shared-otp-secret-12'
const otpCredential = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, counter: 0, algorithm: 'HmacSHA1' }),
}
const passwordCredential = { type: 'password', value: password }

const flow = (alias: string, executions: object[], topLevel = true) => ({
  alias,
  providerId: 'basic-flow',
  topLevel,
  builtIn: false,
  authenticationExecutions: executions.map((execution, index) => ({ priority: index, ...execution })),
})
const step = (authenticator: string, requirement: string) => ({ authenticator, requirement })
const sub = (flowAlias: string, requirement: string) => ({ flowAlias, requirement, authenticatorFlow: true })

const users = [
  person('one'),
  person('both', { credentials: [passwordCredential, otpCredential] }),
  person('code-first', { credentials: [otpCredential, passwordCredential] }),
]
const server = await serverOfFile({
  realms: [
    {
      realm: 'ways-factors',
      enabled: true,
      browserFlow: 'name first',
      authenticationFlows: [
        flow('name first', [step('auth-username-form', 'REQUIRED'), sub('factors', 'REQUIRED')]),
        flow('factors', [step('auth-password-form', 'ALTERNATIVE'), step('auth-otp-form', 'ALTERNATIVE')], false),
      ],
      clients: [appClient],
      users,
    },
    {
      realm: 'ways-flows',
      enabled: true,
      browserFlow: 'either',
      authenticationFlows: [
        flow('either', [sub('long', 'ALTERNATIVE'), sub('short', 'ALTERNATIVE')]),
        flow('long', [step('auth-username-password-form', 'REQUIRED'), step('auth-otp-form', 'REQUIRED')], false),
        flow('short', [step('auth-username-form', 'REQUIRED'), step('auth-password-form', 'REQUIRED')], false),
      ],
      clients: [appClient],
      users,
    },
  ],
})
const factors = server.realm('ways-factors')
const flows = server.realm('ways-flows')

const code = (): string => {
  const now = server.onReference ? Date.now() : server.clock.now()
  return hotp(Buffer.from(otpSecret), totpCounter(now, 30), { algorithm: 'HmacSHA1', digits: 6 })
}

async function named(username: string): Promise<{ browser: Browser; page: Answer }> {
  const browser = openBrowser(baseOf(factors))
  const name = await browser.follow(await browser.get(entrance(factors)))
  return { browser, page: await browser.follow(await browser.submit(name, 'username', { username })) }
}

/** Presses the button of one of the ways that are offered, by what stands on it. */
function take(browser: Browser, page: Answer, title: string): Promise<Answer> {
  const words = page.text.slice(0, page.text.indexOf(`>${title}<`))
  const id = Array.from(words.matchAll(/name="authenticationExecution" value="([^"]+)"/g), ([, value]) => value).at(-1) ?? ''
  return browser.submit(page, 'authenticationExecution', { authenticationExecution: id })
}

test('who has several credentials may try another way, and is offered those of his own', { skip: server.onReference }, async () => {
  const { browser, page } = await named('both')
  assert.match(page.text, /id="kc-form-login"/)
  const ways = await browser.submit(page, 'tryAnotherWay', {})
  assert.match(visibleText(ways.text), /Select login method.*Password.*Authenticator Application/)
  assert.match(ways.text, /id="kc-attempted-username"[^>]*value="both"/)
  const otp = await take(browser, ways, 'Authenticator Application')
  assert.match(otp.text, /id="kc-otp-login-form"/)
  const reloaded = await browser.get((formsOf(otp.text, factors.url)[0]?.action ?? '').replace(/session_code=[^&]*&/, ''))
  assert.match(reloaded.text, /id="kc-otp-login-form"/)
  const back = await take(browser, await browser.submit(reloaded, 'tryAnotherWay', {}), 'Password')
  assert.match(back.text, /id="kc-form-login"/)
  const wrong = await browser.submit(back, 'password', { password: 'wrong' })
  assert.match(wrong.text, /id="try-another-way"/)
  const again = await take(browser, await browser.submit(wrong, 'tryAnotherWay', {}), 'Authenticator Application')
  assert.ok(answerTo(await browser.follow(await browser.submit(again, 'otp', { otp: code() })))?.['code'])
})

test('the first of a user’s credentials is asked for first', async () => {
  const { page } = await named('code-first')
  assert.match(page.text, /id="kc-otp-login-form"/)
})

test('who has one credential is offered no other way, and cannot take one', async () => {
  const { browser, page } = await named('one')
  assert.doesNotMatch(page.text, /id="try-another-way"/)
  const other = await named('both')
  const ways = await other.browser.submit(other.page, 'tryAnotherWay', {})
  const ids = Array.from(ways.text.matchAll(/name="authenticationExecution" value="([^"]+)"/g), ([, id]) => id ?? '')
  const taken = await browser.submit(page, 'password', { authenticationExecution: ids[1] ?? '' })
  assert.doesNotMatch(taken.text, /id="kc-otp-login-form"/)
  assert.equal(answerTo(taken), undefined)
})

test('a flow that was begun goes on; the other one is open before that alone', { skip: server.onReference }, async () => {
  const browser = openBrowser(baseOf(flows))
  const form = await browser.follow(await browser.get(entrance(flows)))
  const otp = await browser.follow(await browser.submit(form, 'password', { username: 'both', password }))
  assert.match(otp.text, /id="kc-otp-login-form"/)
  assert.doesNotMatch(otp.text, /id="try-another-way"/)

  const second = openBrowser(baseOf(flows))
  const ways = await second.submit(await second.follow(await second.get(entrance(flows))), 'tryAnotherWay', {})
  const name = await take(second, ways, 'Username')
  assert.doesNotMatch(name.text, /name="password"/)
  const last = await second.submit(name, 'username', { username: 'both' })
  assert.match(last.text, /name="password"/)
  assert.ok(answerTo(await second.follow(await second.submit(last, 'password', { password })))?.['code'])
})

test('an unknown name on a page of its own is told as such', async () => {
  const { page } = await named('nobody')
  assert.match(visibleText(page.text), /Invalid username or email\./)
})
