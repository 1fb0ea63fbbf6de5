import { HashQueueFull } from '../../crypto/hash-queue.ts'
import type { Form } from '../../http/parameters.ts'
import type { FlowExecution } from '../../realm/model.ts'
import type { UserRow } from '../../storage/users.ts'
import { createUser, removeUser } from '../../users/accounts.ts'
import { type ProfileValues, profileMetadata } from '../../users/profile.ts'
import { accountParts } from '../account-parts.ts'
import { report } from '../audit.ts'
import type { Authenticator } from '../authenticator.ts'
import type { FieldProblem, FormAction, Registration } from '../form-actions/form-action.ts'
import { findFormAction } from '../form-actions/index.ts'
import { organizationInvitationAction } from '../form-actions/organization-invitation.ts'
import { asksPassword, registrationPasswordAction } from '../form-actions/registration-password-action.ts'
import { registrationTermsAndConditions } from '../form-actions/registration-terms-and-conditions.ts'
import { profileProblem, registrationUserCreation } from '../form-actions/registration-user-creation.ts'
import { notedInvitation } from '../noted-invitation.ts'
import { reauthenticationNote } from '../notes.ts'
import { registerPage } from '../pages/register.ts'
import { loginScopes, profileFieldsOf, readProfile } from '../profile-form.ts'
import type { Step, StepResult } from '../step.ts'

interface Part {
  readonly action: FormAction
  readonly config: Readonly<Record<string, string>>
}

/** The form actions of the form, in the flow's order. One that is not known makes the form unusable: what it would check is not checked. */
async function partsOf({ realm, execution, session }: Step): Promise<Part[] | undefined> {
  const { flow } = await realm.authentication()
  const registration = flow(realm.settings.registrationFlow ?? 'registration')
  const alias = findForm(registration?.executions ?? [], execution)?.flowAlias
  const enabled = (alias === undefined ? [] : (flow(alias)?.executions ?? [])).filter(({ requirement }) => requirement === 'REQUIRED')
  const parts = enabled.flatMap(({ authenticator, config }) => {
    const action = findFormAction(authenticator ?? '')
    return action === undefined ? [] : [{ action, config }]
  })
  const invited = notedInvitation(session) === undefined ? [] : [{ action: organizationInvitationAction, config: {} }]
  return parts.length === enabled.length ? [...parts, ...invited] : undefined
}

const findForm = (executions: readonly FlowExecution[], id: string): FlowExecution | undefined =>
  executions.find((execution) => execution.id === id)

const partOf = (parts: readonly Part[], { id }: FormAction): Part | undefined => parts.find(({ action }) => action.id === id)

function challenge(step: Step, parts: readonly Part[], entered: ProfileValues, problems: readonly FieldProblem[]): StepResult {
  const problemOf = (field: string) => problems.find((problem) => problem.field === field)?.problem
  const whole = problemOf('')
  const fields = profileFieldsOf(step, { context: 'registration', values: entered, before: undefined })
    .filter(({ name, readOnly }) => !readOnly && !(name === 'username' && step.realm.settings.registrationEmailAsUsername))
    .map((field) => ({ ...field, problem: problemOf(field.name) }))
  const password = partOf(parts, registrationPasswordAction)
  return {
    kind: 'challenge',
    page: registerPage({
      actionUrl: step.actionUrl,
      loginUrl: step.link('authenticate'),
      fields,
      organization: notedInvitation(step.session)?.organization,
      password:
        password !== undefined && asksPassword(step, password.config)
          ? { problem: problemOf('password'), confirmProblem: problemOf('password-confirm') }
          : undefined,
      terms: partOf(parts, registrationTermsAndConditions) && { problem: problemOf('termsAccepted') },
      ...(whole === undefined ? {} : { message: { kind: 'error' as const, ...(typeof whole === 'string' ? { key: whole } : whole) } }),
    }),
  }
}

const one = (profile: ProfileValues, name: string): string | undefined => profile[name]?.[0] || undefined

