import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { password, person } from '../server/samples.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const codeApp = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: 'a secret of an app' }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }),
}

const site = await siteOfFile((origin) => [
  {
    realm: 'codes',
    enabled: true,
    clients: [application(origin, 'shop')],
    users: [
      person('taras', { requiredActions: ['CONFIGURE_TOTP'] }),
      person('lesya', { requiredActions: ['CONFIGURE_RECOVERY_AUTHN_CODES'] }),
      person('ivan'),
      person('marko', { credentials: [{ type: 'password', value: password }, codeApp] }),
    ],
    requiredActions: [
      { alias: 'CONFIGURE_TOTP', name: 'Configure OTP', providerId: 'CONFIGURE_TOTP', enabled: true, priority: 10 },
      {
        alias: 'CONFIGURE_RECOVERY_AUTHN_CODES',
        name: 'Recovery Authentication Codes',
        providerId: 'CONFIGURE_RECOVERY_AUTHN_CODES',
        enabled: true,
        priority: 130,
      },
    ],
  },
])
const visit = await visitsOfFile()
const realm = site.realm('codes')

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What an app makes of the key that a person copies (RFC 4648 section 6). */
function fromBase32(text: string): Buffer {
  const bits = Array.from(text.replaceAll(/\s/g, ''), (letter) => base32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from(
    Array.from({ length: Math.floor(bits.length / 8) }, (_, index) => Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2)),
  )
}

/** The code that a person's app shows at the moment. */
const codeOf = (secret: Buffer): string => hotp(secret, totpCounter(site.server.clock.now(), 30), { algorithm: 'HmacSHA1', digits: 6 })

/** A period that is over makes its code useless, and the next one new. */
const nextCode = (): void => site.server.clock.advance(30)

async function copySecret(page: Page): Promise<Buffer> {
  await page.waitForSelector('#kc-totp-secret-qr-code')
  await page.click('#mode-manual')
  return fromBase32(await page.innerText('#kc-totp-secret-key'))
}

test('a code app is set up by the key on the page, and every later login asks for its code', () =>
  visit(async ({ page, another }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    const secret = await copySecret(page)
    await page.fill('#totp', '000000')
    await page.click('#saveTOTPBtn')
    assert.equal(await page.innerText('#input-error-otp-code'), 'Invalid authenticator code.')
    await page.fill('#totp', codeOf(secret))
    await page.fill('#userLabel', 'phone')
    await page.click('#saveTOTPBtn')
    await arrived(page, 'shop')

    nextCode()
    const { page: elsewhere } = await another()
    await elsewhere.goto(realm.authUrl('shop'))
    await enterPassword(elsewhere, 'taras')
    await elsewhere.fill('#otp', '000000')
    await elsewhere.click('#kc-login')
    assert.equal(await elsewhere.innerText('#input-error-otp'), 'Invalid authenticator code.')
    await elsewhere.fill('#otp', codeOf(secret))
    await elsewhere.click('#kc-login')
    await arrived(elsewhere, 'shop')
  }))

test('an application may ask for a code app, and the person may decline', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop', { kc_action: 'CONFIGURE_TOTP' }))
    await enterPassword(page, 'ivan')
    await page.click('#cancelTOTPBtn')
    await arrived(page, 'shop')
    assert.equal(new URL(page.url()).searchParams.get('kc_action_status'), 'cancelled')
  }))

test('of two code apps the person chooses one by its name, and its code is asked for', () =>
  visit(async ({ page, another }) => {
    const secrets: Buffer[] = []
    for (const label of ['phone', 'tablet']) {
      await page.goto(realm.authUrl('shop', { kc_action: 'CONFIGURE_TOTP', prompt: '' }))
      await page.waitForSelector('#password, #kc-totp-settings')
      if (secrets.length === 0) await enterPassword(page, 'ivan')
      const secret = await copySecret(page)
      secrets.push(secret)
      await page.fill('#totp', codeOf(secret))
      await page.fill('#userLabel', label)
      await page.click('#saveTOTPBtn')
      await arrived(page, 'shop')
      assert.equal(new URL(page.url()).searchParams.get('kc_action_status'), 'success')
    }
    nextCode()
    const { page: elsewhere } = await another()
    await elsewhere.goto(realm.authUrl('shop'))
    await enterPassword(elsewhere, 'ivan')
    await elsewhere.getByLabel('tablet').check()
    await elsewhere.fill('#otp', codeOf(secrets[1] ?? Buffer.alloc(0)))
    await elsewhere.click('#kc-login')
    await arrived(elsewhere, 'shop')
  }))

test('recovery codes are shown once, and can be saved only when the person says that they are kept', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'lesya')
    await page.waitForSelector('#kc-recovery-codes-list')
    assert.equal(await page.locator('#kc-recovery-codes-list li').count(), 12)
    assert.equal(await page.isDisabled('#saveRecoveryAuthnCodesBtn'), true)
    const saved = page.waitForEvent('download')
    await page.click('#downloadRecoveryCodes')
    assert.equal((await saved).suggestedFilename(), 'kc-download-recovery-codes.txt')
    await page.check('#kcRecoveryCodesConfirmationCheck')
    await page.click('#saveRecoveryAuthnCodesBtn')
    await arrived(page, 'shop')
  }))

test('the password alone never gives tokens where a code is needed', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await page.fill('#username', 'marko')
    await page.fill('#password', password)
    await page.click('#kc-login')
    await page.waitForSelector('#otp')
    await page.goto(realm.authUrl('shop', { prompt: 'none' }))
    assert.equal(new URL(page.url()).searchParams.get('error'), 'login_required')
  }))
