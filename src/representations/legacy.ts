import { clientRepresentation } from './client.ts'
import { protocolMapperRepresentation } from './client-scope.ts'
import { boolean, list, map, object, primitive, type Representation, table, text } from './fields.ts'

export const claimRepresentation = table('ClaimRepresentation', {
  name: primitive(boolean),
  username: primitive(boolean),
  profile: primitive(boolean),
  picture: primitive(boolean),
  website: primitive(boolean),
  email: primitive(boolean),
  gender: primitive(boolean),
  locale: primitive(boolean),
  address: primitive(boolean),
  phone: primitive(boolean),
})

export type ClaimRepresentation = Representation<typeof claimRepresentation>

/** A client as very old realm files have it. */
export const applicationRepresentation = table('ApplicationRepresentation', {
  ...clientRepresentation.fields,
  claims: object(() => claimRepresentation),
})

export type ApplicationRepresentation = Representation<typeof applicationRepresentation>

export const oAuthClientRepresentation = table('OAuthClientRepresentation', {
  ...clientRepresentation.fields,
  claims: object(() => claimRepresentation),
})

export type OAuthClientRepresentation = Representation<typeof oAuthClientRepresentation>

export const clientTemplateRepresentation = table('ClientTemplateRepresentation', {
  id: text,
  name: text,
  description: text,
  protocol: text,
  fullScopeAllowed: boolean,
  bearerOnly: boolean,
  consentRequired: boolean,
  standardFlowEnabled: boolean,
  implicitFlowEnabled: boolean,
  directAccessGrantsEnabled: boolean,
  serviceAccountsEnabled: boolean,
  publicClient: boolean,
  frontchannelLogout: boolean,
  attributes: map(text),
  protocolMappers: list(object(() => protocolMapperRepresentation)),
})

export type ClientTemplateRepresentation = Representation<typeof clientTemplateRepresentation>

export const socialLinkRepresentation = table('SocialLinkRepresentation', {
  socialProvider: text,
  socialUserId: text,
  socialUsername: text,
})

export type SocialLinkRepresentation = Representation<typeof socialLinkRepresentation>
