import type { HttpRequest } from '../http/values.ts'
import type { Client } from '../realm/model.ts'
import { webAddress } from './pages/form.ts'

/**
 * Where an application lives, for a link "Back to Application": its base URL, below its root URL when it begins with a slash. The
 * placeholders of built-in clients stand for this server. Undefined when it has none that may be linked to.
 */
export function clientUrl({
  client,
  request,
}: {
  readonly client: Client
  readonly request: Pick<HttpRequest, 'baseUrl'>
}): string | undefined {
  const { baseUrl, rootUrl } = client.doc
  if (!baseUrl) return undefined
  const root = (rootUrl ?? '').replace(/\$\{auth(?:Base|Admin)Url\}/g, request.baseUrl)
  return webAddress(baseUrl.startsWith('/') ? `${(root || request.baseUrl).replace(/\/$/, '')}${baseUrl}` : baseUrl)
}
