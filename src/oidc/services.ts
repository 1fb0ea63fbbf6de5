import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import type { Events } from '../events/events.ts'
import type { Realms } from '../realm/realms.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Users } from '../users/users.ts'

/** What the protocol endpoints need. */
export interface OidcServices {
  readonly realms: Realms
  readonly users: Users
  readonly sessions: Sessions
  readonly events: Events
  readonly clock: Clock
  readonly random: Random
}
