import { users } from '../storage/users.ts'
import { chooseLocale, requestedLocale } from './locale.ts'
import { localeNote } from './notes.ts'
import type { Step } from './step.ts'

/** The language of what a login writes to its user: as that of its pages. */
export async function loginLocale(step: Pick<Step, 'realm' | 'request' | 'session' | 'services'>): Promise<string> {
  const { realm, request, session, services } = step
  const { userId } = session
  const isChosen = realm.settings.internationalizationEnabled === true && userId !== undefined
  const own = isChosen ? await users(services.database).attributesOf([userId]) : []
  return chooseLocale(realm, {
    request,
    chosen: requestedLocale(realm, request) ?? session.notes[localeNote],
    userLocale: own.find(({ name }) => name === 'locale')?.value,
    uiLocales: session.request['ui_locales'],
  })
}
