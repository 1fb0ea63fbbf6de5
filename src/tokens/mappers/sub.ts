import type { ProtocolMapper } from '../protocol-mapper.ts'
import { resourceServerOnly, tokenMapper } from './properties.ts'

/** The subject of access tokens. ID tokens and userinfo answers have theirs without a mapper. */
export const sub: ProtocolMapper = {
  id: 'oidc-sub-mapper',
  label: 'Subject (sub)',
  help: 'Add Subject (sub) claim',
  category: tokenMapper,
  priority: -10,
  targets: ['access', 'introspection'],
  properties: [...resourceServerOnly],
  compile:
    () =>
    (claims, { user }) => {
      claims['sub'] = user.id
    },
}
