import type { RequiredActionProviderRepresentation } from '../../representations/authentication.ts'

type Facts = readonly [alias: string, name: string, priority: number, enabled: boolean]

/** By priority, the order in which the reference lists and asks them. Of all of them none is asked of new users by itself. */
const builtInActions: readonly Facts[] = Object.freeze([
  ['TERMS_AND_CONDITIONS', 'Terms and Conditions', 20, false],
  ['UPDATE_PROFILE', 'Update Profile', 40, true],
  ['VERIFY_EMAIL', 'Verify Email', 50, true],
  ['CONFIGURE_TOTP', 'Configure OTP', 54, true],
  ['UPDATE_PASSWORD', 'Update Password', 57, true],
  ['delete_account', 'Delete Account', 60, false],
  ['UPDATE_EMAIL', 'Update Email', 70, false],
  ['webauthn-register', 'Webauthn Register', 80, true],
  ['webauthn-register-passwordless', 'Webauthn Register Passwordless', 90, true],
  ['VERIFY_PROFILE', 'Verify Profile', 100, true],
  ['delete_credential', 'Delete Credential', 110, true],
  ['idp_link', 'Linking Identity Provider', 120, true],
  ['CONFIGURE_RECOVERY_AUTHN_CODES', 'Recovery Authentication Codes', 130, true],
  ['update_user_locale', 'Update User Locale', 1000, true],
])

const builtInAction = ([alias, name, priority, enabled]: Facts) => ({
  alias,
  name,
  providerId: alias,
  enabled,
  defaultAction: false,
  priority,
  config: {},
})

/** The built-in action of that alias; undefined when there is none. */
export function builtInRequiredAction(alias: string): RequiredActionProviderRepresentation | undefined {
  const facts = builtInActions.find(([name]) => name === alias)
  return facts && builtInAction(facts)
}

/** Names that are written in capitals today. Older files have some of them in small letters. */
const capitals = new Map(builtInActions.flatMap(([alias]) => (/^[A-Z_]+$/.test(alias) ? [[alias.toLowerCase(), alias] as const] : [])))

/** The name of an action as the reference keeps it: `terms_and_conditions` is TERMS_AND_CONDITIONS. */
export const actionName = (alias: string): string => capitals.get(alias.toLowerCase()) ?? alias

/** A realm's own list replaces the built-in one, but for `delete_account`, which every realm has beside its account role. */
export function completeRequiredActions(
  given: readonly RequiredActionProviderRepresentation[] | undefined,
): RequiredActionProviderRepresentation[] {
  const own = given?.map((action) => ({
    ...action,
    ...(action.alias === undefined ? {} : { alias: actionName(action.alias) }),
    ...(action.providerId === undefined ? {} : { providerId: actionName(action.providerId) }),
    enabled: action.enabled ?? false,
    defaultAction: action.defaultAction ?? false,
    priority: action.priority ?? 0,
    config: { ...action.config },
  }))
  const has = (alias: string) => own?.some((action) => action.alias === alias)
  const added = builtInActions.filter(([alias]) => !own || (alias === 'delete_account' && !has(alias)))
  return [...(own ?? []), ...added.map(builtInAction)].sort((a, b) => a.priority - b.priority)
}
