import { createSecretKey } from 'node:crypto'
import { nowSeconds } from '../clock.ts'
import { type DecodedJws, decodeJws, decodeUnsecuredJwt, verifySignature } from '../crypto/jws.ts'
import { findSignatureAlgorithm } from '../crypto/jws-algorithms.ts'
import { HttpClientError } from '../http/client.ts'
import { PageError } from '../http/errors.ts'
import { type Form, parseParameters } from '../http/parameters.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { matchesRedirectUri, registeredRedirectUris } from '../realm/redirect-uri.ts'
import { issuerOf } from '../tokens/issuer.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { secretsOf } from './client-auth/secrets.ts'
import type { OidcServices } from './services.ts'

export const requestObjectLimits = {
  /** Somebody waits at the browser while an object is fetched. */
  timeoutMs: 5_000,
  responseBytesMax: 64 * 1024,
  /** Seconds by which the client's clock may be off. */
  skewSeconds: 15,
} as const

export interface RequestObjectContext {
  readonly services: Pick<OidcServices, 'clientKeys' | 'clock' | 'http'>
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly baseUrl: string
  /** `par`: what is pushed is at an address already, so that a client which demands one is content. */
  readonly endpoint: 'auth' | 'par'
}

/** Which parameters of a request must bring an object, by the client's attribute `request.object.required`. */
const demands: ReadonlyMap<string, readonly string[]> = new Map([
  ['request or request_uri', ['request', 'request_uri']],
  ['request only', ['request']],
  ['request_uri only', ['request_uri']],
])

/**
 * The parameters of an authorization request with those of its request object (OpenID Connect Core section 6, RFC 9101), which win. A
 * request without one is returned as it is. Throws PageError for an object that is no good, comes from an address that the client has not
 * registered, or is missing where the client demands one.
 */
export async function withRequestObject(context: RequestObjectContext, form: Form): Promise<Form> {
  const { client, endpoint } = context
  // What is wrong with the client itself is told by the checks; nothing is fetched for it.
  if (!client.enabled || client.protocol !== 'openid-connect') return form
  const [value, address] = [form.get('request'), form.get('request_uri')]
  if (value !== undefined && address !== undefined) throw refused()
  const demanded = demands.get(client.attributes['request.object.required'] ?? '')
  const isContent = endpoint === 'par' && demanded?.[0] === 'request_uri'
  if (demanded !== undefined && !isContent && !demanded.some((name) => form.get(name) !== undefined)) throw refused()
  const text = value ?? (address === undefined ? undefined : await fetchObject(context, address))
  if (text === undefined) return form
  const claims = await verified(context, text)
  requireMeant(context, claims)
  return merged(form, claims)
}

const refused = (): PageError => new PageError('invalidRequestMessage', 400, 'invalid_request')

/** Only addresses that the client has registered are called: anything else would let strangers choose whom the server talks to. */
async function fetchObject({ services, client, baseUrl }: RequestObjectContext, address: string): Promise<string> {
  const registered = registeredRedirectUris(client, baseUrl, (client.attributes['request.uris'] ?? '').split('##').filter(Boolean))
  const { host } = URL.parse(address) ?? {}
  const isPlain = /^https?:\/\//i.test(address) && !address.includes('#')
  // Ports are not free here, nor does a lone `*` mean everywhere.
  const isKnownHost = registered.some((uri) => URL.parse(uri)?.host === host)
  if (!isPlain || !isKnownHost || !matchesRedirectUri(registered, address)) throw refused()
  const { timeoutMs, responseBytesMax } = requestObjectLimits
  try {
    const { status, body } = await services.http.send({ method: 'GET', url: address, timeoutMs, responseBytesMax })
    if (status === 200) return body.toString('utf8').trim()
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error
  }
  throw refused()
}

/** The claims of an object whose signature is one of the client's: by a key of its own or by its secret. */
async function verified({ services, client }: RequestObjectContext, text: string): Promise<Claims> {
  const wanted = client.attributes['request.object.signature.alg'] || 'any'
  const unsecured = decodeUnsecuredJwt(text)
  // As good as plain parameters, and no better: a client that wants them signed says so.
  if (unsecured !== undefined && ['any', 'none'].includes(wanted)) return unsecured
  const jws = decodeJws(text)
  const algorithm = String(jws?.header['alg'])
  if (jws === undefined || (wanted !== 'any' && wanted !== algorithm)) throw refused()
  if (!(await isSigned(services, client, jws, algorithm))) throw refused()
  return jws.claims
}

async function isSigned(
  { clientKeys, clock }: RequestObjectContext['services'],
  client: Client,
  jws: DecodedJws,
  algorithm: string,
): Promise<boolean> {
  const kind = findSignatureAlgorithm(algorithm)?.kind
  if (kind === undefined) return false
  if (kind === 'hmac')
    return (
      !client.publicClient && secretsOf(client, clock).some((secret) => verifySignature(jws, createSecretKey(secret, 'utf8'), algorithm))
    )
  const { kid } = jws.header
  const found = await clientKeys.find(client, typeof kid === 'string' ? kid : undefined, algorithm)
  return found !== undefined && (found.algorithm ?? algorithm) === algorithm && verifySignature(jws, found.key, algorithm)
}

/** It must be this client's, for this server, and of now. The reference looks at the client alone. */
function requireMeant({ services, realm, client, baseUrl }: RequestObjectContext, claims: Claims): void {
  const { client_id: clientId, iss, aud, exp, nbf } = claims
  const now = nowSeconds(services.clock)
  const { skewSeconds } = requestObjectLimits
  const issuer = issuerOf(baseUrl, realm)
  const isFor = aud === undefined || [aud].flat().some((one) => one === issuer || String(one).startsWith(`${issuer}/`))
  const isNow =
    (exp === undefined || (typeof exp === 'number' && now < exp + skewSeconds)) &&
    (nbf === undefined || (typeof nbf === 'number' && nbf - skewSeconds <= now))
  const isOurs = [clientId, iss].every((name) => name === undefined || name === client.clientId)
  if (!isOurs || !isFor || !isNow || claims['request_uri'] !== undefined) throw refused()
}

/** What only the JWT itself means, and what would begin anew. */
const notParameters: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub', 'request', 'request_uri'])

function merged(form: Form, claims: Claims): Form {
  const own = Object.entries(claims).filter(([name, value]) => value !== null && !notParameters.has(name))
  const object = new Map(own.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]))
  const names = [...new Set([...form.names, ...object.keys()])].filter((name) => !['request', 'request_uri'].includes(name))
  const pairs = names.map((name) => [name, object.get(name) ?? form.get(name) ?? ''])
  return { ...parseParameters(new URLSearchParams(pairs).toString()), repeated: form.repeated }
}
