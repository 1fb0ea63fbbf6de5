import { authenticateCaller } from '../admin/caller.ts'
import { type Permissions, permissionsOver } from '../admin/permissions.ts'
import { decodeJws } from '../crypto/jws.ts'
import { AdminError } from '../http/errors.ts'
import { signJwt } from '../keys/sign.ts'
import { ownSigningKey } from '../keys/signing-key.ts'
import { clientRegistration } from '../storage/client-registration.ts'
import type { ClientRow } from '../storage/clients.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { verifyToken } from '../tokens/verify.ts'
import { clientNotFound, forbidden, type RegistrationRefused, type RegistrationRequest, unauthorized } from './request.ts'

/** Which of the realm's policies hold: those for everybody, or those for who may register clients. A client keeps it for life. */
export type RegistrationAuth = 'anonymous' | 'authenticated'

/** Who registers or manages a client. */
export type RegistrationCaller = { readonly allowedOrigins: readonly string[] } & (
  | { readonly kind: 'anonymous' }
  /** Of an initial access token. */
  | { readonly kind: 'initial'; readonly tokenId: string }
  /** Of the token that a client got when it was registered. */
  | { readonly kind: 'client'; readonly tokenId: string; readonly auth: RegistrationAuth; readonly token: string; readonly claims: Claims }
  /** Somebody with an access token of the realm. */
  | { readonly kind: 'administrator'; readonly permissions: Permissions; readonly clientProtocol: string }
)

const types = ['Bearer', 'InitialAccessToken', 'RegistrationAccessToken']

/** Reads the bearer token; without one anybody may ask. Throws RegistrationRefused for a token that is no good. */
export async function readCaller(context: RegistrationRequest): Promise<RegistrationCaller> {
  const { request, services, realm } = context
  const token = /^bearer (\S+)/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) return { kind: 'anonymous', allowedOrigins: [] }
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, types)
  if ('fault' in verified) throw unauthorized(verified.fault === 'wrong type' ? 'Invalid type of token' : 'Failed decode token')
  const { claims } = verified
  const tokenId = String(claims['jti'])
  const allowedOrigins = originsOf(claims)
  if (claims['typ'] === 'Bearer') return administrator(context, allowedOrigins)
  if (claims['typ'] === 'InitialAccessToken') {
    const known = await clientRegistration(services.database).find(realm.id, tokenId)
    if (known === undefined) throw unauthorized('Initial Access Token not found')
    return { kind: 'initial', tokenId, allowedOrigins }
  }
  const auth = claims['registration_auth'] === 'authenticated' ? 'authenticated' : 'anonymous'
  return { kind: 'client', tokenId, auth, token, claims, allowedOrigins }
}

function originsOf(claims: Claims): readonly string[] {
  const origins = claims['allowed-origins']
  return Array.isArray(origins) ? origins.map(String) : []
}

async function administrator(
  { request, services, realm }: RegistrationRequest,
  allowedOrigins: readonly string[],
): Promise<RegistrationCaller> {
  try {
    const caller = await authenticateCaller(request, services)
    const permissions = await permissionsOver(services.database, caller, realm)
    return { kind: 'administrator', permissions, clientProtocol: caller.client.protocol, allowedOrigins }
  } catch (error) {
    // A logged-out session, a disabled user: the token says nothing any more.
    throw error instanceof AdminError ? unauthorized('Failed decode token') : error
  }
}

/** Who may register a client. Throws RegistrationRefused. */
export async function requireCreate({ services, realm }: RegistrationRequest, caller: RegistrationCaller): Promise<RegistrationAuth> {
  if (caller.kind === 'administrator') {
    if (!caller.permissions.has('manage-clients', 'create-client')) throw forbidden()
    return 'authenticated'
  }
  if (caller.kind !== 'initial') return 'anonymous'
  const known = await clientRegistration(services.database).find(realm.id, caller.tokenId)
  if (known === undefined || known.uses_left <= 0) throw unauthorized('No remaining count on initial access token')
  const endsAtMs = known.created_at_ms + known.expiration_seconds * 1_000
  if (known.expiration_seconds > 0 && endsAtMs <= services.clock.now()) throw unauthorized('Expired initial access token')
  return 'authenticated'
}

export interface Reached {
  readonly row: ClientRow
  readonly auth: RegistrationAuth
}

/** Who may change or remove a client: administrators and the client itself. Throws RegistrationRefused. */
export async function requireUpdate(
  context: RegistrationRequest,
  caller: RegistrationCaller,
  row: ClientRow | undefined,
): Promise<Reached> {
  if (caller.kind === 'administrator') {
    requireProtocol(context, caller.clientProtocol)
    if (!caller.permissions.has('manage-clients')) throw forbidden()
    if (row === undefined) throw clientNotFound()
    return { row, auth: 'authenticated' }
  }
  if (row !== undefined && caller.kind === 'client' && (await isTokenOf(context, caller.tokenId, row))) return { row, auth: caller.auth }
  throw unauthorized('Not authorized to update client. Maybe missing token or bad token type.')
}

/** Who may see a client. Throws RegistrationRefused. */
export async function requireView(context: RegistrationRequest, caller: RegistrationCaller, row: ClientRow | undefined): Promise<Reached> {
  if (caller.kind === 'administrator') {
    requireProtocol(context, caller.clientProtocol)
    if (!caller.permissions.has('manage-clients', 'view-clients')) throw forbidden()
    if (row === undefined) throw clientNotFound()
    return { row, auth: 'authenticated' }
  }
  if (caller.kind === 'initial') throw unauthorized('Not initial access token allowed')
  if (row !== undefined && caller.kind === 'client' && (await isTokenOf(context, caller.tokenId, row))) {
    requireProtocol(context, (await context.realm.client(row.client_id))?.protocol)
    return { row, auth: caller.auth }
  }
  throw notAuthorizedToView()
}

export const notAuthorizedToView = (): RegistrationRefused =>
  unauthorized('Not authorized to view client. Not valid token or client credentials provided.')

/** OpenID Connect's metadata says nothing true of a client of another protocol. */
function requireProtocol({ form }: RegistrationRequest, protocol: string | undefined): void {
  if (form === 'openid-connect' && protocol !== undefined && protocol !== form)
    throw new AdminError(400, { error: 'invalid_client', error_description: 'Wrong client protocol.' })
}

/** A client has one token at a time, and none that counts while it is disabled. */
async function isTokenOf({ services, realm }: RegistrationRequest, tokenId: string, row: ClientRow): Promise<boolean> {
  const current = await clientRegistration(services.database).tokenId(realm.id, row.id)
  const client = await realm.client(row.client_id)
  return client?.enabled === true && current?.registration_token_id === tokenId
}

/** The token that a client has read itself with: as it is, or signed anew when the realm's key has changed since. */
export async function currentToken({ realm }: RegistrationRequest, caller: RegistrationCaller): Promise<string | undefined> {
  if (caller.kind !== 'client') return undefined
  const key = ownSigningKey(realm)
  return decodeJws(caller.token)?.header['kid'] === key.kid ? caller.token : signJwt(key, caller.claims)
}
