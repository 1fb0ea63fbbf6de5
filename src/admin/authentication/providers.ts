import type { HttpResponse } from '../../http/values.ts'
import { authenticators } from '../../login/authenticators/index.ts'
import { formActions } from '../../login/form-actions/index.ts'
import { type AuthenticatorConfigInfoRepresentation, authenticatorConfigInfoRepresentation } from '../../representations/authentication.ts'
import { printRepresentation } from '../../representations/print.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json, jsonText } from '../bodies.ts'
import { describeProperties } from '../property.ts'
import { notFound, viewRoles } from './answers.ts'
import { clientAuthenticators } from './client-authenticators.ts'
import { namedAuthenticators, namedFormActions } from './named-providers.ts'
import type { ProviderMetadata } from './provider-metadata.ts'

const path = '/authentication'
/** Whoever may see clients has to know how they can authenticate. */
const viewOrClients = [...viewRoles, 'view-clients', 'manage-clients', 'query-clients'] as const

export const providerRoutes: readonly AdminRoute[] = [
  list('authenticator-providers', 'Authenticators that a flow can execute', () => basicProviders),
  list('form-action-providers', 'What a form of a flow can ask for', () => formProviders),
  list('form-providers', 'Forms that a flow can show', () => forms),
  {
    method: 'GET',
    path: `${path}/client-authenticator-providers`,
    summary: 'How clients can authenticate',
    role: viewOrClients,
    handle: async () => json(clientAuthenticators.map((each) => ({ supportsSecret: each.supportsSecret, ...brief(each) }))),
  },
  {
    method: 'GET',
    path: `${path}/per-client-config-description`,
    summary: 'Settings of client authenticators that each client has of its own',
    role: viewOrClients,
    handle: async () => json(Object.fromEntries(clientAuthenticators.map(({ id, perClient }) => [id, describeProperties(perClient)]))),
  },
  {
    method: 'GET',
    path: `${path}/config-description/:provider`,
    summary: 'Settings of something that a flow can execute',
    role: viewRoles,
    handle: describeProvider,
  },
]

/** The form of the registration is drawn by an authenticator, and no flow executes it by itself. */
const isForm = ({ id }: { readonly id: string }): boolean => id === 'registration-page-form'

const forms = authenticators.filter(isForm)
const basicProviders: readonly ProviderMetadata[] = [...authenticators.filter((each) => !isForm(each)), ...namedAuthenticators]
const formProviders: readonly ProviderMetadata[] = [...formActions, ...namedFormActions]

const byId = (providers: readonly ProviderMetadata[]): ReadonlyMap<string, ProviderMetadata> =>
  new Map(providers.map((provider) => [provider.id, provider]))

const basicById = byId(basicProviders)
const formById = byId(formProviders)
const clientById = byId(clientAuthenticators)

/** What a flow of that kind (`basic-flow` …) can execute under an id; undefined when there is no such thing. */
export function findExecutable(flowProviderId: string | undefined, id: string): ProviderMetadata | undefined {
  if (flowProviderId === 'client-flow') return clientById.get(id)
  return flowProviderId === 'form-flow' ? formById.get(id) : basicById.get(id)
}

/** Names of settings that are secrets of some provider. */
export const secretSettings: ReadonlySet<string> = new Set(
  [...basicProviders, ...formProviders, ...clientAuthenticators].flatMap(({ properties }) =>
    properties.filter(({ secret }) => secret).map(({ name }) => name),
  ),
)

const requirementsByFlow: Readonly<Record<string, readonly string[]>> = Object.freeze({
  'basic-flow': ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'],
  'form-flow': ['REQUIRED', 'DISABLED'],
  'client-flow': ['ALTERNATIVE', 'REQUIRED', 'DISABLED'],
})

/** Requirements that a flow of that kind may have inside another one. */
export const requirementsOfFlow = (providerId: string | undefined): readonly string[] => requirementsByFlow[providerId ?? ''] ?? []

const brief = ({ id, label, help }: Pick<ProviderMetadata, 'id' | 'label' | 'help'>) => ({ displayName: label, description: help, id })

function list(name: string, summary: string, providers: () => readonly Pick<ProviderMetadata, 'id' | 'label' | 'help'>[]): AdminRoute {
  return {
    method: 'GET',
    path: `${path}/${name}`,
    summary,
    role: viewRoles,
    handle: async () => json(providers().map(brief)),
  }
}

async function describeProvider({ request }: AdminContext): Promise<HttpResponse> {
  const id = request.params['provider'] ?? ''
  const provider = basicById.get(id) ?? formById.get(id) ?? clientById.get(id)
  if (provider === undefined) throw notFound('Could not find authenticator provider')
  const info: AuthenticatorConfigInfoRepresentation = {
    name: provider.label,
    providerId: id,
    helpText: provider.help,
    properties: provider.properties.map(({ options, ...facts }) => ({
      ...facts,
      ...(options === undefined ? {} : { options: [...options] }),
    })),
  }
  return jsonText(printRepresentation(authenticatorConfigInfoRepresentation, info))
}
