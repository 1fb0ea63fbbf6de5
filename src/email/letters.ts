import { escapeHtml } from '../http/html.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Letter, Mailer, MailResult } from './mailer.ts'
import { type MailTexts, mailTexts, realmTitle } from './texts.ts'

/** Who is written to, and in which language; the realm's default unless given. */
export interface Recipient {
  readonly email: string
  readonly locale?: string | undefined
}

/** A link and how long it works. */
export interface LinkFacts {
  readonly link: string
  readonly lifespanSeconds: number
}

interface LetterKeys {
  readonly subject: string
  readonly body: string
  readonly bodyHtml?: string
}

function letter(texts: MailTexts, to: string, { subject, body, bodyHtml = `${body}Html` }: LetterKeys, values: readonly string[]): Letter {
  const direction = /^(?:ar|fa|he|ur)\b/.test(texts.locale) ? 'rtl' : 'ltr'
  return {
    to,
    subject: texts.text(subject, ...values),
    text: texts.text(body, ...values),
    html: `<html lang="${escapeHtml(texts.locale)}" dir="${direction}">\n<body>\n${texts.markup(bodyHtml, ...values)}\n</body>\n</html>\n`,
  }
}

/** The values that a text about a link has: link, minutes (or the new address), realm, period, and one more. */
const linkValues = (realm: RealmSnapshot, texts: MailTexts, { link, lifespanSeconds }: LinkFacts, second?: string): string[] => [
  link,
  second ?? String(Math.floor(lifespanSeconds / 60)),
  realmTitle(realm),
  texts.period(lifespanSeconds),
]

/** Asks whether an address belongs to the user. */
export function verifyEmailLetter(realm: RealmSnapshot, to: Recipient, facts: LinkFacts): Letter {
  const texts = mailTexts(realm, to.locale)
  return letter(texts, to.email, { subject: 'emailVerificationSubject', body: 'emailVerificationBody' }, linkValues(realm, texts, facts))
}

/** The way back in for somebody who has forgotten the password. */
export function resetPasswordLetter(realm: RealmSnapshot, to: Recipient, facts: LinkFacts): Letter {
  const texts = mailTexts(realm, to.locale)
  return letter(texts, to.email, { subject: 'passwordResetSubject', body: 'passwordResetBody' }, linkValues(realm, texts, facts))
}

/** An administrator asks for required actions, by their aliases. */
export function executeActionsLetter(
  realm: RealmSnapshot,
  to: Recipient,
  facts: LinkFacts & { readonly actions: readonly string[] },
): Letter {
  const texts = mailTexts(realm, to.locale)
  const names = facts.actions.map((alias) => {
    const name = texts.text(`requiredAction.${alias}`)
    return name === `requiredAction.${alias}` ? alias : name
  })
  const values = [...linkValues(realm, texts, facts), names.join(', ')]
  return letter(texts, to.email, { subject: 'executeActionsSubject', body: 'executeActionsBody' }, values)
}

/** Asks somebody to join an organization; by both names or none. */
export function organizationInviteLetter(
  realm: RealmSnapshot,
  to: Recipient,
  facts: LinkFacts & { readonly organization: string; readonly names: readonly [string, string] | undefined },
): Letter {
  const texts = mailTexts(realm, to.locale)
  const values = [...linkValues(realm, texts, facts, facts.organization), ...(facts.names ?? [])]
  const body = facts.names === undefined ? 'orgInviteBody' : 'orgInviteBodyPersonalized'
  return {
    ...letter(texts, to.email, { subject: 'orgInviteSubject', body }, values),
    subject: texts.text('orgInviteSubject', facts.organization),
  }
}

/** Goes to the new address, which becomes the user's when the link is opened. */
export function emailUpdateConfirmationLetter(realm: RealmSnapshot, to: Recipient, facts: LinkFacts): Letter {
  const texts = mailTexts(realm, to.locale)
  const keys = { subject: 'emailUpdateConfirmationSubject', body: 'emailUpdateConfirmationBody' }
  return letter(texts, to.email, keys, linkValues(realm, texts, facts, to.email))
}

