import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Session } from '../sessions/session.ts'
import { singleUse } from '../storage/single-use.ts'
import type { Sql } from '../storage/sql.ts'

/** What an authorization code stands for. */
export interface CodeGrant {
  /** Internal id of the client that it was given to. */
  readonly clientId: string
  readonly sessionId: string
  /** As the request had it; undefined when it had none: then the token request needs none either. */
  readonly redirectUri: string | undefined
  readonly challenge: string | undefined
  readonly challengeMethod: string | undefined
  readonly nonce: string | undefined
  /** True when the login made the session: offline access then takes the session over. */
  readonly madeSession: boolean
  /** What becomes the notes of the client's part of the session: scope, claims, acr … */
  readonly clientNotes: Readonly<Record<string, string>>
}

/** reused: a code that was taken before; whoever holds it may have stolen it, or the first user has. */
export type TakenCode =
  | { readonly kind: 'taken'; readonly grant: CodeGrant }
  | { readonly kind: 'reused'; readonly clientId: string; readonly sessionId: string }
  | { readonly kind: 'unknown' }

export interface CodeParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly random: Random
}

const codeLimits = {
  /** 256 bits: nobody guesses one. */
  secretBytes: 32,
  /** How long a taken code is remembered, so that its reuse is noticed. */
  reuseRememberedMs: 600_000,
} as const

/** Only a digest is stored: who reads the database has no code. The prefix keeps codes apart from other things that are used once. */
const idOf = (code: string): string => `code:${createHash('sha256').update(code).digest('base64url')}`

/** Issues a code: `<random>.<session id>.<client's internal id>`, the reference's three parts. It works once and not for long. */
export async function issueCode({ sql, clock, random }: CodeParts, realm: RealmSnapshot, grant: CodeGrant): Promise<string> {
  const code = `${random.bytes(codeLimits.secretBytes).toString('base64url')}.${grant.sessionId}.${grant.clientId}`
  const expiresAtMs = clock.now() + (realm.settings.accessCodeLifespan ?? 0) * 1_000
  await singleUse(sql).put({ id: idOf(code), kind: 'code', realmId: realm.id, expiresAtMs, doc: JSON.stringify(grant) })
  return code
}

/** The session and client that a code names; nothing of it is trusted before the code is taken. */
export function codeNames(code: string): { readonly sessionId: string; readonly clientId: string } | undefined {
  const [, sessionId, clientId, more] = code.split('.', 4)
  return sessionId === undefined || clientId === undefined || more !== undefined ? undefined : { sessionId, clientId }
}

/** Takes a code. Of several callers one gets it; the others are told that it is being reused. */
export function takeCode({ sql, clock }: CodeParts, realm: RealmSnapshot, code: string): Promise<TakenCode> {
  const id = idOf(code)
  const now = clock.now()
  return sql.transaction(async (tx): Promise<TakenCode> => {
    const entries = singleUse(tx)
    const taken = await entries.take(id, 'code', realm.id, now)
    if (taken) {
      const grant = JSON.parse(taken.doc) as CodeGrant
      const { clientId, sessionId } = grant
      const expiresAtMs = now + codeLimits.reuseRememberedMs
      await entries.put({ id, kind: 'used-code', realmId: realm.id, expiresAtMs, doc: JSON.stringify({ clientId, sessionId }) })
      return { kind: 'taken', grant }
    }
    const used = await entries.take(id, 'used-code', realm.id, now)
    return used ? { kind: 'reused', ...(JSON.parse(used.doc) as { clientId: string; sessionId: string }) } : { kind: 'unknown' }
  })
}

/** False when somebody else has tried the code since it was taken. */
export const stillUsedOnce = async ({ sql, clock }: CodeParts, realm: RealmSnapshot, code: string): Promise<boolean> =>
  (await singleUse(sql).find(idOf(code), 'used-code', realm.id, clock.now())) !== undefined

/** True when the login that a code or token comes from made the session, rather than joined one that was there. */
export const madeSession = (session: Session): boolean =>
  session.startedAtMs === session.lastRefreshMs && session.startedAtMs === session.client.startedAtMs
