import { type Browser, openBrowser } from './browser.ts'
import type { Answer } from './call.ts'
import type { TestRealm } from './realm.ts'

export const callback = 'http://localhost:9999/cb'

/** A public client `app` to log in to, by its pages or by the password grant. */
export const appClient = {
  clientId: 'app',
  publicClient: true,
  directAccessGrantsEnabled: true,
  redirectUris: [callback],
  baseUrl: 'http://localhost:9999/base',
}

/** Opens the entrance of a realm for the client `app`: `auth`, `registrations`, `forgot-credentials`. */
export function entrance({ url }: TestRealm, params: Readonly<Record<string, string>> = {}, endpoint = 'auth'): string {
  const query = { client_id: 'app', redirect_uri: callback, response_type: 'code', scope: 'openid', ...params }
  return `${url}/protocol/openid-connect/${endpoint}?${new URLSearchParams(query)}`
}

export interface SignIn {
  readonly username: string
  readonly password: string
  /** Of the authorization request: `kc_action` … */
  readonly params?: Readonly<Record<string, string>>
  /** Goes on in a browser that has cookies already. */
  readonly browser?: Browser
}

/** Logs in by the login form, and follows the server's redirects: to the next page, or to the application. */
export async function signIn(
  realm: TestRealm,
  { username, password, params, browser = openBrowser(baseOf(realm)) }: SignIn,
): Promise<{ readonly browser: Browser; readonly page: Answer }> {
  const form = await browser.follow(await browser.get(entrance(realm, params)))
  const page = await browser.follow(await browser.submit(form, 'password', { username, password }))
  return { browser, page }
}

export const baseOf = ({ url, name }: TestRealm): string => url.slice(0, -`/realms/${encodeURIComponent(name)}`.length)

/** Where the browser is sent with an answer for the application: the parameters of its address; undefined when it is not. */
export function answerTo({ headers }: Answer): Readonly<Record<string, string>> | undefined {
  const { location } = headers
  return location?.startsWith(callback) ? Object.fromEntries(new URL(location).searchParams) : undefined
}

/** The value of a hidden or prefilled field. */
export const fieldValue = ({ text }: Answer, name: string): string =>
  new RegExp(`name="${name}"[^>]*?value="([^"]*)"`).exec(text)?.[1] ?? ''
