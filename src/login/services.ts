import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { Random } from '../crypto/random.ts'
import type { Events } from '../events/events.ts'
import type { Realms } from '../realm/realms.ts'
import type { AuthenticationSessions } from '../sessions/authentication-session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Database } from '../storage/sql.ts'
import type { Users } from '../users/users.ts'
import type { LoginProtocol } from './login-protocol.ts'

/** What logging in needs. */
export interface LoginServices {
  readonly database: Database
  readonly realms: Realms
  readonly users: Users
  readonly sessions: Sessions
  readonly authenticationSessions: AuthenticationSessions
  readonly passwords: PasswordHasher
  readonly events: Events
  readonly clock: Clock
  readonly random: Random
  /** By id: `openid-connect`. */
  readonly protocols: ReadonlyMap<string, LoginProtocol>
}
