import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { requiredActions as builtActions } from '../../login/required-actions/index.ts'
import type { AuthenticationFlowRepresentation, RequiredActionProviderRepresentation } from '../../representations/authentication.ts'
import type { IdentityProviderRepresentation } from '../../representations/identity-provider.ts'
import { authentication } from '../../storage/authentication.ts'
import { consoleLists } from '../../storage/console-lists.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { hiddenAlias } from '../authentication/flows.ts'
import { json, pageParameters, silentJson } from '../bodies.ts'

const path = '/ui-ext/authentication-management'
const viewFlows = ['view-realm', 'manage-realm', 'view-clients', 'query-clients'] as const

export const consoleAuthenticationRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: `${path}/flows`, summary: 'Flows and what uses them', role: viewFlows, handle: listFlows },
  {
    method: 'GET',
    path: `${path}/required-actions`,
    summary: 'Required actions, and whether they can be configured',
    role: ['view-realm', 'manage-realm', 'query-users', 'view-users'],
    handle: listRequiredActions,
  },
  {
    method: 'GET',
    path: `${path}/:type/:id`,
    summary: 'Clients or identity providers that use a flow',
    role: viewFlows,
    handle: listUsers,
  },
]

/** What uses the flows of a realm, read at once: identity providers by the flow's alias, clients by its id. */
async function usageOf({ services, realm }: AdminContext) {
  const [providers, clients] = await Promise.all([
    identityProviders(services.database).list(realm.id),
    consoleLists(services.database).clientsWithFlows(realm.id),
  ])
  const docs = providers.map(({ alias, doc }) => ({ alias, doc: JSON.parse(doc) as IdentityProviderRepresentation }))
  const overrides = clients.map(({ client_id: clientId, overrides: text }) => ({
    clientId,
    flows: new Set(Object.values(JSON.parse(text) as Record<string, string>)),
  }))
  return {
    providersOf: (alias: string): string[] =>
      docs
        .filter(({ doc }) => [doc.firstBrokerLoginFlowAlias, doc.postBrokerLoginFlowAlias].includes(alias))
        .map((provider) => provider.alias),
    clientsOf: (flowId: string): string[] => overrides.filter(({ flows }) => flows.has(flowId)).map(({ clientId }) => clientId),
  }
}

/** Members of the realm that name its flows, in the order of the console's list. */
const bindings = [
  'browserFlow',
  'directGrantFlow',
  'registrationFlow',
  'resetCredentialsFlow',
  'clientAuthenticationFlow',
  'firstBrokerLoginFlow',
  'dockerAuthenticationFlow',
] as const

/** Names that a flow in the list brings along; the rest has a list of its own. */
const namesMax = 10

async function listFlows(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const [rows, usage] = await Promise.all([authentication(services.database).flows(realm.id), usageOf(context)])
  const bound = bindings.map((binding) => realm.settings[binding])
  const place = (alias: string): number => (bound.includes(alias) ? bound.indexOf(alias) : bound.length)
  const top = rows.filter(({ alias, doc }) => alias !== hiddenAlias && (JSON.parse(doc) as AuthenticationFlowRepresentation).topLevel)
  const usedBy = (id: string, alias: string): object => {
    if (bound.includes(alias)) return { usedBy: { type: 'DEFAULT', values: [alias] } }
    const [providers, clients] = [usage.providersOf(alias), usage.clientsOf(id)]
    if (providers.length > 0) return { usedBy: { type: 'SPECIFIC_PROVIDERS', values: providers.slice(0, namesMax) } }
    return clients.length > 0 ? { usedBy: { type: 'SPECIFIC_CLIENTS', values: clients.slice(0, namesMax) } } : {}
  }
  const ordered = top.toSorted((one, other) => place(one.alias) - place(other.alias))
  return silentJson(
    ordered.map(({ id, alias, doc }) => {
      const { builtIn = false, description } = JSON.parse(doc) as AuthenticationFlowRepresentation
      return { id, alias, builtIn, ...usedBy(id, alias), ...(description === undefined ? {} : { description }) }
    }),
  )
}

async function listRequiredActions({ services, realm }: AdminContext): Promise<HttpResponse> {
  const rows = await authentication(services.database).requiredActions(realm.id)
  return json(
    rows.map(({ alias, doc }) => {
      const action = JSON.parse(doc) as RequiredActionProviderRepresentation
      const built = builtActions.find((one) => one.alias === action.providerId)
      return { ...action, alias, config: action.config ?? {}, configurable: built === undefined || built.properties.length > 0 }
    }),
  )
}

/** Names of one page unless the caller asks for another number. */
const pageDefault = 10

async function listUsers(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const { type, id } = request.params
  const flow = (await authentication(services.database).flows(realm.id)).find((row) => row.id === id)
  if (flow === undefined || (type !== 'clients' && type !== 'idp')) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  const usage = await usageOf(context)
  const query = readQuery(request)
  const { first, max } = pageParameters(query, pageDefault)
  const search = (query.get('search') ?? '').toLowerCase()
  const names = type === 'clients' ? usage.clientsOf(flow.id) : usage.providersOf(flow.alias)
  return silentJson(names.filter((name) => name.toLowerCase().includes(search)).slice(first, first + max))
}
