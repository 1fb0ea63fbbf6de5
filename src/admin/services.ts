import type { BruteForce } from '../brute-force/brute-force.ts'
import type { Mailer } from '../email/mailer.ts'
import type { Events } from '../events/events.ts'
import type { HttpClient } from '../http/client.ts'
import type { LogoutServices } from '../sessions/logout.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { TransferParts } from '../transfer/import-realm.ts'
import type { Consents } from '../users/consents.ts'
import type { Blacklists } from '../users/password-policy/blacklists.ts'
import type { RealmTexts } from './realms/realm-list.ts'

/** What the Admin API needs. */
export interface AdminServices extends TransferParts, Pick<LogoutServices, 'clientLogout'> {
  readonly sessions: Sessions
  readonly events: Events
  readonly blacklists: Blacklists
  readonly bruteForce: BruteForce
  readonly consents: Consents
  readonly mailer: Mailer
  /** For addresses that administrators give: they may be inside of the network. */
  readonly http: HttpClient
  readonly realmTexts: RealmTexts
}
