import type { Route } from '../http/routes.ts'
import { framePage, mayUseCookies } from './frame-page.ts'
import { realmOf } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/**
 * Two pages by which an application finds out whether its frame of this server can use cookies (keycloak-js frames the first and waits
 * for the message `supported` or `unsupported`). The first sets cookies, the second looks for them: only a second request tells.
 */
const cookies = ['KEYCLOAK_3P_COOKIE', 'KEYCLOAK_3P_COOKIE_SAMESITE'] as const

const stepOne = framePage(`${mayUseCookies}
if (await mayUseCookies()) {
  document.cookie = '${cookies[0]}=supported; Max-Age=60'
  document.cookie = '${cookies[1]}=supported; Max-Age=60; SameSite=None; Secure'
  location.replace('step2.html')
} else {
  parent.postMessage('unsupported', '*')
}
`)

const stepTwo = framePage(`
const kept = document.cookie.split('; ').some((cookie) => cookie.startsWith('${cookies[0]}'))
document.cookie = '${cookies[0]}=; Max-Age=0'
document.cookie = '${cookies[1]}=; Max-Age=0; SameSite=None; Secure'
parent.postMessage(kept ? 'supported' : 'unsupported', '*')
`)

const pages = { 'step1.html': stepOne, 'step2.html': stepTwo } as const

export const thirdPartyCookieRoutes: readonly Route<OidcServices>[] = Object.entries(pages).map(([name, page]) => ({
  method: 'GET',
  path: `/realms/:realm/protocol/openid-connect/3p-cookies/${name}`,
  family: 'page',
  summary: 'Check whether a frame of this server can use cookies',
  async handle(request, services) {
    await realmOf(request, services)
    return page
  },
}))
