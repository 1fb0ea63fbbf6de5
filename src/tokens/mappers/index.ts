/**
 * Protocol mappers: one file per mapper type of OpenID Connect, named by its id, and a line in the array below. Shared: what a config's
 * switches mean (switches), how a claim is named, converted and put into a token (claim-*), the forms' rows (properties). Which mappers run
 * for a token, and when, is ../plan.ts. They may call the realm's model; they know no HTTP and no storage.
 */
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { acr } from './acr.ts'
import { address } from './address.ts'
import { allowedOrigins } from './allowed-origins.ts'
import { amr } from './amr.ts'
import { audience } from './audience.ts'
import { audienceResolve } from './audience-resolve.ts'
import { claimsParamToken } from './claims-param-token.ts'
import { claimsParamValueIdtoken } from './claims-param-value-idtoken.ts'
import { fullName } from './full-name.ts'
import { groupMembership } from './group-membership.ts'
import { hardcodedClaim } from './hardcoded-claim.ts'
import { hardcodedRole } from './hardcoded-role.ts'
import { nonceBackwardsCompatible } from './nonce-backwards-compatible.ts'
import { organizationGroupMembership } from './organization-group-membership.ts'
import { organizationMembership } from './organization-membership.ts'
import { roleName } from './role-name.ts'
import { sessionState } from './session-state.ts'
import { sha256PairwiseSub } from './sha256-pairwise-sub.ts'
import { sub } from './sub.ts'
import { usermodelAttribute } from './usermodel-attribute.ts'
import { usermodelClientRole } from './usermodel-client-role.ts'
import { usermodelProperty } from './usermodel-property.ts'
import { usermodelRealmRole } from './usermodel-realm-role.ts'
import { usersessionmodelNote } from './usersessionmodel-note.ts'

export const protocolMappers = [
  acr,
  address,
  allowedOrigins,
  amr,
  audienceResolve,
  audience,
  claimsParamToken,
  claimsParamValueIdtoken,
  fullName,
  groupMembership,
  hardcodedClaim,
  hardcodedRole,
  nonceBackwardsCompatible,
  organizationGroupMembership,
  organizationMembership,
  roleName,
  sessionState,
  sha256PairwiseSub,
  sub,
  usermodelAttribute,
  usermodelClientRole,
  usermodelProperty,
  usermodelRealmRole,
  usersessionmodelNote,
] as const satisfies readonly ProtocolMapper[]

const byId: ReadonlyMap<string, ProtocolMapper> = new Map(protocolMappers.map((mapper) => [mapper.id, mapper]))

/** The mapper type with this id. A client may hold mappers of types that nobody here knows; they are kept and do nothing. */
export const findProtocolMapper = (id: string): ProtocolMapper | undefined => byId.get(id)
