import type { UserRow } from '../../storage/users.ts'
import { storedValues, updateUser } from '../../users/accounts.ts'
import { type ProfileError, type ProfileValues, profileMetadata, profileValuesOf, validateProfile } from '../../users/profile.ts'
import { accountParts } from '../account-parts.ts'
import { reportAction } from '../audit.ts'
import { updateProfilePage } from '../pages/login-update-profile.ts'
import type { Message } from '../pages/page.ts'
import { loginScopes, profileFieldsOf, readProfile } from '../profile-form.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { isAskedFor, isCancelled, maxAuthAge, maxAuthAgeSeconds } from './required-action-properties.ts'

interface Shown {
  readonly before: ProfileValues
  /** What the user typed. */
  readonly entered?: ProfileValues
  readonly errors?: readonly ProfileError[]
  readonly message?: Message | undefined
}

/** Where an action of its own changes the e-mail address, the profile does not show it (reference behaviour). */
async function hidesEmail({ realm }: Step): Promise<boolean> {
  const { requiredActions } = await realm.authentication()
  return requiredActions.some(({ alias, enabled }) => alias === 'UPDATE_EMAIL' && enabled)
}

async function challenge(step: Step, { before, entered, errors = [], message }: Shown): Promise<ActionResult> {
  const withoutEmail = await hidesEmail(step)
  const all = profileFieldsOf(step, { context: 'user', values: { ...before, ...entered }, before, errors })
  // A name that may not be changed is no field: the user sees it where he logs in.
  const fields = all.filter(({ name, readOnly }) => !(name === 'email' && withoutEmail) && !(name === 'username' && readOnly))
  return { kind: 'challenge', page: updateProfilePage({ actionUrl: step.actionUrl, cancellable: isAskedFor(step), fields, message }) }
}

/** The attributes that the form let the user change. */
async function editableNames(step: Step, before: ProfileValues): Promise<string[]> {
  const withoutEmail = await hidesEmail(step)
  const { attributes = [] } = profileMetadata(step.realm, { context: 'user', scopes: loginScopes(step), before })
  return attributes.flatMap(({ name, readOnly }) => (name === undefined || readOnly || (name === 'email' && withoutEmail) ? [] : [name]))
}

/** What changed, in the words of the reference's event. */
export function changeDetails(before: ProfileValues, after: ProfileValues): Record<string, string> {
  const words: Readonly<Record<string, string>> = { firstName: 'first_name', lastName: 'last_name', email: 'email', username: 'username' }
  return Object.fromEntries(
    Object.keys({ ...before, ...after }).flatMap((name) => {
      const [old, now] = [before[name]?.join(','), after[name]?.join(',')]
      if (old === now) return []
      const word = words[name] ?? name
      return [...(old ? [[`previous_${word}`, old] as const] : []), ...(now ? [[`updated_${word}`, now] as const] : [])]
    }),
  )
}

async function submit(step: Step, user: UserRow): Promise<ActionResult> {
  const { realm, services } = step
  const before = await storedValues(services.database, user)
  const entered = readProfile(step, await editableNames(step, before))
  const result = await updateUser(accountParts(services), realm, user, {
    context: 'user',
    values: entered,
    scopes: loginScopes(step),
  })
  if (result.kind === 'refused') return challenge(step, { before, entered, errors: result.errors })
  step.identify(result.user)
  const after = await storedValues(services.database, result.user)
  reportAction(step, 'UPDATE_PROFILE', { details: { context: 'UPDATE_PROFILE', ...changeDetails(before, after) } })
  return { kind: 'done' }
}

/** The profile form; asked for by an administrator or an application. */
export const updateProfile: RequiredAction = {
  alias: 'UPDATE_PROFILE',
  label: 'Update Profile',
  properties: [maxAuthAge],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  async start(step): Promise<ActionResult> {
    const user = await step.user()
    if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
    const message: Message | undefined = isAskedFor(step) ? undefined : { kind: 'warning', key: 'updateProfileMessage' }
    return challenge(step, { before: await storedValues(step.services.database, user), message })
  },
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const user = await step.user()
    return user === undefined ? { kind: 'failure', error: 'user_not_found' } : submit(step, user)
  },
}

/** What is wrong with the profile as it is stored. */
const faultsOf = (step: Step, before: ProfileValues): readonly ProfileError[] =>
  validateProfile(step.realm, { context: 'user', values: {}, before, scopes: loginScopes(step) }).errors

/** The same form, when the stored profile does not fit the realm's rules; it says at once what is wrong. */
export const verifyProfile: RequiredAction = {
  alias: 'VERIFY_PROFILE',
  label: 'Verify Profile',
  properties: [maxAuthAge],
  applicationMayAsk: false,
  async isDue(step) {
    const facts = await step.facts()
    return facts !== undefined && faultsOf(step, profileValuesOf(facts)).length > 0
  },
  async start(step): Promise<ActionResult> {
    const user = await step.user()
    if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
    const before = await storedValues(step.services.database, user)
    const errors = faultsOf(step, before)
    if (errors.length === 0) return { kind: 'done' }
    const fieldsToUpdate = [...new Set(errors.map(({ field }) => field))].join(',')
    reportAction(step, 'VERIFY_PROFILE', { details: { fields_to_update: fieldsToUpdate } })
    return challenge(step, { before, errors })
  },
  async submit(step): Promise<ActionResult> {
    const user = await step.user()
    return user === undefined ? { kind: 'failure', error: 'user_not_found' } : submit(step, user)
  },
}
