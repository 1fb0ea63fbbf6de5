import { list, type Representation, table, text } from './fields.ts'

/** Our own: the reference has no such class. */
export const userPermissionRepresentation = table('UserPermissionRepresentation', {
  resource: text,
  entity: text,
  grants: list(text),
})

export type UserPermissionRepresentation = Representation<typeof userPermissionRepresentation>
