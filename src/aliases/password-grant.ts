import { readForm, readJsonForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest } from '../http/values.ts'
import type { OidcServices } from '../oidc/services.ts'
import { tokenRoute } from '../oidc/token.ts'
import { pairsOf, withForm } from './forms.ts'

/** Below /api a token request that names no grant means `password`. Everything else is the token endpoint's. */
export const passwordGrantRoute: Route<OidcServices> = {
  ...tokenRoute,
  path: `/api${tokenRoute.path}`,
  summary: 'Token endpoint; without grant_type it means password',
  async handle(request, services) {
    return tokenRoute.handle({ ...(await withGrantType(request, services)), path: request.path.slice('/api'.length) }, services)
  },
}

/** A JSON body counts where the realm says so, as at the token endpoint; it goes on as a form, which a login by password reads. */
async function withGrantType(request: HttpRequest, { realms }: OidcServices): Promise<HttpRequest> {
  const json = readJsonForm(request)
  const form = json ?? readForm(request)
  if (form.get('grant_type') !== undefined) return request
  if (json !== undefined && (await realms.find(request.params['realm'] ?? ''))?.attributes['tokenEndpointAcceptsJson'] !== 'true')
    return request
  return withForm(request, [['grant_type', 'password'], ...pairsOf(form)])
}
