import type { Client } from '../realm/model.ts'
import { matchesRedirectUri, registeredRedirectUris } from '../realm/redirect-uri.ts'

/**
 * The addresses to which a client may have its users sent after a logout. The attribute `post.logout.redirect.uris` lists them with `##`
 * between; `+` among them stands for the client's redirect URIs, and so does an absent or empty attribute; a list that begins with `-` is
 * empty (reference behaviour).
 */
export function postLogoutRedirectUris(client: Client, baseUrl: string): readonly string[] {
  const listed = (client.attributes['post.logout.redirect.uris'] || '+').split('##').filter((uri) => uri !== '')
  if (listed[0] === '-') return []
  const uris = listed.flatMap((uri) => (uri === '+' ? (client.doc.redirectUris ?? []) : [uri]))
  return registeredRedirectUris(client, baseUrl, uris)
}

export const allowsPostLogoutRedirect = (client: Client, baseUrl: string, uri: string): boolean =>
  matchesRedirectUri(postLogoutRedirectUris(client, baseUrl), uri)

/** The address with the application's `state` behind it, in characters that a Location header may have. */
export function withState(uri: string, state: string | undefined): string {
  const [address = '', ...fragment] = uri.split('#')
  const query = state === undefined ? '' : `${address.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
  return [address + query, ...fragment].join('#').replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
