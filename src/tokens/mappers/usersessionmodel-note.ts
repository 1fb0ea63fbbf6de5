import type { ProtocolMapper } from '../protocol-mapper.ts'
import { converterOf } from './claim-value.ts'
import { claimWriter } from './claim-writer.ts'
import { claimName, everywhereAndResponse, jsonType, property, tokenMapper } from './properties.ts'

export const usersessionmodelNote: ProtocolMapper = {
  id: 'oidc-usersessionmodel-note-mapper',
  label: 'User Session Note',
  help: 'Map a custom user session note to a token claim.',
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection', 'response'],
  properties: [
    property('user.session.note', {
      label: 'userSession.modelNote.label',
      helpText: 'userSession.modelNote.tooltip',
      type: 'String',
      required: true,
    }),
    claimName,
    jsonType,
    ...everywhereAndResponse,
  ],
  compile(config, target) {
    const write = claimWriter(config, target)
    const note = config['user.session.note']
    if (write === undefined || note === undefined) return () => {}
    const convert = converterOf(config)
    return (claims, { session }) => {
      const value = session.notes.get(note)
      if (value !== undefined) write(claims, convert(value))
    }
  },
}
