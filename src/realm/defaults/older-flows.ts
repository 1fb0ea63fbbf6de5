import type { Random } from '../../crypto/random.ts'
import type { AuthenticationExecutionExportRepresentation, AuthenticationFlowRepresentation } from '../../representations/authentication.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { organizationFlows } from './flows.ts'

type Executions = readonly AuthenticationExecutionExportRepresentation[]

const executionsOf = (flow: AuthenticationFlowRepresentation | undefined): Executions => flow?.authenticationExecutions ?? []

/** Version 22: HTTP authentication went away, and with it the flow that it had, unless something leads there. */
export function withoutHttpChallenge(realm: RealmRepresentation): RealmRepresentation {
  const flows = realm.authenticationFlows ?? []
  const gone = flows.find((flow) => flow.alias === 'http challenge')
  if (gone === undefined || isUsed(realm, gone)) return realm
  return { ...realm, authenticationFlows: flows.filter((flow) => flow !== gone) }
}

function isUsed(realm: RealmRepresentation, { id = '', alias = '' }: AuthenticationFlowRepresentation): boolean {
  const { browserFlow, registrationFlow, directGrantFlow, resetCredentialsFlow, firstBrokerLoginFlow } = realm
  return (
    [browserFlow, registrationFlow, directGrantFlow, resetCredentialsFlow, firstBrokerLoginFlow].includes(alias) ||
    (realm.authenticationFlows ?? []).some((flow) => executionsOf(flow).some((step) => step.flowAlias === alias)) ||
    (realm.clients ?? []).some((client) => Object.values(client.authenticationFlowBindingOverrides ?? {}).includes(id))
  )
}

/** Version 23: the profile is read by the step that makes the user. */
export function withoutProfileAction(realm: RealmRepresentation): RealmRepresentation {
  const authenticationFlows = realm.authenticationFlows?.map((flow) => ({
    ...flow,
    authenticationExecutions: executionsOf(flow).filter((step) => step.authenticator !== 'registration-profile-action'),
  }))
  return authenticationFlows ? { ...realm, authenticationFlows } : realm
}

/** Behind the step that goes to identity providers, before the forms. */
const organizationPriority = 26

/** Version 26.7: a flow named `browser` in which nobody is asked for his organization gets that step. */
export function withOrganizationStep(realm: RealmRepresentation, random: Random): RealmRepresentation {
  const flows = realm.authenticationFlows ?? []
  const browser = flows.find((flow) => flow.alias === 'browser')
  if (browser === undefined || asksForOrganization(flows, browser)) return realm
  const added = organizationFlows(flows, random)
  const step: AuthenticationExecutionExportRepresentation = {
    authenticatorFlow: true,
    requirement: 'ALTERNATIVE',
    priority: organizationPriority,
    autheticatorFlow: true,
    ...(added[0]?.alias === undefined ? {} : { flowAlias: added[0].alias }),
    userSetupAllowed: false,
  }
  const steps = [...executionsOf(browser), step].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
  const changed = { ...browser, authenticationExecutions: steps }
  return { ...realm, authenticationFlows: [...flows.map((flow) => (flow === browser ? changed : flow)), ...added] }
}

function asksForOrganization(flows: readonly AuthenticationFlowRepresentation[], top: AuthenticationFlowRepresentation): boolean {
  const seen = new Set<AuthenticationFlowRepresentation>()
  const pending = [top]
  for (let flow = pending.pop(); flow !== undefined; flow = pending.pop()) {
    if (seen.has(flow)) continue
    seen.add(flow)
    for (const { authenticator, flowAlias } of executionsOf(flow)) {
      if (authenticator === 'organization') return true
      const below = flowAlias === undefined ? undefined : flows.find((other) => other.alias === flowAlias)
      if (below) pending.push(below)
    }
  }
  return false
}
