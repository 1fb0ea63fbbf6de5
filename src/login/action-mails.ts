import { executeActionsLetter, verifyEmailLetter } from '../email/letters.ts'
import type { MailResult } from '../email/mailer.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { type UserRow, users } from '../storage/users.ts'
import { actionTokenUrl } from './action-links.ts'
import { createActionToken } from './action-tokens.ts'
import type { LoginServices } from './services.ts'

/** What an administrator sends to a user. */
export interface AdminMail {
  readonly realm: RealmSnapshot
  readonly user: UserRow
  /** Where the user goes on afterwards; the client `account` unless the administrator names one. */
  readonly client: Client
  readonly baseUrl: string
  /** The realm's `actionTokenGeneratedByAdminLifespan` unless given. */
  readonly lifespanSeconds?: number
  /** Checked against the client's before it gets here. */
  readonly redirectUri?: string
}

type MailServices = Pick<LoginServices, 'database' | 'clock' | 'random' | 'mailer'>

async function send(
  services: MailServices,
  mail: AdminMail,
  type: 'verify-email' | 'execute-actions',
  actions: readonly string[],
): Promise<MailResult> {
  const { realm, user, client, baseUrl, redirectUri } = mail
  if (!user.email) return { kind: 'failed', failure: 'recipient', reason: 'the user has no e-mail address' }
  const lifespanSeconds = mail.lifespanSeconds ?? realm.settings.actionTokenGeneratedByAdminLifespan ?? 43_200
  const parts = { realm, sql: services.database, clock: services.clock, random: services.random, baseUrl }
  const made = { type, user, client, lifespanSeconds, requiredActions: actions, ...(redirectUri === undefined ? {} : { redirectUri }) }
  const link = actionTokenUrl({ realm, request: { baseUrl } }, await createActionToken(parts, made))
  const attributes = await users(services.database).attributesOf([user.id])
  const to = { email: user.email, locale: attributes.find(({ name }) => name === 'locale')?.value }
  const letter =
    type === 'verify-email'
      ? verifyEmailLetter(realm, to, { link, lifespanSeconds })
      : executeActionsLetter(realm, to, { link, lifespanSeconds, actions })
  return services.mailer.send(realm, letter)
}

/** Asks a user to do required actions (`execute-actions-email` of the Admin API). `actions` are aliases. */
export const mailActions = (services: MailServices, mail: AdminMail, actions: readonly string[]): Promise<MailResult> =>
  send(services, mail, 'execute-actions', actions)

/** Asks a user whether the e-mail address is right (`send-verify-email` of the Admin API). */
export const mailVerification = (services: MailServices, mail: AdminMail): Promise<MailResult> => send(services, mail, 'verify-email', [])
