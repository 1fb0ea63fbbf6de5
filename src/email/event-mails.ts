import type { AuditEvent, EventListener } from '../events/events.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Realms } from '../realm/realms.ts'
import type { Sql } from '../storage/sql.ts'
import { users } from '../storage/users.ts'
import { eventLetter, eventLetterTypes } from './letters.ts'
import type { Mailer } from './mailer.ts'

interface EventMailParts {
  readonly mailer: Mailer
  readonly realms: Pick<Realms, 'find'>
  readonly sql: Sql
}

/** What an event under the old type has told already: one letter is enough. */
const toldBefore: ReadonlySet<string> = new Set(['password', 'otp'])

const isWorthALetter = ({ type, details }: AuditEvent): boolean =>
  eventLetterTypes.includes(type) && !(type.endsWith('_CREDENTIAL') && toldBefore.has(details['credential_type'] ?? ''))

/**
 * The event listener `email` of a realm: writes to users about failed logins, changed passwords and other credentials. Only to verified
 * addresses (reference behaviour): whoever typed an address wrong would tell a stranger.
 */
export function emailListener({ mailer, realms, sql }: EventMailParts): EventListener {
  async function write(realm: RealmSnapshot, event: AuditEvent): Promise<void> {
    const user = event.userId === undefined ? undefined : await users(sql).findById(realm.id, event.userId)
    if (user === undefined || !user.email || user.email_verified !== 1) return
    const attributes = await users(sql).attributesOf([user.id])
    const to = { email: user.email, locale: attributes.find(({ name }) => name === 'locale')?.value }
    const { type, timeMs, ipAddress = '', details } = event
    const letter = eventLetter(realm, to, { type, timeMs, ipAddress, credentialType: details['credential_type'] ?? '' })
    // What becomes of it stands in the log: an event about a letter about an event would go round.
    if (letter !== undefined)
      mailer.post(
        realm,
        async () => letter,
        () => undefined,
      )
  }
  return {
    id: 'email',
    async onEvents(batch) {
      for (const event of batch.filter(isWorthALetter)) {
        const realm = await realms.find(event.realmName)
        if (realm?.settings.eventsListeners?.includes('email')) await write(realm, event)
      }
    },
    onAdminEvents: () => Promise.resolve(),
  }
}
