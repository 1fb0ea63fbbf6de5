import type { ProtocolMapper } from '../protocol-mapper.ts'
import { claimWriter } from './claim-writer.ts'
import { isEssential } from './claims-param-token.ts'
import { inIdToken, property, tokenMapper } from './properties.ts'

/**
 * Puts the value that the authorization request gives to an essential claim into the ID token. The request names the claim as the config
 * does, escapes included. A value that is no text is left out (the reference fails with 500).
 */
export const claimsParamValueIdtoken: ProtocolMapper = {
  id: 'oidc-claims-param-value-idtoken-mapper',
  label: 'Claims parameter with value ID Token',
  help: 'Claims specified by Claims parameter with value are put into an ID token.',
  category: tokenMapper,
  priority: 0,
  targets: ['id'],
  properties: [
    property('claim.name', {
      label: 'Claim name',
      helpText: "Name of the claim you want to set its value. 'true' and 'false can be used for boolean values.",
      type: 'String',
    }),
    inIdToken,
  ],
  compile(config, target) {
    const name = config['claim.name']
    const write = claimWriter(config, target)
    if (name === undefined || write === undefined) return () => {}
    return (claims, { claimsRequest }) => {
      const asked = claimsRequest?.id_token?.[name]
      if (isEssential(asked) && typeof asked.value === 'string') write(claims, asked.value)
    }
  },
}
