import { clientRepresentation } from './client.ts'
import { choice, initially, integer, list, object, primitive, type Representation, set, table, text } from './fields.ts'
import { groupRepresentation } from './group.ts'
import { identityProviderMapperRepresentation, identityProviderRepresentation } from './identity-provider.ts'
import { rolesRepresentation } from './role.ts'
import { userRepresentation } from './user.ts'

export const partialImportRepresentation = table(
  'PartialImportRepresentation',
  {
    policy: initially(choice('SKIP', 'OVERWRITE', 'FAIL'), 'FAIL'),
    ifResourceExists: choice('SKIP', 'OVERWRITE', 'FAIL'),
    users: list(object(() => userRepresentation)),
    groups: list(object(() => groupRepresentation)),
    clients: list(object(() => clientRepresentation)),
    identityProviders: list(object(() => identityProviderRepresentation)),
    identityProviderMappers: list(object(() => identityProviderMapperRepresentation)),
    roles: object(() => rolesRepresentation),
  },
  {
    ignoresUnknown: true,
    reading: { ifResourceExists: (value) => ({ policy: value, ifResourceExists: value }) },
  },
)

export type PartialImportRepresentation = Representation<typeof partialImportRepresentation>

export const partialImportResult = table('PartialImportResult', {
  action: choice('ADDED', 'SKIPPED', 'OVERWRITTEN'),
  resourceType: choice('USER', 'GROUP', 'CLIENT', 'IDP', 'IDP_MAPPER', 'REALM_ROLE', 'CLIENT_ROLE'),
  resourceName: text,
  id: text,
})

export type PartialImportResult = Representation<typeof partialImportResult>

export const partialImportResults = table('PartialImportResults', {
  overwritten: primitive(integer),
  added: primitive(integer),
  skipped: primitive(integer),
  errorMessage: text,
  results: initially(set(object(() => partialImportResult)), []),
})

export type PartialImportResults = Representation<typeof partialImportResults>
