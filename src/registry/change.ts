import { audit } from '../admin/admin-route.ts'
import { changeRealm } from '../admin/change-realm.ts'
import { changeClientOf, type readClient } from '../admin/clients/client-view.ts'
import { requireDeletable } from '../admin/clients/clients.ts'
import { rotatedAttributes, secretLength } from '../admin/clients/secrets.ts'
import { nowSeconds } from '../clock.ts'
import { randomAlphanumeric } from '../crypto/random.ts'
import { AdminError } from '../http/errors.ts'
import { logoutSession, logoutUser } from '../sessions/logout.ts'
import { clients as clientRows } from '../storage/clients.ts'
import type { ExternalSystemRow } from '../storage/external-systems.ts'
import { sessionRows } from '../storage/sessions.ts'
import { userChanges } from '../storage/user-changes.ts'
import { users as userRows } from '../storage/users.ts'
import { keyForAudit } from './create.ts'
import { isoTime, requireSystem, signs } from './describe.ts'
import { type GivenKey, requireKey, withoutKeys } from './keys.ts'
import { requireGrace } from './rules.ts'
import type { RegistryContext } from './services.ts'

type StoredClient = ReturnType<typeof readClient>

const auditChange = (
  context: RegistryContext,
  name: string,
  operation: 'UPDATE' | 'DELETE' | 'ACTION',
  path = '',
  representation: unknown = { name },
): void =>
  audit(context, {
    operation,
    resourceType: 'CLIENT',
    resourcePath: `external-systems/${name}${path}`,
    representation: JSON.stringify(representation),
  })

/** A new password; with a grace the one before works until it is over. ISO 8601. */
export interface RotatedSecret {
  readonly secret: string
  readonly previousValidUntil?: string
}

/**
 * Gives a system a new password. Passwords that were replaced earlier end now, whatever was said of them then. Throws AdminError: 400 for the
 * grace, 404, 409 for a system that signs.
 */
export async function rotateSecret(context: RegistryContext, name: string, graceSeconds?: number): Promise<RotatedSecret> {
  const { services } = context
  const grace = requireGrace(graceSeconds)
  const row = await requireSystem(context, name)
  const secret = randomAlphanumeric(services.random, secretLength)
  const now = nowSeconds(services.clock)
  const until = now + grace
  await changeClientOf(context, row.id, (client) => {
    if (signs(client)) throw new AdminError(409, { errorMessage: `External system ${name} signs with a key and has no password` })
    const attributes = { ...withoutRotated(client), 'client.secret.creation.time': String(now) }
    return { ...client, secret, attributes: grace > 0 ? { ...attributes, ...rotatedOf(client, now, until) } : attributes }
  })
  auditChange(context, name, 'ACTION', '/secret', { name, graceSeconds: grace })
  return { secret, ...(grace > 0 ? { previousValidUntil: isoTime(until * 1_000) } : {}) }
}

/** The reference's attributes of a secret that has been replaced, as its own rotation writes them; times in seconds. */
const rotatedOf = ({ secret, attributes }: StoredClient, now: number, until: number): Record<string, string> => ({
  'client.secret.rotated': secret ?? '',
  'client.secret.rotated.creation.time': attributes?.['client.secret.creation.time'] ?? String(now),
  'client.secret.rotated.expiration.time': String(until),
})

const rotatedNames: ReadonlySet<string> = new Set(rotatedAttributes)

const withoutRotated = ({ attributes }: StoredClient): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes ?? {}).filter(([name]) => !rotatedNames.has(name)))

/** Lets a system sign with this key and with no other, and not send a password any more. Throws AdminError: 400, 404. */
export async function replaceKey(context: RegistryContext, name: string, given: GivenKey): Promise<void> {
  const key = requireKey(given)
  const row = await requireSystem(context, name)
  await changeClientOf(context, row.id, (client) => ({
    ...client,
    clientAuthenticatorType: 'client-jwt',
    // Whoever switches the client back to a password must not bring back one that is known.
    secret: randomAlphanumeric(context.services.random, secretLength),
    attributes: { ...withoutKeys(withoutRotated(client)), ...key },
  }))
  auditChange(context, name, 'UPDATE', '/key', { name, ...keyForAudit(given) })
}

/** Refuses a system from now on: its proof, and the tokens that it has. Without effect on one that is blocked. Throws AdminError 404. */
export async function blockSystem(context: RegistryContext, name: string): Promise<void> {
  const { services, realm } = context
  const row = await requireSystem(context, name)
  let changed = false
  await changeClientOf(context, row.id, async (client, tx) => {
    changed = client.enabled !== false
    // Tokens from before, those of this second too, stay void when the system is let in again.
    if (changed && row.user_id !== null) await userChanges(tx).setNotBefore(realm.id, row.user_id, nowSeconds(services.clock) + 1)
    return { ...client, enabled: false }
  })
  if (!changed) return
  await endSessions(context, row)
  auditChange(context, name, 'ACTION', '/block')
}

/** Lets a blocked system in again; without effect on one that is not blocked. Throws AdminError 404. */
export async function unblockSystem(context: RegistryContext, name: string): Promise<void> {
  const { services, realm } = context
  const row = await requireSystem(context, name)
  let changed = false
  await changeClientOf(context, row.id, async (client, tx) => {
    changed = client.enabled === false
    const user = await userRows(tx).findServiceAccount(row.id)
    const now = nowSeconds(services.clock)
    // Within the second of the block: what it gets from now on must count.
    if (changed && user !== undefined && user.not_before > now) await userChanges(tx).setNotBefore(realm.id, user.id, now)
    return { ...client, enabled: true }
  })
  if (changed) auditChange(context, name, 'ACTION', '/unblock')
}

/** Removes a system with its service account and all that it was given; its tokens are void at once. Throws AdminError 404. */
export async function removeSystem(context: RegistryContext, name: string): Promise<void> {
  const { realm } = context
  const row = await requireSystem(context, name)
  requireDeletable(context, row)
  await endSessions(context, row)
  await changeRealm(context, (tx) => clientRows(tx).remove(realm.id, row.id))
  auditChange(context, name, 'DELETE', '', { name, id: row.id })
}

/** Online and offline sessions; a system has few, and most have none. */
async function endSessions({ services, realm, request }: RegistryContext, { user_id }: ExternalSystemRow): Promise<void> {
  if (user_id === null) return
  await logoutUser(services, realm, user_id, request.baseUrl)
  const offline = await sessionRows(services.database).ofUser(realm.id, user_id, true)
  for (const { id } of offline) await logoutSession(services, realm, { id, offline: true }, request.baseUrl)
}
