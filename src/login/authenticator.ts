import type { Form } from '../http/parameters.ts'
import type { ConfigProperty } from '../tokens/protocol-mapper.ts'
import type { Step, StepResult } from './step.ts'

export type Requirement = 'REQUIRED' | 'ALTERNATIVE' | 'DISABLED' | 'CONDITIONAL'

/** One kind of execution in a flow. One file each in authenticators/; the id is the reference's provider id. */
export interface Authenticator {
  readonly id: string
  readonly label: string
  readonly help: string
  /** The reference's reference category (`password`, `otp` …): what amr and the credential choice go by. */
  readonly category: string | undefined
  readonly requirements: readonly Requirement[]
  /** The type of credential that it checks: users choose among ways to log in by what they have. Absent: none of their own. */
  readonly credentialType?: string
  readonly properties: readonly ConfigProperty[]
  /** True when it asks something of a user who must be known before. */
  readonly needsUser: boolean
  /** Only for conditions: inside a CONDITIONAL sub-flow they decide and never show a page. */
  readonly condition?: (step: Step) => Promise<boolean>
  /** Only for conditions: told when the CONDITIONAL sub-flow around it has succeeded. */
  readonly subFlowSucceeded?: (step: Step) => Promise<void>
  /** False when the user has not set up what this needs. Absent: nothing to set up. */
  configuredFor?(step: Step): Promise<boolean>
  /** The required action by which a user sets up what this needs (CONFIGURE_TOTP …). */
  readonly setupAction?: string
  /** Called when the engine comes to the execution. */
  start(step: Step): Promise<StepResult>
  /** Called with what the page of the execution sent. */
  submit?(step: Step, form: Form): Promise<StepResult>
}
