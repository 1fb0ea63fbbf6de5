import { list, map, object, type Representation, set, table, text } from './fields.ts'
import { roleRepresentation } from './role.ts'

export const scopeMappingRepresentation = table('ScopeMappingRepresentation', {
  self: text,
  client: text,
  clientTemplate: text,
  clientScope: text,
  roles: set(text),
})

export type ScopeMappingRepresentation = Representation<typeof scopeMappingRepresentation>

export const clientMappingsRepresentation = table('ClientMappingsRepresentation', {
  id: text,
  client: text,
  mappings: list(object(() => roleRepresentation)),
})

export type ClientMappingsRepresentation = Representation<typeof clientMappingsRepresentation>

export const mappingsRepresentation = table('MappingsRepresentation', {
  realmMappings: list(object(() => roleRepresentation)),
  clientMappings: map(object(() => clientMappingsRepresentation)),
})

export type MappingsRepresentation = Representation<typeof mappingsRepresentation>
