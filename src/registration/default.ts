import type { HttpResponse } from '../http/values.ts'
import { clientRepresentation } from '../representations/client.ts'
import { printRepresentation } from '../representations/print.ts'
import { readPatch } from '../representations/request-body.ts'
import type { ClientRow } from '../storage/clients.ts'
import { readCaller } from './caller.ts'
import { registerClient } from './create.ts'
import { defaultRolesOf } from './default-roles.ts'
import { describe } from './describe.ts'
import { changeClientOfPath, readClientOfPath, removeClientOfPath } from './manage.ts'
import { basePath, formRoutes, type RegistrationRequest, readDescription } from './request.ts'

const form = 'default'
const json = { 'content-type': 'application/json;charset=UTF-8' }

/** Clients described by the server's own JSON, as the Admin API has it. */
export const defaultRoutes = formRoutes(form, { create, read, change, remove: removeClientOfPath })

async function create(context: RegistrationRequest): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readDescription(request, clientRepresentation)
  const { row, token } = await registerClient(context, await readCaller(context), given)
  const place = basePath.replace(':realm', encodeURIComponent(realm.name))
  const location = `${request.baseUrl}${place}/${form}/${encodeURIComponent(row.client_id)}`
  return { status: 201, headers: { ...json, location }, body: await print(context, row, token) }
}

async function read(context: RegistrationRequest): Promise<HttpResponse> {
  const { row, token } = await readClientOfPath(context)
  return { status: 200, headers: json, body: await print(context, row, token) }
}

async function change(context: RegistrationRequest): Promise<HttpResponse> {
  const given = readDescription(context.request, clientRepresentation)
  const patch = readPatch(context.request, clientRepresentation)
  const { row, token } = await changeClientOfPath(context, () => ({ given, patchOf: () => patch }))
  return { status: 200, headers: json, body: await print(context, row, token) }
}

async function print(context: RegistrationRequest, row: ClientRow, token: string | undefined): Promise<string> {
  const { services, realm } = context
  return printRepresentation(clientRepresentation, {
    ...(await describe(context, row)),
    ...(token === undefined ? {} : { registrationAccessToken: token }),
    defaultRoles: await defaultRolesOf(services.database, realm, row.id),
  })
}
