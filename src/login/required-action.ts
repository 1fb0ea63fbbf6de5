import type { Form } from '../http/parameters.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ConfigProperty } from '../tokens/protocol-mapper.ts'
import type { PageContent } from './pages/page.ts'
import type { Step } from './step.ts'

export type ActionResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'challenge'; readonly page: PageContent; readonly error?: string }
  /** The application asked for the action (kc_action) and the user would rather not. */
  | { readonly kind: 'cancelled' }
  /** Ends the login with this page: nothing comes after it (delete account, an e-mail was sent …). */
  | { readonly kind: 'end'; readonly page: PageContent }
  /** Refuses. `description` is what the application is told, by an action that has told the log itself. */
  | { readonly kind: 'failure'; readonly error: string; readonly description?: string }

/** Something a user must do before a login ends. One file each in required-actions/; the alias is the reference's. */
export interface RequiredAction {
  readonly alias: string
  readonly label: string
  readonly properties: readonly ConfigProperty[]
  /** True when an application may ask for it by `kc_action`. */
  readonly applicationMayAsk: boolean
  /** How old, in seconds, a login may be for an application to ask for it; older ones are asked for the password first. */
  readonly maxAuthAgeSeconds?: number | ((realm: RealmSnapshot) => number)
  /** Adds the action to the login when it is due, for example an expired password. Runs at every login. */
  isDue?(step: Step): Promise<boolean>
  start(step: Step): Promise<ActionResult>
  submit(step: Step, form: Form): Promise<ActionResult>
}
