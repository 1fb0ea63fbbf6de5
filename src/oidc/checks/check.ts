/**
 * Checks of an authorization request, one file each; table.ts says which endpoint makes which, in what order. A check throws: PageError
 * while the client or its redirect URI cannot be trusted, OAuthError for the application after that. Not here: what follows from a good
 * request. May call tokens for scopes.
 */
import type { Client, RealmSnapshot } from '../../realm/model.ts'
import type { FlowPath } from '../../sessions/authentication-session.ts'
import type { ResponseMode } from '../response-modes/response-mode.ts'
import type { ResponseType } from '../response-type.ts'

/** An authorization request, read once. Nothing in it has been checked but that its client exists. */
export interface AuthorizationRequest {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly flowPath: FlowPath
  /** True for one that the client has pushed. */
  readonly pushed: boolean
  /** `access_type` where it counts: in the realm of /oauth2. Undefined without it, and everywhere else. */
  readonly accessType: string | undefined
  /** A parameter's first value; undefined when it is absent or longer than what is kept. */
  get(name: string): string | undefined
  /** The name of a parameter that came more than once. */
  readonly repeated: string | undefined
  /** Where the answer goes; undefined when what was sent is not allowed. */
  readonly redirectUri: string | undefined
  /** Undefined when it is missing or unknown. */
  readonly responseType: ResponseType | undefined
  /** Undefined when an unknown one was named. */
  readonly responseMode: ResponseMode | undefined
}

export interface Check {
  readonly name: string
  /** What the audit event of a request that fails here, or later, tells of it. */
  details?(request: AuthorizationRequest): Readonly<Record<string, string | undefined>>
  run(request: AuthorizationRequest): void
}
