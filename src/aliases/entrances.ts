import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { authorizeRoutes } from '../oidc/authorize.ts'
import type { OidcServices } from '../oidc/services.ts'

/** A browser that is sent on carries it, so that no proxy which moves base paths about can send it on for ever. */
const sentOn = 'via=alias'

/** The entrances of a login below an alias of the base path. */
export const entranceRoutes = (aliasPath: string): readonly Route<OidcServices>[] =>
  authorizeRoutes.map((route) => ({
    ...route,
    path: aliasPath + route.path,
    async handle(request, services) {
      const path = request.path.slice(aliasPath.length)
      return isNavigation(request) ? toCanonical(request, path) : route.handle({ ...request, path }, services)
    },
  }))

/**
 * True for a browser that opens a page (Fetch Metadata; Upgrade-Insecure-Requests where the connection is not trusted with the former).
 * Its cookies belong to the canonical path: only there is it known who has logged in. Whoever asks without a browser is answered at once.
 */
export function isNavigation({ headers, queryText }: HttpRequest): boolean {
  if (queryText.split('&').includes(sentOn)) return false
  return headers['sec-fetch-mode'] === 'navigate' || headers['upgrade-insecure-requests'] === '1'
}

/** Sends a browser to a path below the canonical base path, with its query, and its form if it posts one. */
export const toCanonical = ({ method, baseUrl, queryText }: HttpRequest, path: string): HttpResponse => ({
  status: method === 'POST' ? 307 : 302,
  headers: { location: `${baseUrl}${path}?${queryText === '' ? '' : `${queryText}&`}${sentOn}`, 'cache-control': 'no-store' },
})
