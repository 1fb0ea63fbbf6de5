/** Strips the base path a request came under. Undefined: it came under none of them. */
export type StripBasePath = (url: string) => string | undefined

/**
 * One canonical path, from which the issuer is made, and aliases under which the same endpoints answer. All without a slash at the
 * end; the root is ''. The longest match wins, so that `/auth` is an alias even when the root is canonical.
 */
export function basePathStripper(canonical: string, aliases: readonly string[]): StripBasePath {
  const prefixes = [...new Set([canonical, ...aliases])].sort((a, b) => b.length - a.length)
  return (url) => {
    for (const prefix of prefixes) {
      if (prefix === '') return url
      if (url.startsWith(prefix)) {
        const rest = url.slice(prefix.length)
        if (rest === '') return '/'
        if (rest.startsWith('/')) return rest
        if (rest.startsWith('?')) return `/${rest}`
      }
    }
    return undefined
  }
}
