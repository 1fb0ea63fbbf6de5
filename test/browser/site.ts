/**
 * Test support: people in a real Chromium, before a real server and applications of another origin. Everything is reached by the name
 * `localhost`, which browsers trust like https: passkeys and `Secure` cookies work there.
 */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { type Answer, call, type Json } from '../server/call.ts'
import type { TestClock } from '../server/clock.ts'
import { expectToken } from '../server/expect.ts'
import { password } from '../server/samples.ts'
import { serverOfFile, type TestServer } from '../server.ts'
import { type Applications, applicationsOfFile } from './applications.ts'

export interface Site {
  readonly server: TestServer
  readonly applications: Applications
  realm(name: string): SiteRealm
}

/** What a person and an application do in one realm. */
export interface SiteRealm {
  /** The issuer, as the browser knows it. */
  readonly url: string
  /** `{url}/protocol/openid-connect`. */
  readonly oidc: string
  /** Where an application sends people to log in. Further parameters replace the usual ones. */
  authUrl(clientId: string, parameters?: Readonly<Record<string, string>>): string
  /** The tokens for the code in a page's address. */
  tokens(page: Page, clientId: string): Promise<Json>
  refresh(clientId: string, refreshToken: unknown): Promise<Answer>
}

/** Where a client of the tests is sent back to. */
export const callback = (origin: string, clientId: string): string => `${origin}/${clientId}/callback`

/** A public client whose pages are below `{origin}/{clientId}/`. */
export const application = (origin: string, clientId: string, more: ClientRepresentation = {}): ClientRepresentation => ({
  clientId,
  publicClient: true,
  baseUrl: `${origin}/${clientId}/home`,
  redirectUris: [`${origin}/${clientId}/*`],
  webOrigins: ['+'],
  ...more,
})

/** Time that passes, because browsers have a clock of their own, and can be moved on. */
export function runningClock(): TestClock {
  let aheadMs = 0
  return {
    now: () => Date.now() + aheadMs,
    advance(seconds) {
      aheadMs += seconds * 1_000
    },
  }
}

/** @param realms made from the origin of the applications */
export async function siteOfFile(realms: (origin: string) => readonly RealmRepresentation[]): Promise<Site> {
  const applications = await applicationsOfFile()
  const { origin } = applications
  const server = await serverOfFile({ realms: realms(origin), clock: runningClock() })
  const url = server.url.replace('127.0.0.1', 'localhost')
  return { server, applications, realm: (name) => realmAt(`${url}/realms/${name}`, origin) }
}

function realmAt(url: string, origin: string): SiteRealm {
  const oidc = `${url}/protocol/openid-connect`
  const token = (form: Readonly<Record<string, string>>): Promise<Answer> => call('POST', `${oidc}/token`, { form })
  return {
    url,
    oidc,
    authUrl(clientId, parameters = {}) {
      const usual = { client_id: clientId, redirect_uri: callback(origin, clientId), response_type: 'code', scope: 'openid', state: 's' }
      return `${oidc}/auth?${new URLSearchParams({ ...usual, ...parameters })}`
    },
    async tokens(page, clientId) {
      const code = new URL(page.url()).searchParams.get('code')
      assert.ok(code, `no code in ${page.url()}`)
      const redirect_uri = callback(origin, clientId)
      return expectToken(await token({ grant_type: 'authorization_code', client_id: clientId, code, redirect_uri }))
    },
    refresh: (clientId, refreshToken) => token({ grant_type: 'refresh_token', client_id: clientId, refresh_token: String(refreshToken) }),
  }
}

/** Fills in the login page that is open. */
export async function enterPassword(page: Page, username: string, secret = password): Promise<void> {
  await page.fill('#username', username)
  await page.fill('#password', secret)
  await page.click('#kc-login')
}

/** Waits until the browser is back at an application. */
export const arrived = (page: Page, clientId: string): Promise<void> => page.waitForURL((url) => url.pathname === `/${clientId}/callback`)

/** What went wrong, as the address says that the browser is at. */
export const errorOf = (page: Page): string | null => new URL(page.url()).searchParams.get('error')
