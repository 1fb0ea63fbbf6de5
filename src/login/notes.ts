/** Notes of a login in progress that several rooms know. Names are the reference's where it has them. */

/** The id of the session that the browser's cookie named. */
export const ssoNote = 'SSO_SESSION_ID'
/** `true` when the browser's cookie was enough: nothing was proved in this login. */
export const ssoAuthNote = 'SSO_AUTH'
/** The application wants a fresh login of a user who is known by the cookie. */
export const reauthenticationNote = 'FORCED_REAUTHENTICATION'
/** The name that was tried. */
export const attemptedUsernameNote = 'ATTEMPTED_USERNAME'
/** `true` when the user ticked "remember me". */
export const rememberMeNote = 'remember_me'
/** What the user consented to for this login; the audit event's word. */
export const consentDetailNote = 'CONSENT_DETAIL'
/** What became of the action that the application asked for: success, cancelled, error. */
export const kcActionStatusNote = 'kc_action_status'
/** The action that the application asked for and that is being worked on. */
export const kcActionNote = 'kc_action_executing'
/** Ids of client scopes, blank-separated, that the user has just consented to for this login. */
export const consentNote = 'CONSENT_GIVEN'

/** The language that the user chose on a page of this login. */
export const localeNote = 'locale_user_request'
/** Set when a link of an e-mail began this login: it ends with a page instead of an answer to the application. */
export const endAfterActionsNote = 'END_AFTER_REQUIRED_ACTIONS'
/** The invitation to an organization that this registration was begun by, as JSON. */
export const invitationNote = 'ORG_INVITATION'
/** Who was named on the first page of a login, which asks for nothing else. */
export const identityFirstNote = 'IDENTITY_FIRST_USERNAME'
/** The id of the organization that the user chose for this login. */
export const chosenOrganizationLoginNote = 'CHOSEN_ORGANIZATION'
/** The id of the action token that is used up by what this login does. */
export const actionTokenNote = 'INVALIDATE_ACTION_TOKEN'
/** The user whom an action token named; the reset flow goes on for this one. */
export const actionTokenUserNote = 'ACTION_TOKEN_USER'
/** Message key of something to say on the next page of this login, once. */
export const forwardedMessageNote = 'forwardedSuccessMessage'

/** Note of the user session: seconds since the epoch at which the user proved who he is. */
export const authTimeNote = 'AUTH_TIME'
