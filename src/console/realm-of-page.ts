import { acceptsHtml } from '../http/accept.ts'
import { OAuthError, PageError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ConsoleServices } from './services.ts'

/** The realm that a page belongs to. Who asks for none of ours is told so on a page, or as JSON where he takes no page (reference behaviour). */
export async function realmOfPage(request: HttpRequest, { realms }: ConsoleServices, unknown: string): Promise<RealmSnapshot> {
  const realm = await realms.find(request.params['realm'] ?? '')
  if (realm !== undefined) return realm
  if (acceptsHtml(request)) throw new PageError('pageNotFound', 404)
  throw new OAuthError(unknown, undefined, { status: 404 })
}
