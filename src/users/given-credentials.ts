import type { RealmSnapshot } from '../realm/model.ts'
import type { CredentialRepresentation } from '../representations/user.ts'
import { type CredentialRow, credentials as credentialRows } from '../storage/credentials.ts'
import { userChanges } from '../storage/user-changes.ts'
import type { AccountParts } from './accounts.ts'
import { checkPassword } from './password-policy/check-password.ts'
import { hashPolicy } from './password-policy/parse.ts'
import type { Violation } from './password-policy/policy.ts'
import { nextPriority, type SetPasswordParts, storePassword } from './passwords.ts'

/** A credential of a user's JSON, ready to be written. */
export interface PreparedCredential {
  readonly type: string
  readonly secretData: string
  readonly credentialData: string
  readonly id: string | undefined
  readonly label: string | undefined
  readonly createdAtMs: number | undefined
  readonly temporary: boolean
}

export type PreparedCredentials =
  | { readonly kind: 'ready'; readonly credentials: readonly PreparedCredential[] }
  | { readonly kind: 'refused'; readonly violation: Violation }
  /** Neither a value nor a stored form, or one that is no JSON. */
  | { readonly kind: 'unreadable'; readonly reason: 'missing' | 'no JSON' }

/** Types that an administrator may hand over in their stored form; others are left out (reference behaviour). */
const storableTypes: readonly (string | undefined)[] = ['password', 'otp', 'webauthn', 'webauthn-passwordless', 'recovery-authn-codes']

/** Of one user's JSON; nobody has more. */
const credentialsMax = 100

interface Owner {
  readonly username: string
  readonly email: string | undefined
  readonly credentials: readonly CredentialRow[]
}

/**
 * Reads the credentials of a user's JSON before anything is written: hashing takes long. A value is a password whatever the type says
 * (reference behaviour) and has to follow the realm's policy; an empty one is none. Throws HashQueueFull.
 */
export async function prepareCredentials(
  parts: SetPasswordParts,
  realm: RealmSnapshot,
  owner: Owner,
  given: readonly { readonly [member in keyof CredentialRepresentation]?: CredentialRepresentation[member] | null }[],
): Promise<PreparedCredentials> {
  const credentials: PreparedCredential[] = []
  for (const { type, value, secretData, credentialData, id, userLabel, createdDate, temporary } of given.slice(0, credentialsMax)) {
    if (value === '') continue
    if (value !== undefined && value !== null) {
      const violation = await checkPassword(parts, realm, owner, value)
      if (violation !== undefined) return { kind: 'refused', violation }
      const hashed = await parts.passwords.hash(value, hashPolicy(realm))
      const fresh = { id: undefined, label: undefined, createdAtMs: undefined }
      credentials.push({ type: 'password', ...hashed, ...fresh, temporary: temporary ?? false })
      continue
    }
    if (!type || !secretData || !credentialData) return { kind: 'unreadable', reason: 'missing' }
    if (!storableTypes.includes(type)) continue
    if (!isJsonObject(secretData) || !isJsonObject(credentialData)) return { kind: 'unreadable', reason: 'no JSON' }
    credentials.push({
      type,
      secretData,
      credentialData,
      id: id ?? undefined,
      label: userLabel ?? undefined,
      createdAtMs: createdDate ?? undefined,
      temporary: temporary ?? false,
    })
  }
  return { kind: 'ready', credentials }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** Writes them behind those that the user has; a password takes the place of the one before, an id that is there already is left alone. */
export async function writeCredentials(
  parts: Pick<AccountParts, 'sql' | 'random' | 'clock'>,
  realm: RealmSnapshot,
  userId: string,
  credentials: readonly PreparedCredential[],
): Promise<void> {
  const { sql: tx, random, clock } = parts
  for (const credential of credentials) {
    const { type, secretData, credentialData, id, label, createdAtMs, temporary } = credential
    const rows = await credentialRows(tx).listOf(userId)
    if (id !== undefined && rows.some((row) => row.id === id)) continue
    if (type === 'password') {
      await storePassword(parts, realm, userId, { ...credential, temporary: temporary || undefined })
      continue
    }
    await credentialRows(tx).insert({
      id: id ?? random.uuid(),
      user_id: userId,
      type,
      user_label: label ?? null,
      created_at_ms: createdAtMs ?? clock.now(),
      priority: nextPriority(rows),
      secret_data: secretData,
      credential_data: credentialData,
    })
    if (temporary) await userChanges(tx).addRequiredAction(userId, 'UPDATE_PASSWORD')
  }
}
