import type { Client } from './model.ts'

/** What an administrator writes for the address of the server itself. */
const placeholders = /\$\{(?:authBaseUrl|authAdminUrl)\}/g

/**
 * An address that a client was registered with, as an absolute URL: a path belongs to the client's root URL, and without one to the
 * server's host (reference behaviour). Undefined when there is none, or none that a browser or a request may go to.
 *
 * @param baseUrl of the server, without a slash at the end
 */
export function absoluteClientUrl(client: Pick<Client, 'doc'>, baseUrl: string, url: string | undefined): string | undefined {
  if (url === undefined || url === '') return undefined
  const given = url.replace(placeholders, () => baseUrl)
  const root = client.doc.rootUrl?.replace(placeholders, () => baseUrl)
  const absolute = /^[a-z][a-z\d+.-]*:/i.test(given) ? given : root ? root + given : URL.parse(given, baseUrl)?.href
  return absolute !== undefined && /^https?:$/.test(URL.parse(absolute)?.protocol ?? '') ? absolute : undefined
}
