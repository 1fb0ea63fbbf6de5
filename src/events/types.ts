/** Types that are stored unless the realm says otherwise, in the reference's order. */
const storedByDefault = [
  'LOGIN',
  'REGISTER',
  'LOGOUT',
  'CODE_TO_TOKEN',
  'CLIENT_LOGIN',
  'FEDERATED_IDENTITY_LINK',
  'REMOVE_FEDERATED_IDENTITY',
  'UPDATE_EMAIL',
  'UPDATE_PROFILE',
  'UPDATE_PASSWORD',
  'UPDATE_TOTP',
  'VERIFY_EMAIL',
  'VERIFY_PROFILE',
  'REMOVE_TOTP',
  'GRANT_CONSENT',
  'UPDATE_CONSENT',
  'REVOKE_GRANT',
  'SEND_VERIFY_EMAIL',
  'SEND_RESET_PASSWORD',
  'SEND_IDENTITY_PROVIDER_LINK',
  'RESET_PASSWORD',
  'RESTART_AUTHENTICATION',
  'IDENTITY_PROVIDER_LINK_ACCOUNT',
  'IDENTITY_PROVIDER_LOGIN',
  'IDENTITY_PROVIDER_FIRST_LOGIN',
  'IDENTITY_PROVIDER_POST_LOGIN',
  'IMPERSONATE',
  'CUSTOM_REQUIRED_ACTION',
  'EXECUTE_ACTIONS',
  'EXECUTE_ACTION_TOKEN',
  'CLIENT_REGISTER',
  'CLIENT_UPDATE',
  'CLIENT_DELETE',
  'CLIENT_INITIATED_ACCOUNT_LINKING',
  'TOKEN_EXCHANGE',
  'OAUTH2_DEVICE_AUTH',
  'OAUTH2_DEVICE_VERIFY_USER_CODE',
  'OAUTH2_DEVICE_CODE_TO_TOKEN',
  'AUTHREQID_TO_TOKEN',
  'PERMISSION_TOKEN',
  'DELETE_ACCOUNT',
  'USER_DISABLED_BY_PERMANENT_LOCKOUT',
  'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
  'OAUTH2_EXTENSION_GRANT',
  'FEDERATED_IDENTITY_OVERRIDE_LINK',
  'UPDATE_CREDENTIAL',
  'REMOVE_CREDENTIAL',
  'INVITE_ORG',
  'VERIFIABLE_CREDENTIAL_REQUEST',
  'VERIFIABLE_CREDENTIAL_OFFER_REQUEST',
  'VERIFIABLE_CREDENTIAL_CREATE_OFFER',
  'VERIFIABLE_CREDENTIAL_PRE_AUTHORIZED_GRANT',
  'JWT_AUTHORIZATION_GRANT',
] as const

/** Types that a realm has to ask for: they come with every token and would drown the others. */
const storedOnRequest = [
  'CLIENT_INFO',
  'IDENTITY_PROVIDER_RESPONSE',
  'IDENTITY_PROVIDER_RETRIEVE_TOKEN',
  'INTROSPECT_TOKEN',
  'INVALID_SIGNATURE',
  'PUSHED_AUTHORIZATION_REQUEST',
  'REFRESH_TOKEN',
  'REGISTER_NODE',
  'UNREGISTER_NODE',
  'USER_INFO_REQUEST',
  'USER_SESSION_DELETED',
  'VALIDATE_ACCESS_TOKEN',
  'VERIFIABLE_CREDENTIAL_NONCE_REQUEST',
] as const

/** Event types of the reference. An error has the type with `_ERROR` behind it. */
export const eventTypes = [...storedByDefault, ...storedOnRequest] as const

export type EventType = (typeof eventTypes)[number]

/** What is stored by default only as a success (reference behaviour). */
const withoutError: ReadonlySet<string> = new Set([
  'PERMISSION_TOKEN',
  'USER_DISABLED_BY_PERMANENT_LOCKOUT',
  'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
])

/** What a realm stores that names no types of its own. */
export const defaultStoredTypes: readonly string[] = storedByDefault.flatMap((type) =>
  withoutError.has(type) ? [type] : [type, `${type}_ERROR`],
)

const known: ReadonlySet<string> = new Set(eventTypes.flatMap((type) => [type, `${type}_ERROR`]))

export const isEventType = (text: string): boolean => known.has(text)
