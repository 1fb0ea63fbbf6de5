import { isDeepStrictEqual } from 'node:util'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import {
  type ClientPoliciesRepresentation,
  type ClientPolicyRepresentation,
  type ClientProfileRepresentation,
  type ClientProfilesRepresentation,
  clientPoliciesRepresentation,
  clientProfilesRepresentation,
} from '../../representations/client-policies.ts'
import { printRepresentation } from '../../representations/print.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { flagParameter, jsonText, noContent, readRepresentation } from '../bodies.ts'
import { componentTypes } from '../server-info/provider-types.ts'
import { changeSettings } from './change-settings.ts'

const view = ['view-realm', 'manage-realm'] as const
const manage = ['manage-realm'] as const

export const clientPolicyRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/client-policies/policies', summary: 'Client policies of a realm', role: view, handle: getPolicies },
  {
    method: 'PUT',
    path: '/client-policies/policies',
    summary: 'Replace the client policies of a realm',
    role: manage,
    handle: putPolicies,
  },
  { method: 'GET', path: '/client-policies/profiles', summary: 'Client profiles of a realm', role: view, handle: getProfiles },
  {
    method: 'PUT',
    path: '/client-policies/profiles',
    summary: 'Replace the client profiles of a realm',
    role: manage,
    handle: putProfiles,
  },
]

/** Profiles that every realm has; nobody changes them. */
async function globalProfiles(): Promise<ClientProfileRepresentation[]> {
  const { default: profiles } = await import('./global-client-profiles.json', { with: { type: 'json' } })
  return profiles as unknown as ClientProfileRepresentation[]
}

const refused = (errorMessage: string): AdminError => new AdminError(400, { errorMessage })

const hasTwice = (names: readonly (string | undefined)[]): boolean => new Set(names).size < names.length

async function idsOf(kind: 'condition.ClientPolicyConditionProvider' | 'executor.ClientPolicyExecutorProvider'): Promise<Set<string>> {
  const types = (await componentTypes())[`org.keycloak.services.clientpolicy.${kind}`] ?? []
  return new Set(types.map(({ id = '' }) => id))
}

async function getProfiles({ request, realm }: AdminContext): Promise<HttpResponse> {
  const profiles = [...(realm.settings.clientProfiles?.profiles ?? [])]
  const withGlobal = flagParameter(readQuery(request), 'include-global-profiles') === true
  const answer: ClientProfilesRepresentation = { profiles, ...(withGlobal ? { globalProfiles: await globalProfiles() } : {}) }
  return jsonText(printRepresentation(clientProfilesRepresentation, answer))
}

async function putProfiles(context: AdminContext): Promise<HttpResponse> {
  if (context.request.body.length === 0) throw refused('Passing null clientProfiles not allowed')
  const profiles = await checkedProfiles(readRepresentation(context.request, clientProfilesRepresentation))
  await changeSettings(context, (settings) => ({ ...settings, clientProfiles: { profiles } }))
  return noContent()
}

/** The profiles of a body. Throws AdminError for the first fault. */
export async function checkedProfiles(given: ClientProfilesRepresentation): Promise<ClientProfileRepresentation[]> {
  const profiles = given.profiles ?? []
  const known = await globalProfiles()
  if (profiles.some(({ name }) => !name)) throw refused('client profile without its name not allowed.')
  if (hasTwice(profiles.map(({ name }) => name))) throw refused('proposed client profile name duplicated.')
  if (given.globalProfiles?.length && !isDeepStrictEqual(given.globalProfiles, known)) throw refused('Global profiles cannot be updated')
  const taken = profiles.find(({ name }) => known.some((profile) => profile.name === name))
  if (taken !== undefined) throw refused(`Proposed profile name '${taken.name}' is duplicated as a global profile`)
  const executors = await idsOf('executor.ClientPolicyExecutorProvider')
  const isOdd = (profile: ClientProfileRepresentation): boolean =>
    (profile.executors ?? []).some(({ executor = '', configuration }) => !executors.has(executor) || !isObject(configuration))
  if (profiles.some(isOdd))
    throw refused('proposed client profile contains the executor, which does not have valid provider, or has invalid configuration.')
  return profiles
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

async function getPolicies({ request, realm }: AdminContext): Promise<HttpResponse> {
  const policies = [...(realm.settings.clientPolicies?.policies ?? [])]
  const withGlobal = flagParameter(readQuery(request), 'include-global-policies') === true
  const answer: ClientPoliciesRepresentation = { policies, ...(withGlobal ? { globalPolicies: [] } : {}) }
  return jsonText(printRepresentation(clientPoliciesRepresentation, answer))
}

/** What a policy may say about how it is enforced. */
const modes: ReadonlySet<string> = new Set(['DEFAULT', 'STRICT'])

async function putPolicies(context: AdminContext): Promise<HttpResponse> {
  if (context.request.body.length === 0) throw refused('Passing null clientPolicies not allowed')
  const given = readRepresentation(context.request, clientPoliciesRepresentation)
  const policies = await checkedPolicies(given, context.realm.settings.clientProfiles ?? {})
  await changeSettings(context, (settings) => ({ ...settings, clientPolicies: { policies } }))
  return noContent()
}

/** The policies of a body, completed. `own` are the realm's profiles. Throws AdminError for the first fault. */
export async function checkedPolicies(
  given: ClientPoliciesRepresentation,
  own: ClientProfilesRepresentation,
): Promise<ClientPolicyRepresentation[]> {
  const policies = given.policies ?? []
  if (policies.some(({ name }) => !name)) throw refused('client policy without name not allowed')
  if (hasTwice(policies.map(({ name }) => name))) throw refused('proposed client policy name duplicated')
  if (given.globalPolicies?.length) throw refused('Global policies cannot be updated')
  const conditions = await idsOf('condition.ClientPolicyConditionProvider')
  const profiles = new Set([...(own.profiles ?? []), ...(await globalProfiles())].map(({ name }) => name ?? ''))
  for (const policy of policies) checkPolicy(policy, conditions, profiles)
  return policies.map(({ enabled = false, conditions: list = [], profiles: names = [], ...policy }) => {
    return { ...policy, enabled, conditions: list, profiles: names }
  })
}

function checkPolicy(
  { name, mode, conditions = [], profiles = [] }: ClientPolicyRepresentation,
  knownConditions: ReadonlySet<string>,
  knownProfiles: ReadonlySet<string>,
): void {
  if (mode !== undefined && !modes.has(mode)) throw refused(`Policy ${name} has invalid mode`)
  const odd = conditions.find(({ condition = '' }) => !knownConditions.has(condition))
  if (odd !== undefined) throw refused(`Policy ${name} contains invalid condition ${odd.condition ?? null}`)
  if (hasTwice(profiles)) throw refused(`Policy ${name} contains duplicated profiles`)
  const missing = profiles.find((profile) => !knownProfiles.has(profile))
  if (missing !== undefined) throw refused(`Policy ${name} contains invalid profile ${missing}`)
}
