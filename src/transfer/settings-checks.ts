import type { RealmRepresentation } from '../representations/realm.ts'
import { ImportError } from './errors.ts'

/** Settings that count or wait, with the reference's names for them. */
const counts = {
  maxFailureWaitSeconds: 'Maximum failure wait seconds',
  minimumQuickLoginWaitSeconds: 'Minimum quick login wait seconds',
  waitIncrementSeconds: 'Wait increment seconds',
  quickLoginCheckMilliSeconds: 'Quick login check milliseconds',
  maxDeltaTimeSeconds: 'Maximum delta time seconds',
  failureFactor: 'Failure factor',
  maxTemporaryLockouts: 'Maximum temporary lockouts',
  maxSecondaryAuthFailures: 'Maximum secondary authentication failures',
} as const satisfies Partial<Record<keyof RealmRepresentation, string>>

/** Throws ImportError for a number of the brute-force protection below zero. */
export function requireCounts(given: RealmRepresentation): void {
  for (const [name, label] of Object.entries(counts)) {
    const value = given[name as keyof typeof counts]
    if (value !== undefined && value < 0) throw new ImportError(400, `${label} may not be a negative value`)
  }
}

/** A local part and a domain without blanks, brackets or commas. */
const addressPattern = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/
const printable = /^[\x21-\x7e]+$/

/** Throws ImportError for mail settings whose sender can not be written to. Empty settings are none. */
export function requireSender(server: Readonly<Record<string, string | undefined>> | undefined, shape: 'error' | 'errorMessage'): void {
  if (server === undefined || Object.keys(server).length === 0) return
  const isAddress = (address: string | undefined): boolean =>
    address !== undefined &&
    addressPattern.test(address) &&
    (server['allowutf8'] === 'true' || printable.test(address.split('@', 1)[0] ?? ''))
  const { from, replyTo } = server
  const wrong = (kind: string, address: string | undefined): ImportError =>
    new ImportError(
      400,
      `Invalid ${kind} address '${address ?? null}'. If the address contains UTF-8 characters in the local part please ensure the SMTP server ` +
        "supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration.",
      shape,
    )
  if (!isAddress(from)) throw wrong('sender', from)
  if (replyTo && !isAddress(replyTo)) throw wrong('reply-to', replyTo)
}

/** Throws ImportError where a client's part of a session would outlive the session. A lifespan of 0 is the session's own. */
export function requireClientLifespans(realm: RealmRepresentation): void {
  const { rememberMe = false, clientSessionIdleTimeout = 0, clientSessionMaxLifespan = 0 } = realm
  const longest = (normal = 0, remembered = 0): number => (rememberMe ? Math.max(normal, remembered) : normal)
  if (clientSessionIdleTimeout > longest(realm.ssoSessionIdleTimeout, realm.ssoSessionIdleTimeoutRememberMe))
    throw new ImportError(
      400,
      rememberMe
        ? 'Client session idle timeout cannot exceed realm SSO session idle timeout and RememberMe idle timeout.'
        : 'Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.',
    )
  if (clientSessionMaxLifespan > longest(realm.ssoSessionMaxLifespan, realm.ssoSessionMaxLifespanRememberMe))
    throw new ImportError(
      400,
      `Client session max lifespan cannot exceed realm SSO session max lifespan${rememberMe ? ' and RememberMe Max span' : ''}.`,
    )
}
