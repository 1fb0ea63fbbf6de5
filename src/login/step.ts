import type { OAuthError } from '../http/errors.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import type { CredentialRow } from '../storage/credentials.ts'
import type { UserRow } from '../storage/users.ts'
import type { PageContent } from './pages/page.ts'
import type { LoginServices } from './services.ts'

/** What an authenticator or a required action works with: one execution of one login in one request. */
export interface Step {
  readonly realm: RealmSnapshot
  readonly client: Client
  /** Changed in place and saved once by the engine. */
  readonly session: AuthenticationSession
  readonly request: HttpRequest
  readonly services: LoginServices
  /** The id of the execution, or the alias of the required action. */
  readonly execution: string
  /** The configuration of the execution; empty when it has none. */
  readonly config: Readonly<Record<string, string>>
  /** The user of the login as of now; undefined before somebody is known. */
  user(): Promise<UserRow | undefined>
  /** What else is known of the user: attributes, roles, groups. */
  facts(): Promise<UserFacts | undefined>
  credentials(): Promise<readonly CredentialRow[]>
  /** Says who logs in. `null` forgets. */
  identify(user: UserRow | null): void
  /** Where this step's form posts to, with session_code, execution, client_id, tab_id and client_data. */
  readonly actionUrl: string
  /** A link that leads back into this login by another path below login-actions. */
  link(path: 'authenticate' | 'registration' | 'reset-credentials' | 'restart'): string
  /** For conditions: whether the user has set up what the other executions of the condition's sub-flow need. The engine knows. */
  flowIsConfigured(): Promise<boolean>
  /** Details for the audit event of this login. */
  readonly details: Record<string, string | undefined>
}

/** How an execution ends for now. */
export type StepResult =
  | { readonly kind: 'success' }
  /** Shows a page; the next submit of it comes back to this execution. `error` is the audit event's when something was wrong. */
  | {
      readonly kind: 'challenge'
      readonly page: PageContent
      readonly error?: string
      /** Whom the error is about, where it is not the user of the login. */
      readonly userId?: string | undefined
    }
  /** Sends the browser elsewhere, to come back later. */
  | { readonly kind: 'redirect'; readonly response: HttpResponse }
  /** Had nothing to do here: an alternative may follow. */
  | { readonly kind: 'attempted' }
  /** Refuses. The flow fails unless an alternative succeeds; `page` is shown when it is the end, `oauth` answers a token request. */
  | { readonly kind: 'failure'; readonly error: string; readonly page?: PageContent; readonly oauth?: OAuthError }
