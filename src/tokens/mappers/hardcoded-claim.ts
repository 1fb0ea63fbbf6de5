import type { ProtocolMapper } from '../protocol-mapper.ts'
import { converterOf } from './claim-value.ts'
import { claimWriter } from './claim-writer.ts'
import { claimName, everywhereAndResponse, jsonType, property, tokenMapper } from './properties.ts'

export const hardcodedClaim: ProtocolMapper = {
  id: 'oidc-hardcoded-claim-mapper',
  label: 'Hardcoded claim',
  help: 'Hardcode a claim into the token.',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection', 'response'],
  properties: [
    claimName,
    property('claim.value', {
      label: 'Claim value',
      helpText: "Value of the claim you want to hard code.  'true' and 'false can be used for boolean values.",
      type: 'String',
    }),
    jsonType,
    ...everywhereAndResponse,
  ],
  compile(config, target) {
    const write = claimWriter(config, target)
    const text = config['claim.value']
    if (write === undefined || text === undefined || text === '') return () => {}
    // Frozen, since every token gets this very value.
    const value = Object.freeze(converterOf(config)(text))
    return (claims) => write(claims, value)
  },
}
