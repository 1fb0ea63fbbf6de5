import type { OrganizationDomainRepresentation } from '../representations/organization.ts'

/** What is wrong with a domain, in the reference's words. */
export interface DomainFault {
  readonly message: string
}

/** Characters of a domain name (RFC 1035 section 2.3.4). */
const domainMax = 253

/** Letters beyond ASCII may be written as they are. */
const label = '[a-z0-9\\u0080-\\uffff](?:[a-z0-9\\u0080-\\uffff-]{0,61}[a-z0-9\\u0080-\\uffff])?'
const wellFormed = new RegExp(`^${label}(?:\\.${label})*$`)

/**
 * Domains as they are kept: in lower case, each once, the first given counts. `*` before a domain means every domain below it, and alone
 * every domain.
 */
export function readDomains(
  given: readonly OrganizationDomainRepresentation[],
): readonly { readonly name: string; readonly verified: boolean }[] | DomainFault {
  const domains = new Map<string, { readonly name: string; readonly verified: boolean }>()
  for (const { name: written = '', verified = false } of given) {
    const name = written.trim().toLowerCase()
    const problem = domainProblem(name)
    if (problem !== undefined) return { message: problem }
    if (!domains.has(name)) domains.set(name, { name, verified })
  }
  return [...domains.values()]
}

function domainProblem(name: string): string | undefined {
  if (name === '*') return undefined
  const stars = name.split('*').length - 1
  if (stars > 1) return `Multiple wildcards are not allowed: ${name}`
  if (stars === 1 && !name.startsWith('*.')) return 'Wildcard domain must start with the wildcard'
  const plain = stars === 1 ? name.slice('*.'.length) : name
  if (plain.length > domainMax || !wellFormed.test(plain)) return `Invalid domain format: ${name}`
  return stars === 1 && !plain.includes('.') ? `Domain must have at least 2 parts (e.g. 'example.com'): ${plain}` : undefined
}

/** The part of an e-mail address behind the at sign, in lower case. */
export const emailDomain = (email: string | undefined | null): string | undefined => {
  const at = (email ?? '').lastIndexOf('@')
  return at < 0 ? undefined : (email ?? '').slice(at + 1).toLowerCase()
}

/** The names of domains that would take in a domain, the nearest first: itself, `*.example.com`, `*`. */
export function domainsTakingIn(domain: string): readonly string[] {
  const parts = domain.split('.')
  return [domain, ...parts.slice(1).map((_, index) => `*.${parts.slice(index + 1).join('.')}`), '*']
}

/** The domain of an organization that an e-mail address belongs to, the nearest one. */
export function matchingDomain(names: readonly string[], email: string | undefined | null): string | undefined {
  const domain = emailDomain(email)
  return domain === undefined ? undefined : domainsTakingIn(domain).find((name) => names.includes(name))
}
