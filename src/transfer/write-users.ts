import type { CredentialRepresentation, UserConsentRepresentation, UserRepresentation } from '../representations/user.ts'
import { consentRows } from '../storage/consents.ts'
import { credentials as credentialRows } from '../storage/credentials.ts'
import { federatedIdentities } from '../storage/federated-identities.ts'
import { users as userRows } from '../storage/users.ts'
import { ImportError } from './errors.ts'
import { groupId, type Writing } from './writing.ts'

/** A user whose credentials are in their stored form. */
export interface PreparedUser {
  readonly user: UserRepresentation
  readonly credentials: readonly (CredentialRepresentation & { readonly secretData: string; readonly credentialData: string })[]
}

/** Members of a user that have columns or tables; the rest is kept in the doc. */
const stored = [
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
  'federatedIdentities',
  'clientConsents',
  'attributes',
  'credentials',
  'requiredActions',
  'realmRoles',
  'clientRoles',
  'groups',
  'access',
  'totp',
  'self',
  'origin',
] as const satisfies readonly (keyof UserRepresentation)[]

export async function writeUsers(writing: Writing, users: readonly PreparedUser[]): Promise<void> {
  for (const user of users) await writeUser(writing, user)
}

async function writeUser(writing: Writing, { user, credentials }: PreparedUser): Promise<void> {
  const { tx, realmId, clientIds, roles } = writing
  const { id, username } = user
  if (id === undefined || username === undefined) throw new ImportError(400, 'User name is missing')
  const serviceClient = user.serviceAccountClientId
  const serviceAccountClientId = serviceClient === undefined ? undefined : clientIds.get(serviceClient)
  if (serviceClient !== undefined && serviceAccountClientId === undefined)
    throw new ImportError(400, `Unable to find client specified for service account link. Client: ${serviceClient}`)
  const doc: UserRepresentation = { ...user }
  for (const member of stored) delete doc[member]
  await userRows(tx).insert(realmId, {
    id,
    username,
    email: user.email,
    emailVerified: user.emailVerified ?? false,
    firstName: user.firstName,
    lastName: user.lastName,
    enabled: user.enabled ?? false,
    createdAtMs: user.createdTimestamp ?? 0,
    notBefore: user.notBefore ?? 0,
    serviceAccountClientId,
    federationLink: user.federationLink,
    doc: JSON.stringify(doc),
  })
  for (const [name, values] of Object.entries(user.attributes ?? {}))
    for (const [position, value] of values.entries()) await userRows(tx).addAttribute(id, name, position, value)
  for (const [position, action] of (user.requiredActions ?? []).entries()) await userRows(tx).addRequiredAction(id, position, action)
  for (const role of user.realmRoles ?? []) await userRows(tx).addRole(id, await roles.findOrCreate(undefined, role))
  for (const [clientId, names] of Object.entries(user.clientRoles ?? {}))
    for (const role of names) await userRows(tx).addRole(id, await roles.findOrCreate(clientId, role))
  for (const path of user.groups ?? []) await userRows(tx).addGroup(id, groupId(writing, path))
  for (const [index, credential] of credentials.entries()) await writeCredential(writing, id, credential, index)
  for (const { identityProvider, userId, userName } of user.federatedIdentities ?? []) {
    if (identityProvider === undefined) continue
    const account = { external_user_id: userId ?? null, external_username: userName ?? null, token: null }
    await federatedIdentities(tx).insert({ user_id: id, identity_provider: identityProvider, ...account })
  }
  for (const consent of user.clientConsents ?? []) await writeConsent(writing, id, consent)
}

/** Consents for clients that the realm does not have are left out. */
async function writeConsent({ tx, clientIds, scopeIds }: Writing, userId: string, consent: UserConsentRepresentation): Promise<void> {
  const { clientId = '', grantedClientScopes = [], createdDate = 0, lastUpdatedDate } = consent
  const client = clientIds.get(clientId)
  if (client === undefined) return
  const granted = grantedClientScopes.flatMap((name) => scopeIds.get(name) ?? (name === clientId ? client : []))
  await consentRows(tx).put({
    user_id: userId,
    client_id: client,
    created_at_ms: createdDate,
    updated_at_ms: lastUpdatedDate ?? createdDate,
    doc: JSON.stringify({ scopeIds: granted }),
  })
}

/** Preferred credentials come first; the reference counts their priorities in tens. */
const priorityStep = 10

async function writeCredential(
  { tx, random }: Writing,
  userId: string,
  credential: PreparedUser['credentials'][number],
  index: number,
): Promise<void> {
  await credentialRows(tx).insert({
    id: credential.id ?? random.uuid(),
    user_id: userId,
    type: credential.type ?? 'password',
    user_label: credential.userLabel ?? null,
    created_at_ms: credential.createdDate ?? 0,
    priority: credential.priority ?? (index + 1) * priorityStep,
    secret_data: credential.secretData,
    credential_data: credential.credentialData,
  })
}
