import type { Events } from '../events/events.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { TransferParts } from '../transfer/import-realm.ts'

/** What the Admin API needs. */
export interface AdminServices extends TransferParts {
  readonly sessions: Sessions
  readonly events: Events
}
