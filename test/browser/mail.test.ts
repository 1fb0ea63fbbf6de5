import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { password, person } from '../server/samples.ts'
import { openSmtpSink, type ReceivedMail } from '../smtp.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const newPassword = 'another-password-2'
const action = (alias: string, priority: number) => ({ alias, name: alias, providerId: alias, enabled: true, priority, config: {} })

const sink = await openSmtpSink()
after(() => sink.close())
const site = await siteOfFile((origin) => [
  {
    realm: 'mail',
    enabled: true,
    registrationAllowed: true,
    resetPasswordAllowed: true,
    smtpServer: { host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' },
    clients: [application(origin, 'shop')],
    requiredActions: [
      action('TERMS_AND_CONDITIONS', 20),
      action('UPDATE_PASSWORD', 30),
      action('VERIFY_EMAIL', 50),
      { ...action('UPDATE_EMAIL', 70), config: { verifyEmail: 'true' } },
      action('VERIFY_PROFILE', 90),
    ],
    users: [
      person('forgetful'),
      person('elsewhere'),
      person('unverified', { emailVerified: false, requiredActions: ['VERIFY_EMAIL'] }),
      person('mover'),
    ],
  },
])
const visit = await visitsOfFile()
const realm = site.realm('mail')

const linkOf = ({ text }: ReceivedMail): string => /https?:\/\/\S+/.exec(text)?.[0] ?? assert.fail(`no link in ${text}`)

async function openReset(page: Page, username: string): Promise<void> {
  await page.goto(realm.authUrl('shop'))
  await page.click('#kc-form-options a')
  await page.fill('#kc-reset-password-form #username', username)
  await page.click('#kc-reset-password-form [type=submit]')
}

async function setPassword(page: Page): Promise<void> {
  await page.fill('#password-new', newPassword)
  await page.fill('#password-confirm', newPassword)
  await page.click('#kc-submit')
}

test('a forgotten password is replaced by the link in a mail, and the login goes on where it was', () =>
  visit(async ({ page, another }) => {
    await openReset(page, 'forgetful')
    await page.getByText('You should receive an email shortly').waitFor()
    const mail = await sink.next()
    assert.deepEqual(mail.to, ['forgetful@example.com'])
    await page.goto(linkOf(mail))
    await setPassword(page)
    await arrived(page, 'shop')
    assert.ok((await realm.tokens(page, 'shop'))['access_token'])
    const { page: elsewhere } = await another()
    await elsewhere.goto(realm.authUrl('shop'))
    await enterPassword(elsewhere, 'forgetful')
    await elsewhere.waitForSelector('#input-error-username')
    await enterPassword(elsewhere, 'forgetful', newPassword)
    await arrived(elsewhere, 'shop')
  }))

test('the link of a reset works once', () =>
  visit(async ({ page, another }) => {
    await openReset(page, 'elsewhere')
    const link = linkOf(await sink.next())
    const { page: phone } = await another()
    await phone.goto(link)
    await setPassword(phone)
    await phone.waitForSelector('#kc-info-message')
    const { page: thief } = await another()
    await thief.goto(link)
    await thief.waitForSelector('#kc-error-message')
  }))

test('a reset for nobody says the same as for somebody and sends nothing', () =>
  visit(async ({ page }) => {
    const before = sink.received.length
    await openReset(page, 'nobody-of-this-name')
    await page.getByText('You should receive an email shortly').waitFor()
    assert.equal(sink.received.length, before)
  }))

test('a new account: what is missing is told at its field, and then the person is logged in', () =>
  visit(async ({ page, another }) => {
    await page.goto(realm.authUrl('shop'))
    await page.click('#kc-registration a')
    await page.waitForSelector('#kc-register-form')
    await page.click('#kc-register-form [type=submit]')
    for (const name of ['username', 'email', 'firstName', 'lastName', 'password']) await page.waitForSelector(`#input-error-${name}`)
    const values = {
      username: 'olena',
      email: 'olena@example.com',
      firstName: 'Олена',
      lastName: 'Пчілка',
      password,
      'password-confirm': password,
    }
    for (const [id, value] of Object.entries(values)) await page.fill(`#${id}`, value)
    await page.click('#kc-register-form [type=submit]')
    await arrived(page, 'shop')
    assert.ok((await realm.tokens(page, 'shop'))['access_token'])
    const { page: elsewhere } = await another()
    await elsewhere.goto(realm.authUrl('shop'))
    await enterPassword(elsewhere, 'olena@example.com')
    await arrived(elsewhere, 'shop')
  }))

test('a name that is taken cannot be registered again', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop').replace('/auth?', '/registrations?'))
    const values = { username: 'mover', email: 'other@example.com', firstName: 'A', lastName: 'B', password, 'password-confirm': password }
    for (const [id, value] of Object.entries(values)) await page.fill(`#${id}`, value)
    await page.click('#kc-register-form [type=submit]')
    assert.equal(await page.innerText('#input-error-username'), 'Username already exists.')
  }))

test('VERIFY_EMAIL: the login waits until the link of the mail was opened', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'unverified')
    await page.waitForSelector('.instruction')
    const mail = await sink.next()
    assert.deepEqual(mail.to, ['unverified@example.com'])
    await page.goto(linkOf(mail))
    await arrived(page, 'shop')
    assert.ok((await realm.tokens(page, 'shop'))['access_token'])
  }))

test('UPDATE_EMAIL: the new address counts when its owner has opened the link', () =>
  visit(async ({ page, another }) => {
    await page.goto(realm.authUrl('shop', { kc_action: 'UPDATE_EMAIL' }))
    await enterPassword(page, 'mover')
    await page.fill('#email', 'moved@example.com')
    await page.click('#kc-submit')
    const mail = await sink.next()
    assert.deepEqual(mail.to, ['moved@example.com'])
    const { page: elsewhere } = await another()
    await elsewhere.goto(realm.authUrl('shop'))
    await enterPassword(elsewhere, 'moved@example.com')
    await elsewhere.waitForSelector('#input-error-username')
    await page.goto(linkOf(mail))
    await page.waitForSelector('#kc-info-message, #application')
    await enterPassword(elsewhere, 'moved@example.com')
    await arrived(elsewhere, 'shop')
  }))
