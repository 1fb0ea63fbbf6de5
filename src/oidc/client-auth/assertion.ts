import { createHash } from 'node:crypto'
import { nowSeconds } from '../../clock.ts'
import { type DecodedJws, decodeJws } from '../../crypto/jws.ts'
import type { OAuthError } from '../../http/errors.ts'
import type { Form } from '../../http/parameters.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'
import { singleUse } from '../../storage/single-use.ts'
import type { ClientAuthContext, Presented } from './client-auth-method.ts'
import { assertionMissing, invalidAssertion, invalidClient } from './failures.ts'

export const assertionLimits = {
  /** How far the clocks of client and server may differ. */
  clockSkewSeconds: 15,
  /** How long after its making an assertion is good, unless the client's own setting says otherwise. */
  lifetimeMaxSeconds: 60,
} as const

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Names the client of an assertion that nobody has verified yet; undefined without one, or when issuer and subject differ. */
export function presentAssertion(form: Form): Presented | undefined {
  if (form.get('client_assertion_type') !== assertionType) return undefined
  const claims = decodeAssertion(form)?.claims
  const clientId = text(claims?.['sub'])
  return clientId === undefined || claims?.['iss'] !== clientId ? undefined : { clientId, secret: undefined }
}

/** For audit events: what the assertion says of itself, verified or not. */
export function assertionDetails(form: Form): Record<string, string> {
  const claims = decodeAssertion(form)?.claims
  const told = { client_assertion_id: claims?.['jti'], client_assertion_issuer: claims?.['iss'], client_assertion_sub: claims?.['sub'] }
  return Object.fromEntries(Object.entries(told).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** An unsigned assertion has an empty third part; it is read all the same, so that it can be refused for its algorithm. */
function decodeAssertion(form: Form): DecodedJws | undefined {
  const token = form.get('client_assertion')
  return token === undefined ? undefined : decodeJws(token.endsWith('.') ? `${token}AA` : token)
}

export interface Assertion extends DecodedJws {
  readonly algorithm: string
  readonly kid: string | undefined
}

/**
 * What holds before the signature: type and form of the assertion, issuer and subject, and an algorithm that the client may use.
 * Throws OAuthError; `unreadable` is the method's own for what is no JWT.
 */
export async function readAssertion(
  { form, realm }: Pick<ClientAuthContext, 'form' | 'realm'>,
  client: Client,
  unreadable: (why: string) => OAuthError,
): Promise<Assertion> {
  const type = form.get('client_assertion_type')
  if (type === undefined) throw assertionMissing()
  if (type !== assertionType)
    throw invalidAssertion(`Parameter client_assertion_type has value '${type}' but expected is '${assertionType}'`)
  if (form.get('client_assertion') === undefined) throw invalidAssertion('client_assertion parameter missing')
  const jws = decodeAssertion(form)
  if (jws === undefined) throw unreadable(unreadableWhy(form.get('client_assertion') ?? ''))
  const { sub, iss } = jws.claims
  if (iss !== sub) throw invalidClient('invalid_client_credentials')
  if (sub === undefined) throw invalidAssertion('Token sub claim is required')
  if (sub !== client.clientId) throw await otherClient(realm, sub)
  const algorithm = text(jws.header['alg'])
  const wanted = client.attributes['token.endpoint.auth.signing.alg'] || algorithm
  if (algorithm === undefined || algorithm === 'none' || algorithm !== wanted) throw invalidAssertion('Invalid signature algorithm')
  return { ...jws, algorithm, kid: text(jws.header['kid']) }
}

/** Words that the reference has for what has not the parts of a JWT; what is wrong inside of them it tells in words of its libraries. */
const unreadableWhy = (assertion: string): string =>
  /^[^.]+\.[^.]*(\.[^.]*)?$/.test(assertion) ? 'the assertion is not a JWT' : 'java.lang.IllegalArgumentException: Parsing error'

/** The request names one client, and the assertion another one. */
async function otherClient(realm: RealmSnapshot, sub: unknown): Promise<OAuthError> {
  const known = typeof sub === 'string' && (await realm.client(sub)) !== undefined
  return known ? invalidAssertion('client_id parameter does not match authenticated client') : invalidClient('client_not_found')
}

/** What holds after the signature: audience, times, and that the assertion was never used before. Throws OAuthError. */
export async function acceptAssertion({ claims }: Assertion, client: Client, context: ClientAuthContext): Promise<void> {
  requireAudience(claims['aud'], context.issuer)
  const usableUntil = requireTimes(claims, client, nowSeconds(context.clock))
  const jti = text(claims['jti'])
  if (jti === undefined) throw invalidAssertion('Token jti claim is required')
  // A client chooses the name, of any length, so its hash is kept; kept for as long as the times above would let it pass.
  const id = `assertion:${client.id}:${createHash('sha256').update(jti).digest('base64url')}`
  const entry = { id, kind: 'assertion', realmId: context.realm.id, expiresAtMs: (usableUntil + 1) * 1000, doc: '{}' } as const
  if ((await singleUse(context.sql).put(entry)) !== 1) throw invalidAssertion('Token reuse detected')
}

function requireAudience(aud: unknown, issuer: string): void {
  const oidc = `${issuer}/protocol/openid-connect`
  const ours = [issuer, `${oidc}/token`, `${oidc}/token/introspect`, `${oidc}/ext/par/request`, `${oidc}/ext/ciba/auth`]
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!audiences.some((audience) => typeof audience === 'string' && ours.includes(audience)))
    throw invalidAssertion('Invalid token audience')
  if (audiences.length > 1) throw invalidAssertion('Multiple audiences not allowed')
}

/** Returns until when the assertion would pass, in seconds. */
function requireTimes(claims: Assertion['claims'], client: Client, now: number): number {
  const { exp, iat, nbf } = claims
  const skew = assertionLimits.clockSkewSeconds
  const setting = Number(client.attributes['token.endpoint.auth.signing.max.exp'])
  const lifetime = Number.isInteger(setting) && setting > 0 ? setting : assertionLimits.lifetimeMaxSeconds
  if (exp === undefined || exp === null) throw invalidAssertion('Token exp claim is required')
  const inactive = (): OAuthError => invalidAssertion('Token is not active')
  if (!isTime(exp) || now >= exp + skew || (isPresent(nbf) && !(isTime(nbf) && nbf <= now + skew))) throw inactive()
  if (!isPresent(iat)) {
    if (exp - now > lifetime) throw invalidAssertion('Token expiration is too far in the future and iat claim not present in token')
    return exp + skew
  }
  if (!isTime(iat)) throw inactive()
  if (iat - skew > now) throw invalidAssertion('Token was issued in the future')
  if (exp <= now) throw inactive()
  if (now > iat + lifetime) throw invalidAssertion('Token was issued too far in the past to be used now')
  return Math.min(exp, iat + lifetime)
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(Math.trunc(value))
const isPresent = (value: unknown): boolean => value !== undefined && value !== null