/** What an event letter tells of. */
export interface EventFacts {
  /** `LOGIN_ERROR`, `UPDATE_PASSWORD` … */
  readonly type: string
  readonly timeMs: number
  readonly ipAddress: string
  /** Of UPDATE_CREDENTIAL and REMOVE_CREDENTIAL: `password`, `otp`. */
  readonly credentialType?: string
}

/** Message key stems of the events that people are told of. */
const eventStems: ReadonlyMap<string, string> = new Map([
  ['LOGIN_ERROR', 'eventLoginError'],
  ['REMOVE_TOTP', 'eventRemoveTotp'],
  ['UPDATE_PASSWORD', 'eventUpdatePassword'],
  ['UPDATE_TOTP', 'eventUpdateTotp'],
  ['UPDATE_CREDENTIAL', 'eventUpdateCredential'],
  ['REMOVE_CREDENTIAL', 'eventRemoveCredential'],
  ['USER_DISABLED_BY_TEMPORARY_LOCKOUT', 'eventUserDisabledByTemporaryLockout'],
  ['USER_DISABLED_BY_PERMANENT_LOCKOUT', 'eventUserDisabledByPermanentLockout'],
])

/** Event types that eventLetter has a text for. */
export const eventLetterTypes: readonly string[] = Object.freeze([...eventStems.keys()])

/** Tells a user of something that happened to the account; undefined for an event that nobody is told of. */
export function eventLetter(realm: RealmSnapshot, to: Recipient, event: EventFacts): Letter | undefined {
  const stem = eventStems.get(event.type)
  if (stem === undefined) return undefined
  const texts = mailTexts(realm, to.locale)
  const when = `${new Date(event.timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const credential = event.type.endsWith('_CREDENTIAL') ? [event.credentialType ?? ''] : []
  // The reference's keys of the lock-out texts lack the word Body before Html.
  const bodyHtml = stem.endsWith('Lockout') ? `${stem}Html` : `${stem}BodyHtml`
  return letter(texts, to.email, { subject: `${stem}Subject`, body: `${stem}Body`, bodyHtml }, [...credential, when, event.ipAddress])
}

/** What the Admin API's "Test connection" sends. */
export function testLetter(realm: RealmSnapshot, to: Recipient): Letter {
  return letter(mailTexts(realm, to.locale), to.email, { subject: 'emailTestSubject', body: 'emailTestBody' }, [])
}

type Sending = Pick<Mailer, 'send'>

export const sendVerifyEmail = (mailer: Sending, realm: RealmSnapshot, to: Recipient, facts: LinkFacts): Promise<MailResult> =>
  mailer.send(realm, verifyEmailLetter(realm, to, facts))

export const sendResetPassword = (mailer: Sending, realm: RealmSnapshot, to: Recipient, facts: LinkFacts): Promise<MailResult> =>
  mailer.send(realm, resetPasswordLetter(realm, to, facts))

export const sendExecuteActions = (
  mailer: Sending,
  realm: RealmSnapshot,
  to: Recipient,
  facts: LinkFacts & { readonly actions: readonly string[] },
): Promise<MailResult> => mailer.send(realm, executeActionsLetter(realm, to, facts))

export const sendEmailUpdateConfirmation = (mailer: Sending, realm: RealmSnapshot, to: Recipient, facts: LinkFacts): Promise<MailResult> =>
  mailer.send(realm, emailUpdateConfirmationLetter(realm, to, facts))

/** Undefined when the event has no letter. */
export async function sendEventMail(
  mailer: Sending,
  realm: RealmSnapshot,
  to: Recipient,
  event: EventFacts,
): Promise<MailResult | undefined> {
  const written = eventLetter(realm, to, event)
  return written && mailer.send(realm, written)
}
