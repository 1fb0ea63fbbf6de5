import { boolean, list, lists, long, object, type Representation, table, text } from './fields.ts'
import { userProfileMetadata } from './user-profile.ts'

/** A user as the Account API has him: another class than the Admin API's, of the same name. */
export const accountRepresentation = table('UserRepresentation', {
  id: text,
  username: text,
  firstName: text,
  lastName: text,
  email: text,
  emailVerified: boolean,
  userProfileMetadata: object(() => userProfileMetadata),
  attributes: lists,
})

export type AccountRepresentation = Representation<typeof accountRepresentation>

export const consentScopeRepresentation = table('ConsentScopeRepresentation', {
  id: text,
  name: text,
  displayText: text,
  displayTest: text,
})

export const consentRepresentation = table('ConsentRepresentation', {
  grantedScopes: list(object(() => consentScopeRepresentation)),
  createdDate: long,
  lastUpdatedDate: long,
})

/** Somebody who may do something with a resource of another's. */
export const sharedPermission = table('Permission', {
  id: text,
  username: text,
  firstName: text,
  lastName: text,
  email: text,
  scopes: list(text),
})

export type SharedPermission = Representation<typeof sharedPermission>
