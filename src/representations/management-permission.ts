import { boolean, map, primitive, table, text } from './fields.ts'

/** Whether the first version of fine-grained permissions is on for one resource. */
export const managementPermissionReference = table('ManagementPermissionReference', {
  enabled: primitive(boolean),
  resource: text,
  scopePermissions: map(text),
})
