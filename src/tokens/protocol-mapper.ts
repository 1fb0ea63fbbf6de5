import type { Client, RealmSnapshot, ResolvedScopes, Role, UserFacts } from '../realm/model.ts'

/** The JSON object of a token, of a userinfo or introspection answer, or of a token response. Mutable while it is being made. */
export type Claims = Record<string, unknown>

/** Where a mapper may put its claim. */
export type MapperTarget = 'access' | 'id' | 'userinfo' | 'introspection' | 'response'

/** The session of a token as mappers see it. */
export interface SessionFacts {
  /** Undefined for a transient session. */
  readonly id: string | undefined
  readonly offline: boolean
  /** Notes of the user session: what session note mappers show. */
  readonly notes: ReadonlyMap<string, string>
  /** Notes of the client's part in it: what the request said. */
  readonly clientNotes: ReadonlyMap<string, string>
  /** Seconds since the epoch of the last real authentication; undefined for grants without one. */
  readonly authTime: number | undefined
  readonly acr: string
}

/**
 * The roles that a token may show. Role mappers of the first rounds change it (a hardcoded role, a renamed role), later ones print it.
 * Keys of `client` are clientIds. An empty set is never kept.
 */
export interface TokenRoles {
  readonly realm: Set<string>
  readonly client: Map<string, Set<string>>
}

/** Everything a mapper may look at. */
export interface TokenFacts {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly user: UserFacts
  readonly session: SessionFacts
  readonly scopes: ResolvedScopes
  /** The effective roles that pass the scope filter, as they are named in the model. */
  readonly effectiveRoles: readonly Role[]
  readonly roles: TokenRoles
  /** Base URL of the server, for mappers that build URLs. */
  readonly baseUrl: string
  /** The parsed `claims` parameter of the authorization request (OpenID Connect Core section 5.5), if there was one. */
  readonly claimsRequest: ClaimsRequest | undefined
  /** The client that a requesting party token is for: it is read there, not where it was asked for. */
  readonly resourceServer?: Client | undefined
}

export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, unknown>>
  readonly id_token?: Readonly<Record<string, unknown>>
}

/** One setting of a configurable provider, as the admin console's forms read it (ConfigPropertyRepresentation). */
export interface ConfigProperty {
  readonly name: string
  readonly label?: string
  readonly helpText?: string
  readonly type?: string
  readonly defaultValue?: unknown
  readonly options?: readonly string[]
  readonly secret: boolean
  readonly required: boolean
  readonly readOnly: boolean
}

export type CompiledMapper = (claims: Claims, facts: TokenFacts) => void

/** A protocol mapper type. One file each in `mappers/`; the id is the `protocolMapper` of a mapper's representation. */
export interface ProtocolMapper {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly category: string
  /** Lower runs first. The reference's rounds: 0 plain, 10 role names, 20 hardcoded roles, 30 audience resolve, 40 role lists. */
  readonly priority: number
  /** The targets this type can write to; the switches in its config narrow them. */
  readonly targets: readonly MapperTarget[]
  /** True when it runs for every target whatever the switches say: it changes `facts.roles`, not the claims. */
  readonly always?: boolean
  /** True when a config without the access token and introspection switches counts as having them on; elsewhere a missing switch is off. */
  readonly onUnlessSwitchedOff?: boolean
  readonly properties: readonly ConfigProperty[]
  /** Reads the config once; the result runs for each token and must not throw for odd user data. */
  compile(config: Readonly<Record<string, string>>, target: MapperTarget): CompiledMapper
}
