import type { ProtocolMapper } from '../protocol-mapper.ts'
import { everywhere, tokenMapper } from './properties.ts'

/** A transient session has no id that anybody could ask about, so its tokens have no claim (the reference makes one up for each answer). */
export const sessionState: ProtocolMapper = {
  id: 'oidc-session-state-mapper',
  label: 'Session State (session_state)',
  help: 'Add Session State (session_state) claim',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [...everywhere],
  compile:
    () =>
    (claims, { session }) => {
      if (session.id !== undefined) claims['session_state'] = session.id
    },
}
