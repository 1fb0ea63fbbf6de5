import type { ClientRepresentation } from '../representations/client.ts'
import type { ClientScopeRepresentation, ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import type { ComponentRepresentation } from '../representations/component.ts'
import type { RealmRepresentation } from '../representations/realm.ts'

/** A role as tokens need it. */
export interface Role {
  readonly id: string
  readonly name: string
  /** The clientId of the client that has the role; undefined for realm roles. */
  readonly clientId: string | undefined
}

export interface ClientScope {
  readonly id: string
  readonly name: string
  readonly protocol: string
  readonly attributes: Readonly<Record<string, string>>
  readonly mappers: readonly ProtocolMapperRepresentation[]
  /** Ids of the roles mapped to the scope, composites expanded. Empty: the scope is open to everybody. */
  readonly roleIds: ReadonlySet<string>
  /** Ids of the roles mapped to the scope as they were written. */
  readonly directRoleIds: readonly string[]
  /** True when it can be asked for as `name`, `name:*` and `name:alias`, and the realm has organizations. */
  readonly organizations: boolean
  readonly doc: Readonly<ClientScopeRepresentation>
}

export interface Client {
  readonly id: string
  readonly clientId: string
  readonly enabled: boolean
  readonly protocol: string
  readonly publicClient: boolean
  readonly bearerOnly: boolean
  readonly fullScopeAllowed: boolean
  readonly secret: string | undefined
  readonly attributes: Readonly<Record<string, string>>
  readonly mappers: readonly ProtocolMapperRepresentation[]
  readonly defaultScopes: readonly ClientScope[]
  readonly optionalScopes: readonly ClientScope[]
  /** Ids of the client's own roles and of its scope mappings, composites expanded. Only read when full scope is not allowed. */
  readonly scopeRoleIds: ReadonlySet<string>
  readonly doc: Readonly<ClientRepresentation>
  /** Computed once per loaded client: compiled mappers, parsed redirect URIs. */
  derived<V>(build: (client: Client) => V): V
}

/** The scopes of one token request. Order: the client itself, default scopes, requested optional scopes. */
export interface ResolvedScopes {
  readonly client: Client
  readonly scopes: readonly ClientScope[]
  /** True when the request names `openid`. */
  readonly openid: boolean
  /** Identifies the set within the client: the key of compiled mapper plans. */
  readonly key: string
  /** Which organizations the request asks about; undefined when it has no such scope. */
  readonly organizations: OrganizationRequest | undefined
}

/** `any`: the one organization of the user; `all` of them; `some`: those of the names. */
export interface OrganizationRequest {
  readonly kind: 'any' | 'all' | 'some'
  /** The id of the scope by which is asked. */
  readonly scopeId: string
  /** As they are asked for and told: `organization`, `organization:*`, `organization:acme`. */
  readonly names: readonly string[]
  /** Of `some`. */
  readonly aliases: readonly string[]
}

/** One step of a flow: an authenticator or a sub-flow. */
export interface FlowExecution {
  readonly id: string
  /** The authenticator's id; undefined for a sub-flow. */
  readonly authenticator: string | undefined
  /** The sub-flow's alias. */
  readonly flowAlias: string | undefined
  readonly requirement: string
  readonly priority: number
  readonly config: Readonly<Record<string, string>>
}

export interface AuthenticationFlow {
  readonly id: string
  readonly alias: string
  /** `basic-flow`, `form-flow`, `client-flow`. */
  readonly providerId: string
  /** By priority. */
  readonly executions: readonly FlowExecution[]
}

export interface RequiredActionSettings {
  readonly alias: string
  readonly name: string
  readonly enabled: boolean
  /** Given to every new user. */
  readonly defaultAction: boolean
  readonly config: Readonly<Record<string, string>>
}

/** How people log in to a realm: its flows as data. */
export interface RealmAuthentication {
  flow(alias: string): AuthenticationFlow | undefined
  flowById(id: string): AuthenticationFlow | undefined
  /** All of the realm's, sub-flows too. */
  readonly flows: readonly AuthenticationFlow[]
  /** By priority. */
  readonly requiredActions: readonly RequiredActionSettings[]
}

/** One realm at one revision: frozen, and replaced as a whole after an admin write. */
export interface RealmSnapshot {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly enabled: boolean
  /** The realm's own settings; defaults are filled in. Lists of clients, users, roles and so on are not in here. */
  readonly settings: Readonly<RealmRepresentation>
  readonly attributes: Readonly<Record<string, string>>
  readonly defaultRoleId: string
  readonly clientScopes: readonly ClientScope[]
  readonly components: readonly ComponentRepresentation[]
  /** By clientId. Filled on demand: a realm may hold 100,000 clients. */
  client(clientId: string): Promise<Client | undefined>
  /** By internal id. */
  clientById(id: string): Promise<Client | undefined>
  /** The subject of a client's service account with its effective roles; undefined when it has none. */
  serviceAccount(client: Client): Promise<UserFacts | undefined>
  /** Flows and required actions. Read once, when somebody logs in. */
  authentication(): Promise<RealmAuthentication>
  /** Computed once per snapshot: keys, JWKS bytes, discovery bytes. The build function is the key. */
  derived<V>(build: (realm: RealmSnapshot) => V): V
}

/** What tokens need to know of a user. */
export interface UserFacts {
  readonly id: string
  readonly username: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly enabled: boolean
  readonly createdAtMs: number
  readonly notBefore: number
  readonly serviceAccountClientId: string | undefined
  readonly attributes: ReadonlyMap<string, readonly string[]>
  /** Effective roles: direct ones, those of groups and their parents, composites expanded. */
  readonly roles: readonly Role[]
  readonly groups: readonly GroupFacts[]
  /** Aliases of what the user has been told to do at the next login. */
  readonly requiredActions: readonly string[]
  /** Enabled organizations that the user is a member of. */
  readonly organizations: readonly OrganizationFacts[]
}

/** An organization as its members' tokens tell of it. */
export interface OrganizationFacts {
  readonly id: string
  readonly alias: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** Names. */
  readonly domains: readonly string[]
  /** Paths of the organization's groups that the user is in, `/parent/child`. */
  readonly groupPaths: readonly string[]
  /** Effective roles of these groups. They are the user's in this organization alone. */
  readonly roles: readonly Role[]
}

export interface GroupFacts {
  readonly id: string
  readonly name: string
  /** `/parent/child`; a slash in a name is written plainly, as the reference does. */
  readonly path: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** Attributes of the parents, nearest first, for aggregating mappers. */
  readonly parents: readonly GroupFacts[]
}
