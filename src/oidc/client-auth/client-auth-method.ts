import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { Form } from '../../http/parameters.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'
import type { Sql } from '../../storage/sql.ts'
import type { ClientKeys } from './client-keys.ts'

/** What a request offers to prove which client it comes from. */
export interface Presented {
  readonly clientId: string
  /** Undefined when the client named itself and nothing more. */
  readonly secret: string | undefined
}

export interface ClientAuthContext {
  readonly realm: RealmSnapshot
  readonly clock: Clock
  readonly sql: Sql
  readonly keys: ClientKeys
  /** The realm's issuer as this request sees it. */
  readonly issuer: string
  readonly form: Form
  /** Of the audit event. */
  readonly details: Record<string, string | undefined>
}

/** One way in which clients authenticate. The id is the client's `clientAuthenticatorType`. */
export interface ClientAuthMethod {
  readonly id: string
  /** Names for `token_endpoint_auth_methods_supported`. */
  readonly methods: readonly string[]
  /** Undefined when the request does not use this method. Throws OAuthError when it does so in a broken way. */
  present(headers: IncomingHttpHeaders, form: Form): Presented | undefined
  /** Throws OAuthError when the proof is wrong. */
  verify(presented: Presented, client: Client, context: ClientAuthContext): Promise<void>
}
