import type { UserRepresentation } from '../representations/user.ts'
import { type UserRecord, userImport } from '../storage/user-import.ts'
import { ImportError } from './errors.ts'
import type { PreparedUser } from './prepare-users.ts'
import { userSections } from './user-sections.ts'
import type { Writing } from './writing.ts'

/** Members of a user that have columns, or are computed. */
const columns = [
  'id',
  'username',
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'enabled',
  'createdTimestamp',
  'notBefore',
  'serviceAccountClientId',
  'federationLink',
  'access',
  'totp',
  'self',
  'origin',
] as const satisfies readonly (keyof UserRepresentation)[]

const stored: readonly (keyof UserRepresentation)[] = [...columns, ...userSections.flatMap((section) => section.members)]

/** Writes users: a statement for each of their tables, however many they are. Throws ImportError for names that the realm does not have. */
export async function writeUsers(writing: Writing, users: readonly PreparedUser[]): Promise<void> {
  await userImport(writing.tx).users(
    writing.realmId,
    users.map((one) => recordOf(writing, one)),
  )
  for (const section of userSections) await section.write(writing, users)
}

function recordOf({ clientIds }: Writing, { id, user }: PreparedUser): UserRecord {
  const serviceClient = user.serviceAccountClientId
  const serviceAccountClientId = serviceClient === undefined ? undefined : clientIds.get(serviceClient)
  if (serviceClient !== undefined && serviceAccountClientId === undefined)
    throw new ImportError(400, `Unable to find client specified for service account link. Client: ${serviceClient}`)
  const doc: UserRepresentation = { ...user }
  for (const member of stored) delete doc[member]
  return {
    id,
    username: user.username ?? '',
    email: user.email,
    email_verified: user.emailVerified ? 1 : 0,
    first_name: user.firstName,
    last_name: user.lastName,
    first_name_lower: user.firstName?.toLowerCase(),
    last_name_lower: user.lastName?.toLowerCase(),
    enabled: user.enabled ? 1 : 0,
    created_at_ms: user.createdTimestamp ?? 0,
    not_before: user.notBefore ?? 0,
    service_account_client_id: serviceAccountClientId,
    federation_link: user.federationLink,
    doc,
  }
}
