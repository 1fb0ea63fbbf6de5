import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { Random } from '../crypto/random.ts'
import type { Mailer } from '../email/mailer.ts'
import type { Events } from '../events/events.ts'
import type { Realms } from '../realm/realms.ts'
import type { AuthenticationSessions } from '../sessions/authentication-session.ts'
import type { ClientLogout } from '../sessions/logout.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Database } from '../storage/sql.ts'
import type { Consents } from '../users/consents.ts'
import type { LoginGuard } from '../users/login-guard.ts'
import type { Blacklists } from '../users/password-policy/blacklists.ts'
import type { Users } from '../users/users.ts'
import type { LoginProtocol } from './login-protocol.ts'
import type { Themes } from './themes.ts'

/** What logging in needs. */
export interface LoginServices {
  readonly database: Database
  readonly realms: Realms
  readonly users: Users
  /** Watches over failed logins. */
  readonly guard: LoginGuard
  readonly sessions: Sessions
  readonly authenticationSessions: AuthenticationSessions
  readonly consents: Consents
  readonly clientLogout: ClientLogout
  readonly passwords: PasswordHasher
  readonly blacklists: Blacklists
  readonly events: Events
  readonly mailer: Mailer
  readonly themes: Themes
  readonly clock: Clock
  readonly random: Random
  /** By id: `openid-connect`. */
  readonly protocols: ReadonlyMap<string, LoginProtocol>
}
