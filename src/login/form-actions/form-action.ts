/**
 * Form actions: what a registration form asks for and checks together, one file each, named by the reference's provider id, and a line
 * in the array of index.ts. They may call users and storage; the form itself is ../authenticators/registration-page-form.ts.
 */
import type { Form } from '../../http/parameters.ts'
import type { UserRow } from '../../storage/users.ts'
import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import type { ProfileValues } from '../../users/profile.ts'
import type { Requirement } from '../authenticator.ts'
import type { Problem } from '../pages/page.ts'
import type { Step } from '../step.ts'

/** What somebody sent to get an account. */
export interface Registration {
  readonly step: Step
  readonly form: Form
  /** The profile that was filled in. */
  readonly profile: ProfileValues
  /** The configuration of the form action. */
  readonly config: Readonly<Record<string, string>>
}

/** What is wrong, by the field it belongs to; the empty name is the whole page. */
export interface FieldProblem {
  readonly field: string
  readonly problem: Problem
  /** The audit event's error. */
  readonly error: string
}

export interface FormAction {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly requirements: readonly Requirement[]
  readonly properties: readonly ConfigProperty[]
  /** All actions of a form check before anything is written. */
  validate(registration: Registration): Promise<readonly FieldProblem[]>
  /** What the new user owes from the beginning. */
  requiredActions?(registration: Registration): readonly string[]
  /** Runs when the user is there. */
  apply?(registration: Registration, user: UserRow): Promise<void>
}

/** Requirements that a form action may have. */
export const formActionRequirements: readonly Requirement[] = Object.freeze(['REQUIRED', 'DISABLED'])
