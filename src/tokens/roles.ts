import { boundedMap } from '../realm/bounded-map.ts'
import type { Client, ClientScope, ResolvedScopes, Role, UserFacts } from '../realm/model.ts'
import { hashOrder } from './mappers/hash-order.ts'
import type { TokenRoles } from './protocol-mapper.ts'

const scopeLimits = {
  /** Resolved scope parameters remembered per client. */
  parametersMax: 100,
  /** Longer parameters are resolved anew each time: their repetitions are endless. */
  parameterLengthMax: 1_000,
} as const

/** The roles that tokens may show: all the user's with Full Scope Allowed, else those in the scope of the client or of one of the scopes. */
export function effectiveRoles(user: UserFacts, { client, scopes }: ResolvedScopes): readonly Role[] {
  if (client.fullScopeAllowed) return user.roles
  return user.roles.filter(({ id }) => client.scopeRoleIds.has(id) || scopes.some((scope) => scope.roleIds.has(id)))
}

/** The same roles as tokens name them. */
export function tokenRoles(roles: readonly Role[]): TokenRoles {
  const realm = new Set<string>()
  const client = new Map<string, Set<string>>()
  for (const { name, clientId } of roles) {
    const names = clientId === undefined ? realm : client.get(clientId)
    if (names) names.add(name)
    else if (clientId !== undefined) client.set(clientId, new Set([name]))
  }
  return { realm, client }
}

/** A scope that is mapped to roles applies only to users who have one of them, composites expanded on both sides (reference behaviour). */
export function permittedScopes(resolved: ResolvedScopes, user: UserFacts): ResolvedScopes {
  if (resolved.scopes.every((scope) => isPermitted(scope, user))) return resolved
  const permitted = resolved.scopes.filter((scope) => isPermitted(scope, user))
  return resolvedScopes(resolved.client, permitted, resolved.openid)
}

const isPermitted = ({ roleIds }: ClientScope, { roles }: UserFacts): boolean =>
  roleIds.size === 0 || roles.some((role) => roleIds.has(role.id))

/**
 * The scopes of a `scope` parameter: the client's default ones, and of its optional ones those that are named. `invalid` has the names that
 * are neither, nor `openid`. A name may be repeated and blanks may follow, but an empty parameter, a blank before a name and two blanks
 * between names are an empty name, which is invalid (reference behaviour). Without a parameter there are the default scopes.
 */
export function resolveScopes(client: Client, parameter: string | undefined): ResolvedScopes | { readonly invalid: readonly string[] } {
  const catalog = client.derived(scopeCatalog)
  const known = catalog.resolved.get(parameter ?? noNames)
  if (known) return known
  const names = parameter === undefined ? [] : scopeNames(parameter)
  const invalid = names.filter((name) => name !== 'openid' && catalog.named(name) === undefined)
  if (invalid.length > 0) return { invalid }
  const resolved = select(client, catalog, names)
  if ((parameter ?? '').length <= scopeLimits.parameterLengthMax) catalog.resolved.set(parameter ?? noNames, resolved)
  return resolved
}

/** The scopes that a token's `scope` claim stands for. Names that the client has no more are left out. */
export function scopesOfToken(client: Client, claim: string): ResolvedScopes {
  const resolved = resolveScopes(client, claim === '' ? undefined : claim)
  return 'invalid' in resolved ? select(client, client.derived(scopeCatalog), claim.split(' ')) : resolved
}

/** The text of the `scope` claim and of the response's `scope`: `openid` first, then the scopes that are to be told, in the reference's order. */
export function scopeClaim({ openid, scopes }: ResolvedScopes): string {
  let text = openid ? 'openid' : ''
  for (const { name, attributes } of scopes) {
    if ((attributes['include.in.token.scope'] ?? 'true') === 'true') text += text === '' ? name : ` ${name}`
  }
  return text
}

/** A parameter that says the same as none. */
const noNames = ' '

/** Trailing blanks make no names; an empty parameter is one empty name. */
function scopeNames(parameter: string): string[] {
  if (parameter === '') return ['']
  const names = parameter.split(' ')
  while (names.at(-1) === '') names.pop()
  return names
}

interface ScopeCatalog {
  readonly defaults: readonly ClientScope[]
  /** What a request may name; undefined for names that bring nothing. */
  readonly named: (name: string) => readonly ClientScope[] | undefined
  readonly resolved: ReturnType<typeof boundedMap<string, ResolvedScopes>>
}

const nothing: readonly ClientScope[] = []

/** Scopes of another protocol may be assigned to a client; they do not count. */
function scopeCatalog(client: Client): ScopeCatalog {
  const ours = (scope: ClientScope): boolean => scope.protocol === client.protocol
  const defaults = hashOrder(client.defaultScopes.filter(ours), (scope) => scope.name)
  const optional = client.optionalScopes.filter(ours)
  const byName = new Map<string, readonly ClientScope[]>(optional.map((scope) => [scope.name, [scope]]))
  for (const { name } of defaults) byName.set(name, nothing)
  const organizations = new Set([...defaults, ...optional].filter(asksForOrganizations).map((scope) => scope.name))
  for (const name of organizations) byName.set(name, nothing)
  return {
    defaults,
    named: (name) => byName.get(name) ?? (organizations.has(name.slice(0, name.indexOf(':'))) ? nothing : undefined),
    resolved: boundedMap(scopeLimits.parametersMax),
  }
}

/**
 * A scope with this mapper can be asked for as `name`, `name:*` and `name:alias`. Realms without organizations accept the request and grant
 * nothing (reference behaviour).
 */
const asksForOrganizations = ({ mappers }: ClientScope): boolean =>
  mappers.some((mapper) => mapper.protocolMapper === 'oidc-organization-membership-mapper')

function select(client: Client, { defaults, named }: ScopeCatalog, names: readonly string[]): ResolvedScopes {
  const requested = names.flatMap((name) => named(name) ?? nothing)
  return resolvedScopes(client, [...new Set([...requested, ...defaults])], names.includes('openid'))
}

/** The client takes part in the order, since the reference keeps it in the same set. */
function resolvedScopes(client: Client, scopes: readonly ClientScope[], openid: boolean): ResolvedScopes {
  const ordered = hashOrder<ClientScope | Client>([...scopes, client], ({ id }) => id).filter(
    (member) => member !== client,
  ) as ClientScope[]
  return Object.freeze({ client, scopes: ordered, openid, key: ordered.map(({ id }) => id).join(' ') })
}
