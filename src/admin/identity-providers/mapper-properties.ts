import { property } from '../property.ts'

/** Settings that mappers of both protocols have. */
export const grantedRole = property({
  name: 'role',
  label: 'Role',
  helpText:
    "Role to grant to user.  Click 'Select Role' button to browse roles, or just type it in the textbox.  To reference a client role the syntax is clientname.clientrole, i.e. myclient.myrole",
  type: 'Role',
})
export const allowNullableProperty = property({
  name: 'allow.nullable.property',
  label: 'Allow Nullable Property',
  helpText: 'If true, the property will be set to null when the claim is empty.',
  type: 'boolean',
  defaultValue: 'false',
})
export const target = property({
  name: 'target',
  label: 'Target',
  helpText:
    'Destination field for the mapper. LOCAL (default) means that the changes are applied to the username stored in local database upon user import. BROKER_ID and BROKER_USERNAME means that the changes are stored into the ID or username used for federation user lookup, respectively.',
  type: 'List',
  defaultValue: 'LOCAL',
  options: ['LOCAL', 'BROKER_ID', 'BROKER_USERNAME'],
})
