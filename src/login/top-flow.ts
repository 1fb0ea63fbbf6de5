import type { AuthenticationFlow, Client, FlowExecution, RealmAuthentication, RealmSnapshot } from '../realm/model.ts'
import type { FlowPath } from '../sessions/authentication-session.ts'

/** Flows may contain each other only as deep as an administrator nests them; a loop among them ends here. */
const depthMax = 16

/** The flow that a login walks through. A client may have its own browser flow. Undefined when the realm does not have it. */
export function topFlow(
  authentication: Pick<RealmAuthentication, 'flow' | 'flowById'>,
  { settings }: RealmSnapshot,
  client: Client,
  path: FlowPath,
): AuthenticationFlow | undefined {
  if (path === 'registration') return authentication.flow(settings.registrationFlow ?? 'registration')
  if (path === 'reset-credentials') return authentication.flow(settings.resetCredentialsFlow ?? 'reset credentials')
  const own = client.doc.authenticationFlowBindingOverrides?.['browser']
  return (own && authentication.flowById(own)) || authentication.flow(settings.browserFlow ?? 'browser')
}

/** All executions of a flow and of the flows in it. */
export function executionsOf(
  authentication: Pick<RealmAuthentication, 'flow'>,
  flow: AuthenticationFlow | undefined,
  depth = 0,
): readonly FlowExecution[] {
  return (flow?.executions ?? []).flatMap((execution) => {
    const inner = execution.flowAlias === undefined || depth >= depthMax ? undefined : authentication.flow(execution.flowAlias)
    return [execution, ...(inner ? executionsOf(authentication, inner, depth + 1) : [])]
  })
}
