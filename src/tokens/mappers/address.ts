import type { Claims, ProtocolMapper } from '../protocol-mapper.ts'
import { everywhere, property, tokenMapper } from './properties.ts'
import { firstOwnValue } from './user-attributes.ts'

/** The parts of the claim (OpenID Connect Core section 5.1.1) and the attributes they come from unless the config names others. */
const parts = [
  ['street_address', 'street'],
  ['locality', 'locality'],
  ['region', 'region'],
  ['postal_code', 'postal_code'],
  ['country', 'country'],
  ['formatted', 'formatted'],
] as const

export const address: ProtocolMapper = {
  id: 'oidc-address-mapper',
  label: 'User Address',
  help: "Maps user address attributes (street, locality, region, postal_code, and country) to the OpenID Connect 'address' claim.",
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    ...everywhere,
    ...parts.map(([, attribute]) =>
      property(`user.attribute.${attribute}`, {
        label: `addressClaim.${attribute}.label`,
        helpText: `addressClaim.${attribute}.tooltip`,
        type: 'String',
        defaultValue: attribute,
      }),
    ),
  ],
  compile(config) {
    const sources = parts.map(([part, attribute]) => ({ part, attribute: config[`user.attribute.${attribute}`] || attribute }))
    return (claims, { user }) => {
      let made: Claims | undefined
      for (const { part, attribute } of sources) {
        const value = firstOwnValue(user, attribute)
        if (value === undefined) continue
        made ??= {}
        made[part] = value
      }
      if (made !== undefined) claims['address'] = made
    }
  },
}
