import { boolean, cleared, type FieldsOf, initially, list, long, map, object, type Table, table, text, unordered } from './fields.ts'

export interface GroupRepresentation {
  id?: string
  name?: string
  description?: string
  path?: string
  parentId?: string
  subGroupCount?: number
  subGroups?: GroupRepresentation[]
  attributes?: Record<string, string[]>
  realmRoles?: string[]
  clientRoles?: Record<string, string[]>
  access?: Record<string, boolean>
}

export const groupRepresentation: Table<FieldsOf<GroupRepresentation>> = table('GroupRepresentation', {
  id: text,
  name: text,
  description: cleared(text),
  path: text,
  parentId: text,
  subGroupCount: long,
  subGroups: initially(unordered(list(object(() => groupRepresentation))), []),
  attributes: map(list(text)),
  realmRoles: unordered(list(text)),
  clientRoles: map(unordered(list(text))),
  access: map(boolean),
})
