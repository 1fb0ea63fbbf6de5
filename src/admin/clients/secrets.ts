import { nowSeconds } from '../../clock.ts'
import { randomAlphanumeric } from '../../crypto/random.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { clientRepresentation } from '../../representations/client.ts'
import { secretMask } from '../../representations/mask.ts'
import { printRepresentation } from '../../representations/print.ts'
import { userRepresentation } from '../../representations/user.ts'
import { clientRegistration } from '../../storage/client-registration.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { users as userRows } from '../../storage/users.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { json, jsonText, noContent, silentJson } from '../bodies.ts'
import { describeUser } from '../users/users.ts'
import { clientForAudit } from './client-audit.ts'
import { changeClient, describeClient, findClient, manage, query, readClient, view } from './client-view.ts'
import { registrationToken } from './registration-token.ts'

/** Characters of a generated secret, as the reference makes them: 512 bits. */
export const secretLength = 86

const secretPath = '/clients/:client/client-secret'

export const secretRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: secretPath, summary: "A client's secret", role: query, handle: getSecret },
  { method: 'POST', path: secretPath, summary: 'Make a new secret', role: query, handle: makeSecret },
  { method: 'GET', path: `${secretPath}/rotated`, summary: 'The secret before', role: query, handle: getRotated },
  { method: 'DELETE', path: `${secretPath}/rotated`, summary: 'Forget the secret before', role: query, handle: deleteRotated },
  {
    method: 'POST',
    path: '/clients/:client/registration-access-token',
    summary: 'A token by which the client may be changed',
    role: query,
    handle: makeRegistrationToken,
  },
  {
    method: 'GET',
    path: '/clients/:client/service-account-user',
    summary: "The user of a client's service account",
    role: query,
    handle: getServiceAccountUser,
  },
]

const rotated = 'client.secret.rotated'
/** Attributes of a secret that another has replaced. */
export const rotatedAttributes = [rotated, 'client.secret.rotated.creation.time', 'client.secret.rotated.expiration.time'] as const

const masked = JSON.stringify({ type: 'secret', value: secretMask })

async function getSecret(context: AdminContext): Promise<HttpResponse> {
  const { secret } = readClient(await findClient(context, view))
  return json(secret === undefined ? { type: 'secret' } : { type: 'secret', value: secret })
}

/** The old secret is void at once. */
async function makeSecret(context: AdminContext): Promise<HttpResponse> {
  const { services } = context
  const row = await findClient(context, manage)
  const value = randomAlphanumeric(services.random, secretLength)
  await changeClient(context, (client) => ({
    ...client,
    secret: value,
    attributes: { ...client.attributes, 'client.secret.creation.time': String(nowSeconds(services.clock)) },
  }))
  audit(context, {
    operation: 'ACTION',
    resourceType: 'CLIENT',
    resourcePath: `clients/${row.id}/client-secret`,
    representation: masked,
  })
  return silentJson({ type: 'secret', value })
}

async function getRotated(context: AdminContext): Promise<HttpResponse> {
  const value = readClient(await findClient(context, view)).attributes?.[rotated]
  if (value === undefined) throw new AdminError(404, { error: 'Client does not have a rotated secret' })
  return json({ type: 'secret', value })
}

async function deleteRotated(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, manage)
  const has = rotatedAttributes.some((name) => readClient(row).attributes?.[name] !== undefined)
  if (has) {
    await changeClient(context, (client) => {
      const attributes = { ...client.attributes }
      for (const name of rotatedAttributes) delete attributes[name]
      return { ...client, attributes }
    })
  }
  audit(context, {
    operation: 'DELETE',
    resourceType: 'CLIENT',
    resourcePath: `clients/${row.id}/client-secret/rotated`,
    representation: masked,
  })
  return noContent()
}

/** The token before is void. What is answered is the client with the new one, its secret masked (reference behaviour). */
async function makeRegistrationToken(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, request } = context
  const row = await findClient(context, manage)
  const id = services.random.uuid()
  const token = await registrationToken(context, { id, typ: 'RegistrationAccessToken', registrationAuth: 'authenticated' })
  await clientRegistration(services.database).setTokenId(realm.id, row.id, id)
  const links = await clientRows(services.database).scopeNames([row.id])
  const { secret, ...client } = describeClient(realm, row, links)
  const answer = { ...client, ...(secret === undefined ? {} : { secret: secretMask }), registrationAccessToken: token }
  audit(context, {
    operation: 'ACTION',
    resourceType: 'CLIENT',
    resourcePath: request.path.slice(request.path.indexOf('/clients/') + 1),
    representation: clientForAudit(answer),
  })
  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    body: printRepresentation(clientRepresentation, answer),
  }
}

async function getServiceAccountUser(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, view)
  const user = await userRows(context.services.database).findServiceAccount(row.id)
  if (user === undefined) throw new AdminError(400, { error: `Service account not enabled for the client '${row.client_id}'` })
  return jsonText(printRepresentation(userRepresentation, await describeUser(context, user)))
}
