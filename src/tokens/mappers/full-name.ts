import type { ProtocolMapper } from '../protocol-mapper.ts'
import { everywhere, tokenMapper } from './properties.ts'

export const fullName: ProtocolMapper = {
  id: 'oidc-full-name-mapper',
  label: "User's full name",
  help: "Maps the user's first and last name to the OpenID Connect 'name' claim. Format is <first> + ' ' + <last>",
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [...everywhere],
  compile:
    () =>
    (claims, { user }) => {
      if (user.firstName && user.lastName) claims['name'] = `${user.firstName} ${user.lastName}`
      else if (user.firstName || user.lastName) claims['name'] = user.firstName || user.lastName
    },
}
