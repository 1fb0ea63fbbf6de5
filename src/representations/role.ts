import { boolean, cleared, list, map, object, primitive, type Representation, set, table, text, unordered } from './fields.ts'

export const composites = table('Composites', {
  realm: set(text),
  client: map(unordered(list(text))),
  application: map(list(text)),
})

export type Composites = Representation<typeof composites>

export const roleRepresentation = table('RoleRepresentation', {
  id: text,
  name: text,
  description: cleared(text),
  scopeParamRequired: boolean,
  composite: primitive(boolean),
  composites: object(() => composites),
  clientRole: boolean,
  containerId: text,
  attributes: map(list(text)),
})

export type RoleRepresentation = Representation<typeof roleRepresentation>

export const rolesRepresentation = table('RolesRepresentation', {
  realm: unordered(list(object(() => roleRepresentation))),
  client: map(unordered(list(object(() => roleRepresentation)))),
  application: map(list(object(() => roleRepresentation))),
})

export type RolesRepresentation = Representation<typeof rolesRepresentation>
