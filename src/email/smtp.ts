import type { RealmSnapshot } from '../realm/model.ts'
import { isOneLine, isPlainAddress } from './addresses.ts'

interface Sender {
  readonly address: string
  readonly name: string
}

/** The realm's `smtpServer` setting, read and checked. */
export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** `implicit`: TLS from the first byte; `starttls`: the connection must become TLS; `none`: it stays as it is. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly login: { readonly user: string; readonly password: string } | undefined
  readonly from: Sender
  readonly replyTo: Sender | undefined
  /** Where bounces go; the sender's address unless set. */
  readonly envelopeFrom: string | undefined
  readonly connectTimeoutMs: number
  readonly answerTimeoutMs: number
}

export const smtpLimits = {
  /** The reference's default for connecting and for each answer: a login must not hang on a dead mail server. */
  timeoutMs: 10_000,
  /** An administrator's longer timeout is cut to this. */
  timeoutMsMax: 60_000,
} as const

export type SmtpFault = 'no sender address' | 'bad sender address' | 'bad server address' | 'unsupported authentication'

const isTrue = (value: string | undefined): boolean => value === 'true'

/** Reads the setting; the fault is for the event and the log. The password is in nothing that is said of it. */
export function readSmtpSettings({ settings }: Pick<RealmSnapshot, 'settings'>): SmtpSettings | { readonly fault: SmtpFault } {
  const server: Readonly<Record<string, string | undefined>> = settings.smtpServer ?? {}
  const { from, replyTo, envelopeFrom, authType } = server
  if (!from) return { fault: 'no sender address' }
  const sender = { address: from, name: server['fromDisplayName'] ?? '' }
  const answer = replyTo ? { address: replyTo, name: server['replyToDisplayName'] ?? '' } : undefined
  if (![sender, ...(answer ? [answer] : [])].every(({ address, name }) => isPlainAddress(address) && isOneLine(name)))
    return { fault: 'bad sender address' }
  if (envelopeFrom && !isPlainAddress(envelopeFrom)) return { fault: 'bad sender address' }
  const tls = isTrue(server['ssl']) ? 'implicit' : isTrue(server['starttls']) ? 'starttls' : 'none'
  const port = server['port'] ? Number(server['port']) : tls === 'implicit' ? 465 : 25
  const host = server['host'] || 'localhost'
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || !/^[\w.:-]+$/.test(host)) return { fault: 'bad server address' }
  if (isTrue(server['auth']) && authType !== undefined && authType !== 'basic') return { fault: 'unsupported authentication' }
  return {
    host,
    port,
    tls,
    login: isTrue(server['auth']) ? { user: server['user'] ?? '', password: server['password'] ?? '' } : undefined,
    from: sender,
    replyTo: answer,
    envelopeFrom: envelopeFrom || undefined,
    connectTimeoutMs: timeout(server['connectionTimeout']),
    answerTimeoutMs: timeout(server['timeout']),
  }
}

function timeout(text: string | undefined): number {
  const value = Number(text)
  return text && Number.isFinite(value) && value > 0 ? Math.min(value, smtpLimits.timeoutMsMax) : smtpLimits.timeoutMs
}
