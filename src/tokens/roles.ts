import { boundedMap } from '../realm/bounded-map.ts'
import type { Client, ClientScope, OrganizationRequest, ResolvedScopes, Role, UserFacts } from '../realm/model.ts'
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
  const organizations = permittedOrganizations(resolved.organizations, user)
  if (organizations === resolved.organizations && resolved.scopes.every((scope) => isPermitted(scope, user))) return resolved
  const left = organizations === undefined ? resolved.organizations?.scopeId : undefined
  const permitted = resolved.scopes.filter((scope) => scope.id !== left && isPermitted(scope, user))
  return resolvedScopes(resolved.client, permitted, resolved.openid, organizations)
}

/** Nobody is told of organizations that he is no member of, nor that there are none of his (reference behaviour). */
function permittedOrganizations(request: OrganizationRequest | undefined, { organizations }: UserFacts): OrganizationRequest | undefined {
  if (request === undefined || request.kind === 'any') return request
  if (request.kind === 'all') return organizations.length === 0 ? undefined : request
  const own = request.aliases.map((alias) => organizations.some((organization) => organization.alias === alias))
  if (own.every(Boolean)) return request
  const aliases = request.aliases.filter((_, index) => own[index])
  return aliases.length === 0 ? undefined : { ...request, aliases, names: request.names.filter((_, index) => own[index]) }
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
  const mixed = mixesOrganizations(catalog, names) ? names : []
  const invalid = [...mixed, ...names.filter((name) => name !== 'openid' && catalog.named(name) === undefined)]
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
export function scopeClaim({ openid, scopes, organizations }: ResolvedScopes): string {
  let text = openid ? 'openid' : ''
  for (const { id, name, attributes } of scopes) {
    if ((attributes['include.in.token.scope'] ?? 'true') !== 'true') continue
    const told = id === organizations?.scopeId ? organizations.names.join(' ') : name
    text += text === '' ? told : ` ${told}`
  }
  return text
}

/** The names of all scopes, told or not, as a request would name them. */
export const scopeNamesOf = ({ scopes, organizations }: ResolvedScopes): string[] =>
  scopes.flatMap(({ id, name }) => (id === organizations?.scopeId ? organizations.names : [name]))

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
  /** The scope that asks for organizations; undefined when the client or the realm has none. */
  readonly organization: ClientScope | undefined
}

const nothing: readonly ClientScope[] = []

/** Scopes of another protocol may be assigned to a client; they do not count. */
function scopeCatalog(client: Client): ScopeCatalog {
  const ours = (scope: ClientScope): boolean => scope.protocol === client.protocol
  const defaults = hashOrder(client.defaultScopes.filter(ours), (scope) => scope.name)
  const optional = client.optionalScopes.filter(ours)
  const byName = new Map<string, readonly ClientScope[]>(optional.map((scope) => [scope.name, [scope]]))
  for (const { name } of defaults) byName.set(name, nothing)
  const organization = [...defaults, ...optional].find((scope) => scope.organizations)
  const organizations = new Set([...defaults, ...optional].filter(asksForOrganizations).map((scope) => scope.name))
  for (const name of organizations) byName.set(name, nothing)
  return {
    organization,
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

function select(client: Client, catalog: ScopeCatalog, names: readonly string[]): ResolvedScopes {
  const { defaults, named, organization } = catalog
  const requested = names.flatMap((name) => named(name) ?? nothing)
  const asked = organizationRequest(catalog, names)
  const withAsked = asked && organization ? [organization] : nothing
  return resolvedScopes(client, [...new Set([...requested, ...withAsked, ...defaults])], names.includes('openid'), asked)
}

/** The aliases that names ask for: '' for any organization, `*` for all. */
function askedAliases({ organization }: ScopeCatalog, names: readonly string[]): readonly string[] {
  if (organization === undefined) return []
  const { name } = organization
  const asked = names.flatMap((given) => (given === name ? [''] : given.startsWith(`${name}:`) ? [given.slice(name.length + 1)] : []))
  return [...new Set(asked)]
}

/** Any, all or some: a request for organizations is one of them. */
function mixesOrganizations(catalog: ScopeCatalog, names: readonly string[]): boolean {
  const aliases = askedAliases(catalog, names)
  return aliases.length > 1 && (aliases.includes('') || aliases.includes('*'))
}

/** What the names ask for; a scope that comes by itself asks for any. */
function organizationRequest(catalog: ScopeCatalog, names: readonly string[]): OrganizationRequest | undefined {
  const { organization, defaults } = catalog
  if (organization === undefined) return undefined
  const { id: scopeId, name } = organization
  const aliases = askedAliases(catalog, names)
  if (aliases.includes('*')) return { kind: 'all', scopeId, names: [`${name}:*`], aliases: [] }
  if (aliases.length > 0 && !aliases.includes(''))
    return { kind: 'some', scopeId, names: aliases.map((alias) => `${name}:${alias}`), aliases }
  return aliases.length > 0 || defaults.includes(organization) ? { kind: 'any', scopeId, names: [name], aliases: [] } : undefined
}

/** The client takes part in the order, since the reference keeps it in the same set. */
function resolvedScopes(
  client: Client,
  scopes: readonly ClientScope[],
  openid: boolean,
  organizations: OrganizationRequest | undefined,
): ResolvedScopes {
  const ordered = hashOrder<ClientScope | Client>([...scopes, client], ({ id }) => id).filter(
    (member) => member !== client,
  ) as ClientScope[]
  return Object.freeze({ client, scopes: ordered, openid, key: ordered.map(({ id }) => id).join(' '), organizations })
}
