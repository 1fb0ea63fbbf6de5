import { boolean, choice, cleared, integer, list, map, object, primitive, type Representation, set, table, text } from './fields.ts'
import { groupRepresentation } from './group.ts'
import { identityProviderRepresentation } from './identity-provider.ts'
import { userReading, userRepresentation } from './user.ts'

export const organizationDomainRepresentation = table(
  'OrganizationDomainRepresentation',
  {
    name: text,
    verified: primitive(boolean),
  },
  { identity: 'name', fromText: (name) => ({ name }) },
)

export type OrganizationDomainRepresentation = Representation<typeof organizationDomainRepresentation>

export const memberRepresentation = table(
  'MemberRepresentation',
  {
    ...userRepresentation.fields,
    membershipType: choice('UNMANAGED', 'MANAGED'),
  },
  { reading: userReading },
)

export type MemberRepresentation = Representation<typeof memberRepresentation>

export const organizationRepresentation = table('OrganizationRepresentation', {
  id: text,
  name: text,
  alias: text,
  enabled: primitive(boolean, true),
  description: cleared(text),
  redirectUrl: cleared(text),
  attributes: map(list(text)),
  domains: cleared(set(object(() => organizationDomainRepresentation))),
  members: list(object(() => memberRepresentation)),
  identityProviders: list(object(() => identityProviderRepresentation)),
  groups: list(object(() => groupRepresentation)),
})

export type OrganizationRepresentation = Representation<typeof organizationRepresentation>

export const organizationInvitationRepresentation = table('OrganizationInvitationRepresentation', {
  id: text,
  organizationId: text,
  email: text,
  firstName: text,
  lastName: text,
  sentDate: primitive(integer),
  expiresAt: primitive(integer),
  status: choice('PENDING', 'EXPIRED'),
  inviteLink: text,
})

export type OrganizationInvitationRepresentation = Representation<typeof organizationInvitationRepresentation>
