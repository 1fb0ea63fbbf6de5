import { decodeJws } from '../crypto/jws.ts'
import type { HttpRequest } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { OidcServices } from './services.ts'
import { tokenRoute } from './token.ts'

/** What a page of this server got back from the realm's login. */
export interface GivenCode {
  readonly clientId: string
  readonly code: string
  readonly redirectUri: string
  /** The PKCE verifier (RFC 7636). */
  readonly verifier: string
}

/** Who has logged in. */
export interface Redeemed {
  readonly sessionId: string
  readonly userId: string
  readonly username: string
  readonly nonce: string | undefined
}

/**
 * Redeems a code in the place of a public client that is a page of this server: the token endpoint's own pipeline, with its checks and its
 * audit event. The tokens are read and dropped. Undefined when the endpoint refuses the code.
 */
export async function redeemCode(
  services: OidcServices,
  request: HttpRequest,
  realm: RealmSnapshot,
  { clientId, code, redirectUri, verifier }: GivenCode,
): Promise<Redeemed | undefined> {
  const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri, code_verifier: verifier }
  const answer = await tokenRoute.handle(
    {
      ...request,
      method: 'POST',
      path: `/realms/${encodeURIComponent(realm.name)}/protocol/openid-connect/token`,
      params: { realm: realm.name },
      queryText: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams(form).toString()),
    },
    services,
  )
  if (answer.status !== 200) return undefined
  const { id_token: token } = JSON.parse(String(answer.body)) as { id_token?: string }
  // It was signed a moment ago, in this process.
  const claims = token === undefined ? undefined : decodeJws(token)?.claims
  const { sid, sub, nonce, preferred_username: username } = claims ?? {}
  if (typeof sid !== 'string' || typeof sub !== 'string') return undefined
  return { sessionId: sid, userId: sub, username: String(username ?? ''), nonce: typeof nonce === 'string' ? nonce : undefined }
}
