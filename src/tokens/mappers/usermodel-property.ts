import type { UserFacts } from '../../realm/model.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { converterOf } from './claim-value.ts'
import { claimWriter } from './claim-writer.ts'
import { claimName, everywhere, jsonType, property, tokenMapper } from './properties.ts'

/** The properties of a user by the names that the reference knows; its own internals, which it lets out by the same way, are left out. */
const userProperties: ReadonlyMap<string, (user: UserFacts) => string | undefined> = new Map([
  ['id', (user) => user.id],
  ['username', (user) => user.username],
  ['email', (user) => user.email],
  ['emailVerified', (user) => String(user.emailVerified)],
  ['firstName', (user) => user.firstName],
  ['lastName', (user) => user.lastName],
  ['enabled', (user) => String(user.enabled)],
  ['createdTimestamp', (user) => String(user.createdAtMs)],
  ['serviceAccountClientLink', (user) => user.serviceAccountClientId],
])

export const usermodelProperty: ProtocolMapper = {
  id: 'oidc-usermodel-property-mapper',
  label: 'User Property',
  help: 'Map a built in user property (email, firstName, lastName) to a token claim.',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    property('user.attribute', { label: 'usermodel.prop.label', helpText: 'usermodel.prop.tooltip', type: 'String' }),
    claimName,
    jsonType,
    ...everywhere,
  ],
  compile(config, target) {
    const write = claimWriter(config, target)
    const name = config['user.attribute'] ?? ''
    // The reference looks for a getter, whose name begins the property with a capital letter either way.
    const read = userProperties.get(name.charAt(0).toLowerCase() + name.slice(1))
    if (write === undefined || read === undefined) return () => {}
    const convert = converterOf(config)
    return (claims, { user }) => {
      const value = read(user)
      if (value !== undefined) write(claims, convert(value))
    }
  },
}
