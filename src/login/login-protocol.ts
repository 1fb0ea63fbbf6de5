import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import type { Session } from '../sessions/session.ts'

/** A login that has come to its end: the user is who he says, owes nothing, has consented. */
export interface FinishedLogin {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly request: HttpRequest
  /** What was asked for: `request`, `redirectUri`, `notes`. It is used up already. */
  readonly asked: AuthenticationSession
  /** The user session with this client's part in it. */
  readonly session: Session
}

/** Why a login ends without a session, in the words of OpenID Connect Core section 3.1.2.6. */
export type LoginFailure =
  | 'login_required'
  | 'interaction_required'
  | 'consent_required'
  | 'access_denied'
  /** This login is over, and the browser is logged in: the application may ask again. */
  | 'temporarily_unavailable'
  | 'server_error'

/** What a protocol does with the end of a login. Declared here, implemented by the protocol's room (oidc, later saml). */
export interface LoginProtocol {
  readonly id: string
  /** What the audit event of a login tells of the answer that was asked for. */
  details(asked: AuthenticationSession): Readonly<Record<string, string>>
  /** The answer to the application. Sets no cookies: the login room adds its own. */
  finish(login: FinishedLogin): Promise<HttpResponse>
  fail(
    login: Pick<FinishedLogin, 'realm' | 'client' | 'request' | 'asked'>,
    failure: LoginFailure,
    description?: string,
  ): Promise<HttpResponse>
}
