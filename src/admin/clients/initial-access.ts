import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import {
  type ClientInitialAccessPresentation,
  clientInitialAccessCreatePresentation,
  clientInitialAccessPresentation,
} from '../../representations/client.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { clientRegistration, type InitialAccessRow } from '../../storage/client-registration.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { noContent, readRepresentation } from '../bodies.ts'
import { manage, view } from './client-view.ts'
import { registrationToken } from './registration-token.ts'

const path = '/clients-initial-access'

export const initialAccessRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Tokens by which clients may be registered', role: view, handle: list },
  { method: 'POST', path, summary: 'Make a token by which clients may be registered', role: manage, handle: create },
  { method: 'DELETE', path: `${path}/:access`, summary: 'Void such a token', role: manage, handle: remove },
]

/** Tokens that are listed at most. */
const listMax = 10_000

/** The largest number that the reference keeps. */
const integerMax = 2 ** 31 - 1

const describe = (row: InitialAccessRow): ClientInitialAccessPresentation => ({
  id: row.id,
  timestamp: Math.floor(row.created_at_ms / 1_000),
  expiration: row.expiration_seconds,
  count: row.uses_max,
  remainingCount: row.uses_left,
})

const headers = { 'content-type': 'application/json;charset=UTF-8' }

/** The tokens themselves are not stored. */
async function list({ services, realm }: AdminContext): Promise<HttpResponse> {
  const rows = await clientRegistration(services.database).list(realm.id, listMax)
  return { status: 200, headers, body: printRepresentations(clientInitialAccessPresentation, rows.map(describe)) }
}

/** By default for one client and without an end. The answer is the only time that the token is told. */
async function create(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, request } = context
  const given = readRepresentation(request, clientInitialAccessCreatePresentation)
  const { expiration = 0, count = 1, webOrigins } = given
  if (expiration < 0) throw refused('Invalid value for expiration', 'The expiration time interval cannot be less than 0')
  if (count < 0) throw refused('Invalid value for count', 'The count cannot be less than 0')
  const now = services.clock.now()
  const row: InitialAccessRow = {
    id: services.random.uuid(),
    created_at_ms: now,
    expiration_seconds: Math.min(expiration, integerMax),
    uses_max: count,
    uses_left: count,
  }
  const token = await registrationToken(context, {
    id: row.id,
    typ: 'InitialAccessToken',
    lifespanSeconds: row.expiration_seconds,
    ...(webOrigins === undefined ? {} : { allowedOrigins: webOrigins }),
  })
  await services.database.transaction(async (tx) => {
    await clientRegistration(tx).removeSpent(realm.id, now)
    await clientRegistration(tx).insert(realm.id, row)
  })
  report(context, 'CREATE', row.id, printRepresentation(clientInitialAccessCreatePresentation, given))
  const location = `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}${path}/${row.id}`
  const { id, ...described } = describe(row)
  const answer = { ...(id === undefined ? {} : { id }), token, ...described }
  return { status: 201, headers: { ...headers, location }, body: printRepresentation(clientInitialAccessPresentation, answer) }
}

const refused = (error: string, description: string): AdminError => new AdminError(400, { error, error_description: description })

/** An unknown one is void already. */
async function remove(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, request } = context
  const id = request.params['access'] ?? ''
  await clientRegistration(services.database).remove(realm.id, id)
  report(context, 'DELETE', id)
  return noContent()
}

function report(context: AdminContext, operation: 'CREATE' | 'DELETE', id: string, representation?: string): void {
  const resourcePath = `${path.slice(1)}/${id}`
  audit(context, { operation, resourceType: 'CLIENT_INITIAL_ACCESS_MODEL', resourcePath, representation })
}
