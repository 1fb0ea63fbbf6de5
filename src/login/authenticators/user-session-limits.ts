import { sessionRows } from '../../storage/sessions.ts'
import type { Authenticator } from '../authenticator.ts'
import { errorContent } from '../pages/error.ts'
import type { Step, StepResult } from '../step.ts'
import { property } from './condition.ts'

const deny = 'Deny new session'
const terminate = 'Terminate oldest session'

/** How many sessions a user may have at once, in the realm and with the client. A limit that is not set or not above zero is none. */
export const userSessionLimits: Authenticator = {
  id: 'user-session-limits',
  label: 'User session count limiter',
  help: 'Configures how many concurrent sessions a single user is allowed to create for this realm and/or client',
  category: undefined,
  requirements: ['REQUIRED', 'DISABLED'],
  properties: [
    property('userRealmLimit', {
      label: 'Maximum concurrent sessions for each user within this realm.',
      helpText: 'Provide a zero or negative value to disable this limit.',
      type: 'String',
      defaultValue: '3',
    }),
    property('userClientLimit', {
      label: 'Maximum concurrent sessions for each user per keycloak client.',
      helpText:
        'Provide a zero or negative value to disable this limit. In case a limit for the realm is enabled, specify this value below the total realm limit.',
      type: 'String',
      defaultValue: '0',
    }),
    property('behavior', {
      label: 'Behavior when user session limit is exceeded',
      type: 'List',
      defaultValue: deny,
      options: [deny, terminate],
    }),
    property('errorMessage', {
      label: 'Optional custom error message',
      helpText: 'If left empty a default error message is shown',
      type: 'String',
    }),
  ],
  needsUser: true,
  async start(step): Promise<StepResult> {
    const { config, services, realm } = step
    const excess = await sessionsInExcess(step)
    if (excess.length === 0) return { kind: 'success' }
    if (config['behavior'] === terminate) {
      for (const id of excess) await services.sessions.remove(realm, id, false)
      return { kind: 'success' }
    }
    const key = config['errorMessage'] || 'sessionLimitExceeded'
    return { kind: 'failure', error: 'generic_authentication_error', page: errorContent({ message: { key }, status: 403 }) }
  },
}

const limitOf = (text: string | undefined): number => (Number(text) > 0 ? Math.floor(Number(text)) : Number.POSITIVE_INFINITY)

/** The oldest sessions that must go, so that the new one keeps within both limits. */
async function sessionsInExcess({ config, services, realm, client, session }: Step): Promise<readonly string[]> {
  const limits = { realm: limitOf(config['userRealmLimit']), client: limitOf(config['userClientLimit']) }
  if (session.userId === undefined || (limits.realm === Number.POSITIVE_INFINITY && limits.client === Number.POSITIVE_INFINITY)) return []
  await services.sessions.settle()
  const rows = sessionRows(services.database)
  const alive = (await rows.ofUser(realm.id, session.userId, false)).filter((row) => row.expires_at_ms > services.clock.now())
  const ids = alive.map(({ id }) => id)
  const ofClient = new Set((await rows.clientsOf(ids, false)).filter((row) => row.client_id === client.id).map((row) => row.session_id))
  const oldest = (list: readonly string[], limit: number): readonly string[] => list.slice(0, Math.max(0, list.length + 1 - limit))
  return [
    ...new Set([
      ...oldest(ids, limits.realm),
      ...oldest(
        ids.filter((id) => ofClient.has(id)),
        limits.client,
      ),
    ]),
  ]
}
