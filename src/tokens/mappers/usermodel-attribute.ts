import type { ProtocolMapper } from '../protocol-mapper.ts'
import { convertAll, converterOf } from './claim-value.ts'
import { claimWriter } from './claim-writer.ts'
import { claimName, everywhere, jsonType, property, tokenMapper } from './properties.ts'
import { attributeValues } from './user-attributes.ts'

export const usermodelAttribute: ProtocolMapper = {
  id: 'oidc-usermodel-attribute-mapper',
  label: 'User Attribute',
  help: 'Map a custom user attribute to a token claim.',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    property('user.attribute', { label: 'usermodel.attr.label', helpText: 'usermodel.attr.tooltip', type: 'UserProfileAttributeList' }),
    claimName,
    jsonType,
    ...everywhere,
    property('multivalued', { label: 'multivalued.label', helpText: 'multivalued.tooltip', type: 'boolean' }),
    property('aggregate.attrs', { label: 'aggregate.attrs.label', helpText: 'aggregate.attrs.tooltip', type: 'boolean' }),
  ],
  compile(config, target) {
    const write = claimWriter(config, target)
    const name = config['user.attribute']
    if (write === undefined || name === undefined) return () => {}
    const convert = converterOf(config)
    const aggregate = config['aggregate.attrs'] === 'true'
    if (config['multivalued'] === 'true') {
      return (claims, { user }) => {
        const values = attributeValues(user, name, aggregate)
        if (values.length > 0) write(claims, convertAll(values, convert))
      }
    }
    return (claims, { user }) => {
      const value = attributeValues(user, name, aggregate)[0]
      if (typeof value === 'string') write(claims, convert(value))
    }
  },
}
