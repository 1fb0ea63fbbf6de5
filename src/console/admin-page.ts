import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { frontendOf } from '../realm/frontend-url.ts'
import { masterRealm } from '../transfer/import-realm.ts'
import { consolePage, consolesMissing, resourcesPath } from './page.ts'
import { realmOfPage } from './realm-of-page.ts'
import type { ConsoleServices } from './services.ts'

const redirect = (location: string): HttpResponse => ({ status: 302, headers: { location } })

const consoleUrl = ({ baseUrl }: HttpRequest, realm: string): string => `${baseUrl}/admin/${encodeURIComponent(realm)}/console/`

/** The Admin Console for the administrators of a realm; its own pages are behind `#` in the address. */
async function adminPage(request: HttpRequest, services: ConsoleServices): Promise<HttpResponse> {
  const realm = await realmOfPage(request, services, 'Realm not found.  Did you type in a bad URL?')
  const url = consoleUrl(request, realm.name)
  if (!request.path.endsWith('/')) return { ...redirect(url), headers: { location: url, 'cache-control': 'no-cache' } }
  const consoles = services.consoles.open()
  if (consoles === undefined) return consolesMissing()
  const { baseUrl } = request
  return consolePage(request, consoles, {
    app: 'admin',
    title: 'Ostiary Administration Console',
    loading: 'Loading the Administration Console',
    language: 'en',
    environment: {
      serverBaseUrl: baseUrl,
      adminBaseUrl: baseUrl,
      authUrl: frontendOf(realm) ?? baseUrl,
      authServerUrl: frontendOf(realm) ?? baseUrl,
      realm: realm.name,
      clientId: 'security-admin-console',
      resourceUrl: resourcesPath(request, consoles, 'admin'),
      logo: '',
      logoUrl: '',
      consoleBaseUrl: new URL(url).pathname,
      masterRealm,
      resourceVersion: consoles.version,
    },
  })
}

export const adminPageRoutes: readonly Route<ConsoleServices>[] = [
  {
    method: 'GET',
    path: '/admin',
    family: 'page',
    summary: 'Leads to the Admin Console of realm master',
    handle: async (request) => redirect(consoleUrl(request, masterRealm)),
  },
  { method: 'GET', path: '/admin/:realm/console', family: 'page', summary: 'Admin Console', handle: adminPage },
]
