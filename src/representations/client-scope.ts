import { boolean, initially, list, map, merged, object, primitive, type Representation, table, text, unordered } from './fields.ts'

export const protocolMapperRepresentation = table(
  'ProtocolMapperRepresentation',
  {
    id: text,
    name: text,
    protocol: text,
    protocolMapper: text,
    consentRequired: primitive(boolean),
    consentText: text,
    config: initially(map(text), {}),
  },
  {
    put: { absent: 'clear', except: ['id'] },
  },
)

export type ProtocolMapperRepresentation = Representation<typeof protocolMapperRepresentation>

export const clientScopeRepresentation = table(
  'ClientScopeRepresentation',
  {
    id: text,
    name: text,
    description: text,
    protocol: text,
    attributes: merged(map(text)),
    protocolMappers: unordered(list(object(() => protocolMapperRepresentation))),
  },
  {
    ignoresUnknown: true,
  },
)

export type ClientScopeRepresentation = Representation<typeof clientScopeRepresentation>
