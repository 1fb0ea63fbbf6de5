import { userChanges } from '../../storage/user-changes.ts'
import { users } from '../../storage/users.ts'
import { reportAction } from '../audit.ts'
import { requestedLocale } from '../locale.ts'
import { localeNote } from '../notes.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { maxAuthAge } from './required-action-properties.ts'

/** The language that the user chose on a page of this login, when it is not the one that is kept already. */
async function newLocale(step: Step): Promise<string | undefined> {
  const { realm, request, session, services } = step
  const chosen = requestedLocale(realm, request) ?? session.notes[localeNote]
  if (chosen === undefined || session.userId === undefined || !realm.settings.internationalizationEnabled) return undefined
  const kept = (await users(services.database).attributesOf([session.userId])).find(({ name }) => name === 'locale')
  return kept?.value === chosen ? undefined : chosen
}

/** Keeps the language that was chosen while logging in. Asks nothing. */
export const updateUserLocale: RequiredAction = {
  alias: 'update_user_locale',
  label: 'Update User Locale',
  properties: [maxAuthAge],
  applicationMayAsk: false,
  isDue: async (step) => (await newLocale(step)) !== undefined,
  async start(step): Promise<ActionResult> {
    const locale = await newLocale(step)
    const { userId } = step.session
    if (locale !== undefined && userId !== undefined) {
      await step.services.database.transaction((tx) => userChanges(tx).setAttribute(userId, 'locale', [locale]))
      reportAction(step, 'UPDATE_PROFILE', { details: { updated_locale: locale } })
    }
    return { kind: 'done' }
  },
  submit: async () => ({ kind: 'done' }),
}
