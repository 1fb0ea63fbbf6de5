import { json } from '../http/api-answers.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import { absoluteClientUrl } from '../realm/client-url.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { liveSessionsOf } from '../sessions/live-sessions.ts'
import { type ClientRow, clients as clientRows } from '../storage/clients.ts'
import { sessionRows } from '../storage/sessions.ts'
import type { Consent } from '../users/consents.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { consentPrinter } from './consents.ts'

export const applicationRoutes: readonly AccountRoute[] = [
  {
    method: 'GET',
    path: '/applications',
    summary: 'Applications that somebody uses, has allowed something, or is offered',
    roles: ['manage-account', 'view-applications'],
    handle: listApplications,
  },
]

/** Applications that are offered to everybody: more is no list for people. */
const offeredMax = 1_000

/** Internal ids of the clients that have a part in sessions of one kind. */
async function clientsOfSessions({ services, realm, caller }: AccountContext, offline: boolean): Promise<ReadonlySet<string>> {
  const ids = (await liveSessionsOf(services, realm, caller.user.id, offline)).map(({ id }) => id)
  if (ids.length === 0) return new Set()
  return new Set((await sessionRows(services.database).clientsOf(ids, offline)).map(({ client_id }) => client_id))
}

/** A fixed number of statements, however many there are. */
async function listApplications(context: AccountContext): Promise<HttpResponse> {
  const { request, services, realm, caller } = context
  const name = readQuery(request).get('name')?.toLowerCase()
  const inUse = await clientsOfSessions(context, false)
  const offline = await clientsOfSessions(context, true)
  const consents = new Map((await services.consents.listOf(caller.user.id)).map((consent) => [consent.clientId, consent]))
  const stored = clientRows(services.database)
  const offered = await stored.alwaysDisplayed(realm.id, offeredMax)
  const known = new Set(offered.map(({ id }) => id))
  const others = [...new Set([...inUse, ...offline, ...consents.keys()])].filter((id) => !known.has(id))
  const rows = [...offered, ...(others.length === 0 ? [] : await stored.findMany(realm.id, others))]
  const describe = describer(context, inUse, offline, consents)
  return json(
    rows
      .map((row) => ({ row, doc: JSON.parse(row.doc) as ClientRepresentation }))
      .filter(({ row, doc }) => doc.bearerOnly !== true && row.client_id !== '')
      .filter(({ doc }) => name === undefined || (doc.name ?? '').toLowerCase().includes(name))
      .toSorted((a, b) => (a.row.client_id < b.row.client_id ? -1 : 1))
      .map(({ row, doc }) => describe(row, doc)),
  )
}

function describer(
  context: AccountContext,
  inUse: ReadonlySet<string>,
  offline: ReadonlySet<string>,
  consents: ReadonlyMap<string, Consent>,
) {
  const print = consentPrinter(context)
  const { baseUrl } = context.request
  return ({ id, client_id: clientId }: ClientRow, doc: ClientRepresentation): Record<string, unknown> => {
    const { logoUri, policyUri, tosUri } = doc.attributes ?? {}
    const consent = consents.get(id)
    return {
      clientId,
      clientName: doc.name,
      description: doc.description,
      userConsentRequired: doc.consentRequired ?? false,
      inUse: inUse.has(id),
      offlineAccess: offline.has(id),
      rootUrl: doc.rootUrl,
      baseUrl: doc.baseUrl,
      effectiveUrl: absoluteClientUrl({ doc }, baseUrl, doc.baseUrl),
      ...(consent === undefined ? {} : { consent: print({ id, clientId, name: doc.name }, consent), logoUri, policyUri, tosUri }),
    }
  }
}
