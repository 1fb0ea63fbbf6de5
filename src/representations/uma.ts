import { resourceOwnerRepresentation, resourceRepresentation, scopeRepresentation } from './authorization.ts'
import { boolean, list, lists, map, nonEmpty, object, primitive, type Representation, set, table, text } from './fields.ts'

/** A resource as the protection API has it. Whoever registers one owns it: `owner` is read and passed over. */
export const umaResourceRepresentation = table(
  'UmaResourceRepresentation',
  {
    name: text,
    type: text,
    owner: object(() => resourceOwnerRepresentation),
    ownerManagedAccess: boolean,
    displayName: text,
    attributes: lists,
    _id: text,
    uris: set(text),
    resource_scopes: set(object(() => scopeRepresentation)),
    scopes: nonEmpty(set(object(() => scopeRepresentation))),
    icon_uri: text,
    uri: text,
  },
  {
    reading: {
      uri: (value) => ({ uris: value === undefined ? [] : [value] }),
      resource_scopes: (value) => ({ scopes: value }),
    },
  },
)

export type UmaResourceRepresentation = Representation<typeof umaResourceRepresentation>

/** What a resource server wants a ticket for (UMA 2.0 section 4.1 of Federated Authorization). */
export const permissionRequest = table('PermissionRequest', {
  resource_id: text,
  resource_scopes: set(text),
  claims: map(list(text)),
  resource_server_id: text,
})

export type PermissionRequest = Representation<typeof permissionRequest>

export const permissionTicketRepresentation = table('PermissionTicketRepresentation', {
  id: text,
  owner: text,
  resource: text,
  scope: text,
  granted: primitive(boolean),
  scopeName: text,
  resourceName: text,
  requester: text,
  ownerName: text,
  requesterName: text,
})

export type PermissionTicketRepresentation = Representation<typeof permissionTicketRepresentation>

/** A question of an administrator: what would this user be allowed? */
export const policyEvaluationRequest = table('PolicyEvaluationRequest', {
  context: map(map(text)),
  roleIds: list(text),
  clientId: text,
  userId: text,
  resources: list(object(() => resourceRepresentation)),
  entitlements: primitive(boolean),
  resourceType: text,
})

export type PolicyEvaluationRequest = Representation<typeof policyEvaluationRequest>
