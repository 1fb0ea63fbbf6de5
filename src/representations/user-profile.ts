import { boolean, choice, initially, json, list, map, object, primitive, type Representation, set, table, text } from './fields.ts'

export const upAttributeRequired = table('UPAttributeRequired', {
  roles: set(text),
  scopes: set(text),
})

export type UPAttributeRequired = Representation<typeof upAttributeRequired>

export const upAttributePermissions = table('UPAttributePermissions', {
  view: initially(set(text), []),
  edit: initially(set(text), []),
})

export type UPAttributePermissions = Representation<typeof upAttributePermissions>

export const upAttributeSelector = table('UPAttributeSelector', {
  scopes: set(text),
})

export type UPAttributeSelector = Representation<typeof upAttributeSelector>

export const upAttribute = table(
  'UPAttribute',
  {
    name: text,
    displayName: text,
    validations: map(map(json)),
    annotations: map(json),
    required: object(() => upAttributeRequired),
    permissions: object(() => upAttributePermissions),
    selector: object(() => upAttributeSelector),
    group: text,
    multivalued: primitive(boolean),
    defaultValue: text,
  },
  {
    reading: { name: (value) => ({ name: typeof value === 'string' ? value.trim() : value }) },
    fromText: (name) => ({ name: name.trim() }),
  },
)

export type UPAttribute = Representation<typeof upAttribute>

export const upGroup = table(
  'UPGroup',
  {
    name: text,
    displayHeader: text,
    displayDescription: text,
    annotations: map(json),
  },
  { fromText: (name) => ({ name }) },
)

export type UPGroup = Representation<typeof upGroup>

export const upConfig = table(
  'UPConfig',
  {
    attributes: list(object(() => upAttribute)),
    groups: initially(list(object(() => upGroup)), []),
    unmanagedAttributePolicy: choice('ENABLED', 'ADMIN_VIEW', 'ADMIN_EDIT'),
  },
  {
    put: { absent: 'clear', except: [] },
  },
)

export type UPConfig = Representation<typeof upConfig>

export const userProfileAttributeMetadata = table('UserProfileAttributeMetadata', {
  name: text,
  displayName: text,
  required: primitive(boolean),
  readOnly: primitive(boolean),
  annotations: map(json),
  validators: map(map(json)),
  group: text,
  multivalued: primitive(boolean),
  defaultValue: text,
})

export type UserProfileAttributeMetadata = Representation<typeof userProfileAttributeMetadata>

export const userProfileAttributeGroupMetadata = table('UserProfileAttributeGroupMetadata', {
  name: text,
  displayHeader: text,
  displayDescription: text,
  annotations: map(json),
})

export type UserProfileAttributeGroupMetadata = Representation<typeof userProfileAttributeGroupMetadata>

export const userProfileMetadata = table('UserProfileMetadata', {
  attributes: list(object(() => userProfileAttributeMetadata)),
  groups: list(object(() => userProfileAttributeGroupMetadata)),
})

export type UserProfileMetadata = Representation<typeof userProfileMetadata>
