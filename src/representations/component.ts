import {
  boolean,
  type FieldsOf,
  initially,
  json,
  list,
  map,
  merged,
  object,
  primitive,
  type Representation,
  type Table,
  table,
  text,
  unordered,
} from './fields.ts'

export const componentRepresentation = table('ComponentRepresentation', {
  id: text,
  name: text,
  providerId: text,
  providerType: text,
  parentId: text,
  subType: text,
  config: merged(map(list(text)), 'empty removes'),
})

export type ComponentRepresentation = Representation<typeof componentRepresentation>

export interface ComponentExportRepresentation {
  id?: string
  name?: string
  providerId?: string
  subType?: string
  subComponents?: Record<string, ComponentExportRepresentation[]>
  config?: Record<string, string[]>
}

export const componentExportRepresentation: Table<FieldsOf<ComponentExportRepresentation>> = table('ComponentExportRepresentation', {
  id: text,
  name: text,
  providerId: text,
  subType: text,
  subComponents: initially(map(unordered(list(object(() => componentExportRepresentation)))), {}),
  config: initially(map(list(text)), {}),
})

export const configPropertyRepresentation = table('ConfigPropertyRepresentation', {
  name: text,
  label: text,
  helpText: text,
  type: text,
  defaultValue: json,
  options: list(text),
  secret: primitive(boolean),
  required: primitive(boolean),
  readOnly: primitive(boolean),
})

export type ConfigPropertyRepresentation = Representation<typeof configPropertyRepresentation>

export const componentTypeRepresentation = table('ComponentTypeRepresentation', {
  id: text,
  helpText: text,
  properties: list(object(() => configPropertyRepresentation)),
  clientProperties: list(object(() => configPropertyRepresentation)),
  metadata: initially(map(json), {}),
})

export type ComponentTypeRepresentation = Representation<typeof componentTypeRepresentation>

export const testLdapConnectionRepresentation = table('TestLdapConnectionRepresentation', {
  action: text,
  connectionUrl: text,
  bindDn: text,
  bindCredential: text,
  useTruststoreSpi: text,
  connectionTimeout: text,
  componentId: text,
  startTls: text,
  authType: text,
})

export type TestLdapConnectionRepresentation = Representation<typeof testLdapConnectionRepresentation>
