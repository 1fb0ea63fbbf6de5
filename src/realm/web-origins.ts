import type { Client } from './model.ts'

/** True for origins that may call us from a browser for this client. */
export type AllowsOrigin = (origin: string) => boolean

/**
 * The client's web origins with `+` replaced by the origins of its redirect URIs that are http or https URLs (reference behaviour).
 * Use with `client.derived(webOrigins)`.
 */
export function webOrigins(client: Client): readonly string[] {
  const given = client.doc.webOrigins ?? []
  const origins = new Set(given.filter((origin) => origin !== '+'))
  if (given.includes('+')) {
    for (const uri of client.doc.redirectUris ?? []) {
      const absolute = uri.startsWith('/') ? `${client.doc.rootUrl ?? ''}${uri}` : uri
      const origin = /^https?:\/\/[^/?#]+/.exec(absolute)?.[0]
      if (origin !== undefined) origins.add(origin)
    }
  }
  return [...origins]
}

/** Use with `client.derived(allowsOrigin)`. */
export function allowsOrigin(client: Client): AllowsOrigin {
  const origins = new Set(client.derived(webOrigins))
  return (origin) => origins.has('*') || origins.has(origin)
}
