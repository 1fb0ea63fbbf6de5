import { users } from '../storage/users.ts'
import { chooseLocale, requestedLocale } from './locale.ts'
import { localeNote } from './notes.ts'
import type { Step } from './step.ts'

type LocaleStep = Pick<Step, 'realm' | 'request' | 'session' | 'services'>

/** The language that the user has set for himself. */
async function ownLocale({ session: { userId }, services }: LocaleStep): Promise<string | undefined> {
  const attributes = userId === undefined ? [] : await users(services.database).attributesOf([userId])
  return attributes.find(({ name }) => name === 'locale')?.value
}

/** The language of what a login writes to its user: as that of its pages. */
export async function loginLocale(step: LocaleStep): Promise<string> {
  const { realm, request, session } = step
  return chooseLocale(realm, {
    request,
    chosen: requestedLocale(realm, request) ?? session.notes[localeNote],
    userLocale: realm.settings.internationalizationEnabled ? await ownLocale(step) : undefined,
    uiLocales: session.request['ui_locales'],
  })
}

/** What may stand in a cookie as it is. */
const languageTag = /^[\w-]{1,35}$/

/** The user's own language, which the browser keeps for pages that know nobody yet. It need not be one of the realm's (reference behaviour). */
export async function lastingLocale(step: LocaleStep): Promise<string | undefined> {
  const locale = await ownLocale(step)
  return languageTag.test(locale ?? '') ? locale : undefined
}
