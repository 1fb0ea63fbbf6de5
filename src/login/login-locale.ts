import { users } from '../storage/users.ts'
import { chooseLocale, matchLocale, requestedLocale } from './locale.ts'
import { localeNote } from './notes.ts'
import type { Step } from './step.ts'

type LocaleStep = Pick<Step, 'realm' | 'request' | 'session' | 'services'>

/** The language that the user has set for himself, where the realm speaks more than one. */
async function ownLocale({ realm, session: { userId }, services }: LocaleStep): Promise<string | undefined> {
  if (realm.settings.internationalizationEnabled !== true || userId === undefined) return undefined
  const attributes = await users(services.database).attributesOf([userId])
  return attributes.find(({ name }) => name === 'locale')?.value
}

/** The language of what a login writes to its user: as that of its pages. */
export async function loginLocale(step: LocaleStep): Promise<string> {
  const { realm, request, session } = step
  return chooseLocale(realm, {
    request,
    chosen: requestedLocale(realm, request) ?? session.notes[localeNote],
    userLocale: await ownLocale(step),
    uiLocales: session.request['ui_locales'],
  })
}

/** The user's own language, if the realm has it: the browser keeps it for pages that know nobody yet. */
export const lastingLocale = async (step: LocaleStep): Promise<string | undefined> =>
  matchLocale(step.realm.settings.supportedLocales ?? [], (await ownLocale(step)) ?? '')
