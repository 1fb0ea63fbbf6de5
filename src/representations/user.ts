import {
  boolean,
  initially,
  integer,
  list,
  lists,
  long,
  map,
  object,
  primitive,
  type Representation,
  set,
  table,
  text,
  unordered,
} from './fields.ts'
import { socialLinkRepresentation } from './legacy.ts'
import { userProfileMetadata } from './user-profile.ts'

export const credentialRepresentation = table('CredentialRepresentation', {
  id: text,
  type: text,
  userLabel: text,
  createdDate: long,
  secretData: text,
  credentialData: text,
  priority: integer,
  value: text,
  temporary: boolean,
  device: text,
  hashedSaltedValue: text,
  salt: text,
  hashIterations: integer,
  counter: integer,
  algorithm: text,
  digits: integer,
  period: integer,
  config: map(list(text)),
  federationLink: text,
})

export type CredentialRepresentation = Representation<typeof credentialRepresentation>

export const federatedIdentityRepresentation = table('FederatedIdentityRepresentation', {
  identityProvider: text,
  userId: text,
  userName: text,
})

export type FederatedIdentityRepresentation = Representation<typeof federatedIdentityRepresentation>

export const userConsentRepresentation = table(
  'UserConsentRepresentation',
  {
    clientId: text,
    grantedClientScopes: unordered(list(text)),
    createdDate: long,
    lastUpdatedDate: long,
    grantedRealmRoles: unordered(list(text)),
  },
  {
    ignoresUnknown: true,
  },
)

export type UserConsentRepresentation = Representation<typeof userConsentRepresentation>

export const userVerifiableCredentialRepresentation = table('UserVerifiableCredentialRepresentation', {
  credentialScopeName: text,
  credentialConfigurationId: text,
  revision: text,
  createdDate: long,
  updatedDate: long,
  userAttributes: map(list(text)),
})

export type UserVerifiableCredentialRepresentation = Representation<typeof userVerifiableCredentialRepresentation>

export const issuedVerifiableCredentialRepresentation = table('IssuedVerifiableCredentialRepresentation', {
  id: text,
  userId: text,
  credentialType: text,
  issuedAt: long,
  expiresAt: long,
  clientId: text,
  clientName: text,
  clientBaseUrl: text,
  revision: text,
})

export type IssuedVerifiableCredentialRepresentation = Representation<typeof issuedVerifiableCredentialRepresentation>

/** `origin` is accepted and means nothing; the reference prints `federationLink` under both names. */
export const userReading = {
  origin: () => ({}),
  federationLink: (value: unknown) => ({ federationLink: value, origin: value }),
}

export const userRepresentation = table(
  'UserRepresentation',
  {
    id: text,
    username: text,
    firstName: text,
    lastName: text,
    email: text,
    emailVerified: boolean,
    attributes: lists,
    userProfileMetadata: object(() => userProfileMetadata),
    enabled: boolean,
    self: text,
    origin: text,
    createdTimestamp: long,
    totp: boolean,
    federationLink: text,
    serviceAccountClientId: text,
    credentials: list(object(() => credentialRepresentation)),
    disableableCredentialTypes: set(text),
    requiredActions: unordered(list(text)),
    federatedIdentities: unordered(list(object(() => federatedIdentityRepresentation))),
    realmRoles: unordered(list(text)),
    clientRoles: map(unordered(list(text))),
    clientConsents: unordered(list(object(() => userConsentRepresentation))),
    notBefore: integer,
    verifiableCredentials: list(object(() => userVerifiableCredentialRepresentation)),
    issuedVerifiableCredentials: list(object(() => issuedVerifiableCredentialRepresentation)),
    applicationRoles: map(list(text)),
    socialLinks: list(object(() => socialLinkRepresentation)),
    groups: unordered(list(text)),
    access: map(boolean),
  },
  { reading: userReading },
)

export type UserRepresentation = Representation<typeof userRepresentation>

export const userSessionRepresentation = table('UserSessionRepresentation', {
  id: text,
  username: text,
  userId: text,
  ipAddress: text,
  start: primitive(long),
  lastAccess: primitive(long),
  rememberMe: primitive(boolean),
  clients: initially(map(text), {}),
  transientUser: primitive(boolean),
})

export type UserSessionRepresentation = Representation<typeof userSessionRepresentation>
