import type { ProtocolMapper } from '../protocol-mapper.ts'
import { addAudience } from './claim-writer.ts'
import { inAccessToken, inIdTokenUnlessAsked, inIntrospection, inLightweightToken, property, tokenMapper } from './properties.ts'

/** The client audience wins over the custom one; whether there is such a client is not asked (reference behaviour). */
export const audience: ProtocolMapper = {
  id: 'oidc-audience-mapper',
  label: 'Audience',
  help: 'Add specified audience to the audience (aud) field of token',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'introspection'],
  properties: [
    property('included.client.audience', {
      label: 'included.client.audience.label',
      helpText: 'included.client.audience.tooltip',
      type: 'ClientList',
    }),
    property('included.custom.audience', {
      label: 'included.custom.audience.label',
      helpText: 'included.custom.audience.tooltip',
      type: 'String',
    }),
    inIdTokenUnlessAsked,
    inAccessToken,
    inLightweightToken,
    inIntrospection,
  ],
  compile(config) {
    const included = config['included.client.audience'] || config['included.custom.audience']
    return included ? (claims) => addAudience(claims, included) : () => {}
  },
}
