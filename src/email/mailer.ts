/**
 * The e-mail room: sends what other rooms write to people, by the realm's SMTP server; the texts of the letters (messages/) and how they
 * are put together (letters.ts). Not here: links, tokens, who may be written to. May call log, http's escaping and realm.
 */
import type { Logger } from '../log.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { isOneLine, isPlainAddress } from './addresses.ts'
import { readSmtpSettings, type SmtpSettings } from './smtp.ts'

/** A letter to one person. */
export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Why a letter was not sent: `settings` the realm's server is not set up, `recipient` no usable address, `server` it did not take it. */
export type MailFailure = 'settings' | 'recipient' | 'content' | 'server' | 'busy'

export type MailResult =
  | { readonly kind: 'sent' }
  /** `reason` is for the audit event; it has no secret in it. People are told `emailSendErrorMessage`. */
  | { readonly kind: 'failed'; readonly failure: MailFailure; readonly reason: string }

export interface Mailer {
  /** Waits until the server has taken the letter. Never throws for a letter that cannot be sent. */
  send(realm: RealmSnapshot, letter: Letter): Promise<MailResult>
  /**
   * Writes and sends a letter behind the request, so that the time an answer takes does not tell whether somebody was written to. `done`
   * is told how it went.
   */
  post(realm: RealmSnapshot, write: () => Promise<Letter>, done: (result: MailResult) => void): void
  /** Waits for the letters that were posted. */
  close(): Promise<void>
}

export const mailLimits = {
  /** Connections at a time; mail servers refuse many more from one address. */
  concurrent: 4,
  /** Letters that may wait for one. Beyond it they are refused: somebody makes us write letters. */
  waitingMax: 200,
} as const

/** The words of the reference's event. */
const serverReason = 'Error when attempting to send the email to the server. More information is available in the server log.'

const failed = (failure: MailFailure, reason: string): MailResult => ({ kind: 'failed', failure, reason })

/** The part of the library's transport that is used. */
interface Transport {
  sendMail(message: object): Promise<unknown>
  close(): void
}

export type OpenTransport = (settings: SmtpSettings) => Promise<Transport>

/** @param transport how to reach a server; by SMTP unless given */
export function openMailer({ log, transport = smtpTransport }: { readonly log: Logger; readonly transport?: OpenTransport }): Mailer {
  const turns: (() => void)[] = []
  const posted = new Set<Promise<void>>()
  let running = 0

  async function inTurn(work: () => Promise<MailResult>): Promise<MailResult> {
    if (running < mailLimits.concurrent) running++
    else if (turns.length >= mailLimits.waitingMax) return failed('busy', 'too many e-mails are waiting')
    // Whoever finishes hands its place over without freeing it: a newcomer cannot overtake.
    else await new Promise<void>((resolve) => turns.push(resolve))
    try {
      return await work()
    } finally {
      const next = turns.shift()
      if (next === undefined) running--
      else next()
    }
  }

  async function deliver(realm: RealmSnapshot, settings: SmtpSettings, letter: Letter): Promise<MailResult> {
    try {
      const opened = await transport(settings)
      try {
        await opened.sendMail(message(settings, letter))
      } finally {
        opened.close()
      }
      return { kind: 'sent' }
    } catch (error) {
      log.error('an e-mail could not be sent', { realm: realm.name, host: settings.host, port: settings.port, ...facts(error) })
      return failed('server', serverReason)
    }
  }

  const send: Mailer['send'] = async (realm, letter) => {
    const settings = readSmtpSettings(realm)
    if ('fault' in settings) return failed('settings', settings.fault)
    if (!isPlainAddress(letter.to)) return failed('recipient', `Invalid recipient address`)
    if (!isOneLine(letter.subject)) return failed('content', 'the subject is more than one line')
    return inTurn(() => deliver(realm, settings, letter))
  }

  return {
    send,
    post(realm, write, done) {
      const work = write()
        .then((letter) => send(realm, letter))
        .then(done)
        .catch((error: unknown) => log.error('an e-mail could not be written', { realm: realm.name, error }))
        .finally(() => posted.delete(work))
      posted.add(work)
    },
    async close() {
      await Promise.all(posted)
    },
  }
}

/** What an error says without what was sent: answers of servers repeat names, and commands hold passwords. */
function facts(error: unknown): Record<string, unknown> {
  const { code, command, responseCode } = error as { code?: unknown; command?: unknown; responseCode?: unknown }
  return { code, step: typeof command === 'string' ? command.split(' ', 1)[0] : undefined, answer: responseCode }
}

const message = ({ from, replyTo, envelopeFrom }: SmtpSettings, { to, subject, text, html }: Letter): object => ({
  from,
  to: { address: to, name: '' },
  ...(replyTo === undefined ? {} : { replyTo }),
  ...(envelopeFrom === undefined ? {} : { envelope: { from: envelopeFrom, to } }),
  subject,
  text,
  html,
})

/** Loaded at the first letter: a server that writes none does not pay for the library. */
const smtpTransport: OpenTransport = async ({ host, port, tls, login, connectTimeoutMs, answerTimeoutMs }) => {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    // Without TLS in the settings an offer of the server is left aside, as the reference does: relays on loopback have odd certificates.
    ignoreTLS: tls === 'none',
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: answerTimeoutMs,
    socketTimeout: answerTimeoutMs,
    // A letter is made of the texts alone: nothing in it is a path or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
