import type { Clock } from '../clock.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { Session } from '../sessions/session.ts'
import type { Claims } from './protocol-mapper.ts'
import { readSubject, type TokenSessions } from './subject.ts'
import { verifyToken } from './verify.ts'

/** Whom an access token is about, as of now. */
export interface BearerSubject {
  readonly client: Client
  readonly user: UserFacts
  /** Undefined for a token without a session. */
  readonly session: Session | undefined
  readonly claims: Claims
}

/** The token in the Authorization header; undefined without one, or when the header says something else. */
export const bearerIn = ({ headers }: HttpRequest): string | undefined => /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]

/** Reads one of our own access tokens, or with `types` another kind; undefined for what does not hold (any more). */
export async function readBearer(
  services: { readonly sessions: TokenSessions; readonly clock: Clock },
  realm: RealmSnapshot,
  request: HttpRequest,
  token: string,
  types: readonly string[] = ['Bearer'],
): Promise<BearerSubject | undefined> {
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, types)
  if ('fault' in verified) return undefined
  const subject = await readSubject(services, realm, verified.claims)
  return subject.kind === 'active' ? { ...subject, claims: verified.claims } : undefined
}
