import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { OidcServices } from './services.ts'

const toConsole = async ({ baseUrl }: HttpRequest): Promise<HttpResponse> => ({
  status: 302,
  headers: { location: `${baseUrl}/admin/`, 'x-frame-options': [] },
})

/** Who comes to the server's own address looks for the console (reference behaviour). */
export const rootRoutes: readonly Route<OidcServices>[] = (['GET', 'POST'] as const).map((method) => ({
  method,
  path: '/',
  family: 'page',
  summary: 'Leads to the Admin Console',
  handle: toConsole,
}))
