import { readClient } from '../admin/clients/client-view.ts'
import { adapterConfig, installationOf } from '../admin/clients/installation.ts'
import type { Route } from '../http/routes.ts'
import { type HttpResponse, jsonResponse } from '../http/values.ts'
import type { ClientRow } from '../storage/clients.ts'
import { notAuthorizedToView, type Reached, readCaller, requireView } from './caller.ts'
import { clientOfPath } from './describe.ts'
import { requirePermitted } from './policies/policies.ts'
import { type RegistrationRequest, registrationRoute, unauthorized } from './request.ts'
import type { RegistrationServices } from './services.ts'

/** The file that an adapter of a client reads, for administrators, the client itself and, of public clients, everybody. */
export const installRoutes: readonly Route<RegistrationServices>[] = [
  registrationRoute('install', {
    method: 'GET',
    path: '/:client',
    summary: "A client's adapter configuration",
    event: 'CLIENT_INFO',
    handle: install,
  }),
]

async function install(context: RegistrationRequest): Promise<HttpResponse> {
  const { services, realm, request } = context
  const caller = await readCaller(context)
  const found = await clientOfPath(context)
  const { row, auth } = caller.kind === 'anonymous' ? await requireClientItself(context, found) : await requireView(context, caller, found)
  await requirePermitted(context, auth, { kind: 'view' })
  context.event.clientId = row.client_id
  const config = adapterConfig(await installationOf(services.database, realm, row, request.baseUrl))
  return jsonResponse(200, config, { 'content-type': 'application/json;charset=UTF-8' })
}

/** Throws RegistrationRefused unless the client is public or proves who it is. */
async function requireClientItself(context: RegistrationRequest, row: ClientRow | undefined): Promise<Reached> {
  if (row === undefined) throw notAuthorizedToView()
  const { services, realm, request } = context
  const reached: Reached = { row, auth: 'authenticated' }
  if (readClient(row).publicClient) return reached
  context.event.clientId = row.client_id
  const authenticated = await services.clientLogin.authenticate(request, realm)
  if (authenticated === undefined) throw unauthorized('Failed to authenticate client')
  if (authenticated.id !== row.id) throw unauthorized('Different client authenticated')
  return reached
}
