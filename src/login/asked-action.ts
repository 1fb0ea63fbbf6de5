import type { RealmAuthentication, RealmSnapshot } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { findRequiredAction } from './required-actions/index.ts'

/** The alias of the action that the application asks for; what follows the colon is the action's own. */
export const askedActionOf = ({ request }: Pick<AuthenticationSession, 'request'>): string | undefined =>
  request['kc_action']?.split(':')[0]

/**
 * Seconds for which a login is fresh enough for the action that the application asks for, by the action's configuration or its own
 * measure; undefined when it asks for none. Who comes to a browser that somebody left must not change that one's password.
 */
export function askedActionMaxAgeSeconds(
  realm: RealmSnapshot,
  { requiredActions }: Pick<RealmAuthentication, 'requiredActions'>,
  session: Pick<AuthenticationSession, 'request'>,
): number | undefined {
  const asked = askedActionOf(session)
  const action = asked === undefined ? undefined : findRequiredAction(asked)
  if (action === undefined || !action.applicationMayAsk) return undefined
  const configured = requiredActions.find(({ alias }) => alias === asked)?.config['max_auth_age']
  if (configured !== undefined && /^\d{1,9}$/.test(configured)) return Number(configured)
  return typeof action.maxAuthAgeSeconds === 'function' ? action.maxAuthAgeSeconds(realm) : action.maxAuthAgeSeconds
}
