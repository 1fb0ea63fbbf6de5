import type { Clock } from '../clock.ts'
import { nowSeconds } from '../clock.ts'
import type { DecodedJws } from '../crypto/jws.ts'
import { knownSignatures } from '../keys/known-signatures.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import { verifyJwt } from '../keys/verify.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { issuerOf } from './issuer.ts'
import type { Claims } from './protocol-mapper.ts'
import type { Subject } from './subject.ts'
import { tokenRules } from './verify.ts'

/** One thing that is looked at before a token is accepted. */
export interface TokenCheck {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** Every type of tokens that this server gives to clients. */
export const tokenTypes: readonly string[] = ['Bearer', 'ID', 'Refresh', 'Offline']

interface CheckContext {
  readonly realm: RealmSnapshot
  readonly baseUrl: string
  readonly clock: Clock
}

/** Signature, issuer, type and times, all of them, where `verifyToken` stops at the first that fails. The same rules decide in both. */
export function tokenChecks(context: CheckContext, token: string, { header, claims }: DecodedJws): TokenCheck[] {
  const { realm } = context
  const verified = verifyJwt(realm.derived(realmKeys), token, realm.derived(knownSignatures)) !== undefined
  const signature = {
    check: 'signature',
    ok: verified,
    detail: verified ? `by the key ${String(header['kid'])}` : signatureFault(realm, header),
  }
  return [
    signature,
    ...tokenRules.map((rule) => ({
      check: rule.check,
      ok: rule.holds(claims, { ...context, types: tokenTypes }),
      detail: ruleDetail(rule.check, claims, context),
    })),
  ]
}

function signatureFault(realm: RealmSnapshot, { kid, alg }: DecodedJws['header']): string {
  if (typeof kid !== 'string') return 'the token names no key (kid)'
  const key = realm.derived(realmKeys).all.find((one) => one.kid === kid)
  if (key === undefined) return `the realm has no key ${kid}: another realm or server signed the token, or the key was removed`
  if (key.algorithm !== alg) return `the key ${kid} is for ${key.algorithm}, and the token says ${String(alg)}`
  return `the key ${kid} ${key.status === 'DISABLED' ? 'is disabled' : 'did not make this signature: the token was changed or forged'}`
}

const time = (seconds: unknown): string =>
  typeof seconds === 'number' && Math.abs(seconds) < 8e12 ? new Date(seconds * 1_000).toISOString() : 'no time'

function ruleDetail(check: string, { iss, typ, exp, nbf, iat }: Claims, { realm, baseUrl, clock }: CheckContext): string {
  const now = `now it is ${time(nowSeconds(clock))}`
  if (check === 'issuer') return `the token says ${JSON.stringify(iss) ?? 'nothing'}, this realm is ${issuerOf(baseUrl, realm)}`
  if (check === 'type') return `${kinds[String(typ)] ?? `of an unknown type, ${JSON.stringify(typ) ?? 'none'}`}`
  if (check === 'expiry') return exp === undefined ? 'the token has no end of its own' : `ends at ${time(exp)}, ${now}`
  if (check === 'not before') return nbf === undefined ? 'good from the beginning' : `good from ${time(nbf)} on, ${now}`
  const { notBefore = 0 } = realm.settings
  return `made at ${time(iat)}, ${notBefore === 0 ? 'the realm has revoked nothing' : `the realm has revoked tokens from before ${time(notBefore)}`}`
}

const kinds: Readonly<Record<string, string>> = {
  Bearer: 'an access token',
  ID: 'an ID token: for the client, not for an API',
  Refresh: 'a refresh token: good at the token endpoint alone',
  Offline: 'an offline token: good at the token endpoint alone',
}

type Ended = Exclude<Subject['kind'], 'active'>

/** In the order in which `readSubject` looks at them; what comes after the first that fails has not been looked at. */
const subjectChecks: readonly {
  readonly check: string
  readonly kinds: readonly Ended[]
  readonly good: string
  readonly bad: Readonly<Partial<Record<Ended, string>>>
}[] = [
  {
    check: 'client',
    kinds: ['no-client', 'client-disabled'],
    good: 'is there and enabled',
    bad: { 'no-client': 'the realm has no such client (azp)', 'client-disabled': 'is disabled' },
  },
  {
    check: 'session',
    kinds: ['no-session'],
    good: 'is alive, or there is none',
    bad: { 'no-session': 'has ended: a logout, its lifespan, or an administrator' },
  },
  { check: 'revocation of the token', kinds: ['revoked'], good: 'was not revoked', bad: { revoked: 'was revoked' } },
  {
    check: 'user',
    kinds: ['no-user', 'user-disabled'],
    good: 'is there and enabled',
    bad: { 'no-user': 'is not there, or is not the one whom the token names', 'user-disabled': 'is disabled' },
  },
  {
    check: 'revocation of client and user',
    kinds: ['stale'],
    good: 'nothing of the time of the token was revoked',
    bad: { stale: 'tokens of that time were revoked for the client or the user' },
  },
]

/** Client, session and user of a token, as `readSubject` has found them. */
export function ownerChecks({ kind }: Subject): TokenCheck[] {
  const failed = kind === 'active' ? -1 : subjectChecks.findIndex((one) => one.kinds.includes(kind))
  const seen = failed < 0 ? subjectChecks : subjectChecks.slice(0, failed + 1)
  return seen.map(({ check, good, bad }, index) => {
    const isBad = index === failed && kind !== 'active'
    return { check, ok: !isBad, detail: isBad ? (bad[kind] ?? kind) : good }
  })
}
