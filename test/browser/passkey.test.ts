import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { person } from '../server/samples.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const action = (alias: string, priority: number) => ({ alias, name: alias, providerId: alias, enabled: true, priority, config: {} })
const requiredActions = [action('webauthn-register', 70), action('webauthn-register-passwordless', 80)]

const site = await siteOfFile((origin) => {
  const clients = [application(origin, 'shop')]
  return [
    {
      realm: 'passkeys',
      enabled: true,
      clients,
      requiredActions,
      webAuthnPolicyPasswordlessPasskeysEnabled: true,
      webAuthnPolicyPasswordlessRequireResidentKey: 'Yes',
      webAuthnPolicyPasswordlessUserVerificationRequirement: 'required',
      users: [person('taras', { requiredActions: ['webauthn-register-passwordless'] })],
    },
    {
      realm: 'security-keys',
      enabled: true,
      clients,
      requiredActions,
      users: [person('taras', { requiredActions: ['webauthn-register'] })],
      browserFlow: 'browser with key',
      authenticationFlows: [
        {
          alias: 'browser with key',
          providerId: 'basic-flow',
          topLevel: true,
          builtIn: false,
          authenticationExecutions: [
            { authenticator: 'auth-cookie', requirement: 'ALTERNATIVE', priority: 10, authenticatorFlow: false },
            { flowAlias: 'password and key', requirement: 'ALTERNATIVE', priority: 20, authenticatorFlow: true },
          ],
        },
        {
          alias: 'password and key',
          providerId: 'basic-flow',
          topLevel: false,
          builtIn: false,
          authenticationExecutions: [
            { authenticator: 'auth-username-password-form', requirement: 'REQUIRED', priority: 10, authenticatorFlow: false },
            { authenticator: 'webauthn-authenticator', requirement: 'REQUIRED', priority: 20, authenticatorFlow: false },
          ],
        },
      ],
    },
  ]
})
const visit = await visitsOfFile()

/** An authenticator that belongs to a page's browser tab and answers by itself, as a finger on a sensor would. */
async function plugIn(page: Page, kind: 'passkey' | 'key') {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const own =
    kind === 'passkey'
      ? ({ transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const)
      : ({ transport: 'usb' } as const)
  const options = { protocol: 'ctap2', ...own, isUserVerified: kind === 'passkey', automaticPresenceSimulation: true } as const
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options })
  return {
    credentials: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}

/** The name of the key is asked for by the browser. */
const nameKeys = (page: Page, name: string): unknown => page.on('dialog', (dialog) => dialog.accept(name))

test('a passkey is made at the first login, and later it alone logs the person in', () =>
  visit(async ({ page, context }) => {
    const realm = site.realm('passkeys')
    const authenticator = await plugIn(page, 'passkey')
    nameKeys(page, 'my laptop')
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    await page.click('#registerWebAuthn')
    await arrived(page, 'shop')
    assert.equal(await authenticator.credentials(), 1)

    await context.clearCookies()
    await page.goto(realm.authUrl('shop'))
    await arrived(page, 'shop')
    assert.ok((await realm.tokens(page, 'shop'))['access_token'])
  }))

test('a security key as second factor: registered once, and asked for after the password', () =>
  visit(async ({ page, context }) => {
    const realm = site.realm('security-keys')
    const authenticator = await plugIn(page, 'key')
    nameKeys(page, 'the blue one')
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    await page.click('#registerWebAuthn')
    await arrived(page, 'shop')
    assert.equal(await authenticator.credentials(), 1)

    await context.clearCookies()
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    assert.equal(await page.innerText('#kc-webauthn-authenticator-label-0'), 'the blue one')
    await page.click('#authenticateWebAuthnButton')
    await arrived(page, 'shop')
  }))
