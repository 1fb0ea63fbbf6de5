import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { list, text } from '../../representations/fields.ts'
import { printRepresentations } from '../../representations/print.ts'
import { type CredentialRepresentation, credentialRepresentation } from '../../representations/user.ts'
import { type CredentialRow, credentials as credentialRows } from '../../storage/credentials.ts'
import { moveCredential, setPassword } from '../../users/passwords.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { isNothing, json, jsonText, noContent, readField, readRepresentation, wrongMediaType } from '../bodies.ts'
import { requireUserWithinReach } from '../roles/admin-rights.ts'
import { passwordRefusal, unknownError } from './refusals.ts'
import { findUser } from './users.ts'

const view = ['view-users', 'manage-users'] as const
const manage = ['manage-users'] as const
const path = '/users/:user/credentials'
const one = `${path}/:credential`

export const credentialRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: "A user's credentials", role: view, handle: listCredentials },
  { method: 'DELETE', path: one, summary: 'Take a credential away', role: manage, handle: deleteCredential },
  { method: 'PUT', path: `${one}/userLabel`, summary: "Change a credential's label", role: manage, handle: putLabel },
  { method: 'POST', path: `${one}/moveToFirst`, summary: 'Prefer a credential', role: manage, handle: moveToFirst },
  { method: 'POST', path: `${one}/moveAfter/:previous`, summary: 'Order credentials', role: manage, handle: moveAfter },
  { method: 'PUT', path: '/users/:user/reset-password', summary: 'Set a password', role: manage, handle: resetPassword },
  {
    method: 'PUT',
    path: '/users/:user/disable-credential-types',
    summary: 'Switch credentials of some types off',
    role: manage,
    handle: disableTypes,
  },
  {
    method: 'GET',
    path: '/users/:user/configured-user-storage-credential-types',
    summary: 'Types of credentials that a user storage holds',
    role: view,
    handle: storageTypes,
  },
]

/** Characters of a label, as the reference stores them. */
const labelLengthMax = 255

/** What is secret of a credential stays in the database. Earlier passwords are credentials as well (reference behaviour). */
const shown = (row: CredentialRow): CredentialRepresentation => ({
  id: row.id,
  type: row.type,
  ...(row.user_label === null ? {} : { userLabel: row.user_label }),
  createdDate: row.created_at_ms,
  credentialData: row.credential_data,
})

async function listCredentials(context: AdminContext): Promise<HttpResponse> {
  const user = await findUser(context)
  const rows = await credentialRows(context.services.database).listOf(user.id)
  return jsonText(printRepresentations(credentialRepresentation, rows.map(shown)))
}

/** The user's credentials and the one that the path names. */
async function findCredential(
  context: AdminContext,
): Promise<{ userId: string; credential: CredentialRow; all: readonly CredentialRow[] }> {
  const user = await findUser(context)
  const all = await credentialRows(context.services.database).listOf(user.id)
  const credential = all.find(({ id }) => id === context.request.params['credential'])
  if (credential === undefined) throw new AdminError(404, { error: 'Credential not found' })
  return { userId: user.id, credential, all }
}

async function deleteCredential(context: AdminContext): Promise<HttpResponse> {
  const { userId, credential } = await findCredential(context)
  await requireUserWithinReach(context, userId)
  await credentialRows(context.services.database).remove(userId, credential.id)
  audit(context, {
    operation: 'ACTION',
    resourceType: 'USER',
    resourcePath: `users/${userId}/credentials/${credential.id}`,
    details: {
      credential_id: credential.id,
      credential_type: credential.type,
      credential_user_label: credential.user_label ?? undefined,
    },
  })
  return { status: 204, headers: { 'cache-control': 'no-cache' } }
}

/** A plain text. Two credentials of one type may not have one label. */
async function putLabel(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== '' && type !== 'text/plain') throw wrongMediaType()
  const { userId, credential, all } = await findCredential(context)
  const label = request.body.toString('utf8')
  if (label.trim() === '')
    throw new AdminError(400, { error: 'missingCredentialLabel', error_description: 'Credential label must not be empty' })
  if (label.length > labelLengthMax) throw unknownError()
  const twin = all.find((other) => other.id !== credential.id && other.type === credential.type && other.user_label === label)
  if (twin !== undefined) throw new AdminError(409, { error: 'conflict', error_description: 'Device already exists with the same name' })
  await credentialRows(services.database).setLabel(userId, credential.id, label)
  return noContent()
}

async function moveToFirst(context: AdminContext): Promise<HttpResponse> {
  const { userId, credential } = await findCredential(context)
  await moveCredential(context.services.database, userId, credential.id, undefined)
  return noContent()
}

/** Behind one that is not there nothing moves, and nobody is told (reference behaviour). */
async function moveAfter(context: AdminContext): Promise<HttpResponse> {
  const { userId, credential } = await findCredential(context)
  await moveCredential(context.services.database, userId, credential.id, context.request.params['previous'] ?? '')
  return noContent()
}

async function resetPassword(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = await findUser(context)
  await requireUserWithinReach(context, user.id)
  const noPassword = new AdminError(400, { error: 'No password provided' })
  if (isNothing(request)) throw noPassword
  const { value, temporary } = readRepresentation(request, credentialRepresentation)
  if (value === undefined) throw noPassword
  if (value.trim() === '') throw new AdminError(400, { error: 'Empty password not allowed' })
  const parts = { ...services, sql: services.database }
  const violation = await setPassword(parts, realm, user, value, { temporary: temporary ?? false })
  if (violation !== undefined) throw passwordRefusal(realm, violation)
  audit(context, { operation: 'ACTION', resourceType: 'USER', resourcePath: `users/${user.id}/reset-password` })
  return noContent()
}

const typeList = list(text)

/** Only a user storage has types that can be switched off; for users of the realm's own this changes nothing (reference behaviour). */
async function disableTypes(context: AdminContext): Promise<HttpResponse> {
  await findUser(context)
  if (!isNothing(context.request)) readField(context.request, typeList)
  return noContent()
}

async function storageTypes(context: AdminContext): Promise<HttpResponse> {
  await findUser(context)
  return json([])
}