function noteDetails(step: Step, profile: ProfileValues): void {
  const { details, realm } = step
  details['register_method'] = 'form'
  details['email'] = one(profile, 'email')
  details['username'] = realm.settings.registrationEmailAsUsername ? one(profile, 'email') : one(profile, 'username')
  details['first_name'] = one(profile, 'firstName')
  details['last_name'] = one(profile, 'lastName')
}

/** Who is invited to an organization makes an account in every realm. */
const mayRegister = ({ realm, session }: Step): boolean =>
  realm.settings.registrationAllowed === true || notedInvitation(session) !== undefined

/** The registration form. The engine sees one execution; the actions of the form-flow below it check together. */
export const registrationForm: Authenticator = {
  id: 'registration-page-form',
  label: 'Registration Page',
  help: 'This is the controller for the registration page',
  category: undefined,
  requirements: ['REQUIRED', 'DISABLED'],
  properties: [],
  needsUser: false,
  async start(step): Promise<StepResult> {
    const parts = await partsOf(step)
    if (parts === undefined) return { kind: 'failure', error: 'invalid_registration' }
    const hint = step.session.request['login_hint']
    const isAddress = step.realm.settings.registrationEmailAsUsername === true || notedInvitation(step.session) !== undefined
    const named = isAddress ? 'email' : 'username'
    return challenge(step, parts, hint === undefined ? {} : { [named]: [hint] }, [])
  },
  async submit(step, form: Form): Promise<StepResult> {
    const parts = await partsOf(step)
    if (parts === undefined || !mayRegister(step)) return { kind: 'failure', error: 'invalid_registration' }
    const { attributes = [] } = profileMetadata(step.realm, { context: 'registration', scopes: loginScopes(step), before: undefined })
    const profile = readProfile(
      step,
      attributes.flatMap(({ name, readOnly }) => (name === undefined || readOnly ? [] : [name])),
    )
    noteDetails(step, profile)
    const registrations = parts.map(({ action, config }) => ({ action, registration: { step, form, profile, config } }))
    const problems = (await Promise.all(registrations.map(({ action, registration }) => action.validate(registration)))).flat()
    if (problems.length > 0) return refuse(step, parts, profile, problems)
    const made = await make(step, profile, registrations)
    if ('problems' in made) return refuse(step, parts, profile, made.problems)
    welcome(step, made.user)
    return { kind: 'success' }
  },
}

function refuse(step: Step, parts: readonly Part[], profile: ProfileValues, problems: readonly FieldProblem[]): StepResult {
  // A name that is taken is what administrators look for; of several faults the event tells that one.
  const told = problems.find(({ error }) => error.endsWith('_in_use')) ?? problems[0]
  report(step, 'REGISTER', { error: told?.error ?? 'invalid_registration' })
  return challenge(step, parts, profile, problems)
}

type Made = { readonly user: UserRow } | { readonly problems: readonly FieldProblem[] }

async function make(
  step: Step,
  profile: ProfileValues,
  registrations: readonly { readonly action: FormAction; readonly registration: Registration }[],
): Promise<Made> {
  const { realm, services } = step
  if (!registrations.some(({ action }) => action.id === registrationUserCreation.id)) return { problems: [failed] }
  const accounts = accountParts(services)
  const requiredActions = registrations.flatMap(({ action, registration }) => action.requiredActions?.(registration) ?? [])
  const account = { context: 'registration', values: profile, scopes: loginScopes(step), requiredActions } as const
  const result = await createUser(accounts, realm, account)
  if (result.kind === 'refused') return { problems: result.errors.map(profileProblem) }
  try {
    for (const { action, registration } of registrations) await action.apply?.(registration, result.user)
    return { user: result.user }
  } catch (error) {
    // A user without the password that was typed would be a name that is taken, by nobody who could come in.
    await removeUser(accounts, realm, result.user)
    if (error instanceof HashQueueFull) return { problems: [failed] }
    throw error
  }
}

const failed: FieldProblem = { field: '', problem: 'internalServerError', error: 'invalid_registration' }

/** The new user is who logs in here now. */
function welcome(step: Step, user: UserRow): void {
  delete step.session.notes[reauthenticationNote]
  step.identify(user)
  report(step, 'REGISTER')
}
