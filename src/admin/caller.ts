import { decodeJws } from '../crypto/jws.ts'
import { AdminError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { users as userRows } from '../storage/users.ts'
import { realmNameOf } from '../tokens/issuer.ts'
import { verifyToken } from '../tokens/verify.ts'
import type { AdminServices } from './services.ts'

/** Who calls the Admin API: a user (or service account) of a realm, through a client. */
export interface Caller {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly userId: string
  readonly ipAddress: string
}

export const unauthorized = (): AdminError => new AdminError(401, { error: 'HTTP 401 Unauthorized' })

/**
 * Reads the bearer token. The user comes from the session or, for service accounts, from the client, and the rights from the database:
 * a lightweight token holds neither. A subject that a mapper has made up is nobody. A logged-out session, a disabled user, client or realm is refused at once.
 */
export async function authenticateCaller(request: HttpRequest, services: AdminServices): Promise<Caller> {
  const token = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw unauthorized()
  const realm = await realmOfToken(services, token)
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, ['Bearer'])
  if ('fault' in verified) throw unauthorized()
  const { claims } = verified
  const client = await realm.client(String(claims['azp']))
  if (client === undefined || !client.enabled) throw unauthorized()
  if (await services.sessions.isRevoked(realm, String(claims['jti']))) throw unauthorized()
  const userId = await subjectOf(services, realm, client, claims)
  const user = userId === undefined ? undefined : await userRows(services.database).findById(realm.id, userId)
  if (user === undefined || user.enabled !== 1 || Number(claims['iat']) < user.not_before) throw unauthorized()
  return { realm, client, userId: user.id, ipAddress: request.remoteAddress }
}

async function realmOfToken(services: AdminServices, token: string): Promise<RealmSnapshot> {
  const name = realmNameOf(decodeJws(token)?.claims['iss'])
  const realm = name === undefined ? undefined : await services.realms.find(name)
  if (realm === undefined || !realm.enabled) throw unauthorized()
  return realm
}

async function subjectOf(
  services: AdminServices,
  realm: RealmSnapshot,
  client: Client,
  claims: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { sid, sub, jti } = claims
  if (typeof sid !== 'string') {
    const user = await realm.serviceAccount(client)
    return sub === undefined || sub === user?.id ? user?.id : undefined
  }
  const session = await services.sessions.find(realm, sid, /^of\w+:/.test(String(jti)))
  return session?.userId
}
