import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { Random } from '../crypto/random.ts'
import type { Themes } from '../login/themes.ts'
import type { Realms } from '../realm/realms.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Database } from '../storage/sql.ts'
import type { Users } from '../users/users.ts'
import type { ConsoleFolder } from './files.ts'

/** What the consoles' pages need. */
export interface ConsoleServices {
  readonly database: Database
  readonly realms: Realms
  readonly sessions: Sessions
  readonly users: Users
  readonly clock: Clock
  readonly random: Random
  readonly passwords: PasswordHasher
  readonly themes: Themes
  readonly consoles: ConsoleFolder
}
