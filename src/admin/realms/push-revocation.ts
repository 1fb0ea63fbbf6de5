import { nowSeconds } from '../../clock.ts'
import type { HttpResponse } from '../../http/values.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import { signJwt } from '../../keys/sign.ts'
import { absoluteClientUrl } from '../../realm/client-url.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { silentJson } from '../bodies.ts'
import type { AdminServices } from '../services.ts'

export const pushRevocationRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/push-revocation',
    summary: 'Tell all clients which tokens are void',
    role: ['manage-realm'],
    handle: pushRevocation,
  },
]

export const pushLimits = {
  /** Clients that are told at a time: thousands of them are not called at once. */
  concurrent: 10,
  /** How long a client may hold the message to be new; the reference's time. */
  lifespanSeconds: 30,
} as const

/** A client that has an address for such messages. */
export interface PushTarget {
  readonly clientId: string
  /** Absolute. */
  readonly url: string
}

/** Which addresses took the message; empty lists are left out. */
export interface PushResult {
  readonly successRequests?: readonly string[]
  readonly failedRequests?: readonly string[]
}

type Pushing = Pick<AdminServices, 'http' | 'clock' | 'random'>

/** Sends each client the time before which tokens are void, signed by the realm, as the reference's adapters expect it. */
export async function pushNotBefore(
  services: Pushing,
  realm: RealmSnapshot,
  targets: readonly PushTarget[],
  notBefore: number,
): Promise<PushResult> {
  const waiting = [...targets]
  const told = new Map<PushTarget, boolean>()
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift())
      told.set(target, await push(services, realm, target, notBefore))
  }
  await Promise.all(Array.from({ length: pushLimits.concurrent }, work))
  const urls = (taken: boolean): string[] => targets.filter((target) => told.get(target) === taken).map(({ url }) => url)
  return {
    ...(urls(true).length === 0 ? {} : { successRequests: urls(true) }),
    ...(urls(false).length === 0 ? {} : { failedRequests: urls(false) }),
  }
}

async function push({ http, clock, random }: Pushing, realm: RealmSnapshot, target: PushTarget, notBefore: number): Promise<boolean> {
  const keys = realm.derived(realmKeys)
  const key = keys.signing(realm.settings.defaultSignatureAlgorithm || 'RS256') ?? keys.signing('RS256')
  if (key === undefined) return false
  const expiration = nowSeconds(clock) + pushLimits.lifespanSeconds
  const claims = { id: `${random.uuid()}-${clock.now()}`, expiration, resource: target.clientId, action: 'PUSH_NOT_BEFORE', notBefore }
  try {
    const body = await signJwt(key, claims)
    const url = `${target.url.replace(/\/$/, '')}/k_push_not_before`
    const { status } = await http.send({ method: 'POST', url, headers: { 'content-type': 'text/plain; charset=ISO-8859-1' }, body })
    return status === 200 || status === 204
  } catch {
    return false
  }
}

async function pushRevocation(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const rows = await clientRows(services.database).withAdminUrl(realm.id)
  const targets = rows.flatMap(({ client_id: clientId, doc }) => {
    const client = JSON.parse(doc) as ClientRepresentation
    const url = absoluteClientUrl({ doc: client }, request.baseUrl, client.adminUrl)
    return url === undefined ? [] : [{ clientId, url }]
  })
  const result = await pushNotBefore(services, realm, targets, realm.settings.notBefore ?? 0)
  audit(context, {
    operation: 'ACTION',
    resourceType: 'REALM',
    resourcePath: 'push-revocation',
    representation: JSON.stringify(result),
  })
  return silentJson(result)
}
