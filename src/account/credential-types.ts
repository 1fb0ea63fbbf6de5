import { authenticators } from '../login/authenticators/index.ts'
import type { AuthenticationFlow, RealmAuthentication, RealmSnapshot } from '../realm/model.ts'

/** A kind of credential, with the message keys and the icon's class by which the reference describes it. */
export interface CredentialType {
  readonly type: string
  readonly category: 'basic-authentication' | 'two-factor' | 'passwordless'
  readonly iconCssClass: string
  /** The required action by which somebody gets one. */
  readonly action: string
  readonly removeable: boolean
}

/** In the reference's order: by category, then by name. */
export const credentialTypes: readonly CredentialType[] = [
  {
    type: 'password',
    category: 'basic-authentication',
    iconCssClass: 'kcAuthenticatorPasswordClass',
    action: 'UPDATE_PASSWORD',
    removeable: false,
  },
  { type: 'otp', category: 'two-factor', iconCssClass: 'kcAuthenticatorOTPClass', action: 'CONFIGURE_TOTP', removeable: true },
  {
    type: 'recovery-authn-codes',
    category: 'two-factor',
    iconCssClass: 'kcAuthenticatorRecoveryAuthnCodesClass',
    action: 'CONFIGURE_RECOVERY_AUTHN_CODES',
    removeable: true,
  },
  { type: 'webauthn', category: 'two-factor', iconCssClass: 'kcAuthenticatorWebAuthnClass', action: 'webauthn-register', removeable: true },
  {
    type: 'webauthn-passwordless',
    category: 'passwordless',
    iconCssClass: 'kcAuthenticatorWebAuthnPasswordlessClass',
    action: 'webauthn-register-passwordless',
    removeable: true,
  },
]

const categories: ReadonlyMap<string, string | undefined> = new Map(authenticators.map(({ id, category }) => [id, category]))

/** Where a passkey may take the place of what is asked for. */
const withPasskeys: readonly string[] = ['auth-username-password-form', 'auth-username-form', 'auth-password-form', 'organization']

/** Types that some flow of the realm asks for: executions that are not disabled, nor inside a sub-flow that is. */
export function usedTypes(realm: RealmSnapshot, { flows }: RealmAuthentication): ReadonlySet<string> {
  const parents = new Map(
    flows.flatMap((flow) =>
      flow.executions.flatMap(({ flowAlias, requirement }) =>
        flowAlias === undefined ? [] : [[flowAlias, { flow, disabled: requirement === 'DISABLED' }] as const],
      ),
    ),
  )
  const isDisabled = (flow: AuthenticationFlow): boolean => {
    const seen = new Set<string>()
    for (let alias = flow.alias; !seen.has(alias); ) {
      seen.add(alias)
      const parent = parents.get(alias)
      if (parent === undefined) return false
      if (parent.disabled) return true
      alias = parent.flow.alias
    }
    return false
  }
  const passkeys = realm.settings.webAuthnPolicyPasswordlessPasskeysEnabled === true
  return new Set(
    flows
      .filter((flow) => !isDisabled(flow))
      .flatMap(({ executions }) => executions)
      .flatMap(({ authenticator, requirement }) => {
        if (authenticator === undefined || requirement === 'DISABLED') return []
        const category = categories.get(authenticator)
        return [
          ...(category === undefined ? [] : [category]),
          ...(passkeys && withPasskeys.includes(authenticator) ? ['webauthn-passwordless'] : []),
        ]
      }),
  )
}

/** No level of authentication. */
export const noLevel = -1

/**
 * The level of authentication at which the realm's browser flow asks for a type of credential; -1 for none. Who has not reached it may not
 * take such a credential away.
 */
export function levelOfType(realm: RealmSnapshot, authentication: RealmAuthentication, type: string): number {
  const levels = new Map<string, number>()
  const top = authentication.flow(realm.settings.browserFlow ?? 'browser')
  if (top !== undefined) fillLevels(authentication, top, noLevel, levels, new Set())
  return levels.get(type) ?? noLevel
}

/** Returns the level that holds behind the flow. */
function fillLevels(
  authentication: RealmAuthentication,
  flow: AuthenticationFlow,
  before: number,
  levels: Map<string, number>,
  seen: Set<string>,
): number {
  let level = before
  if (seen.has(flow.alias)) return level
  seen.add(flow.alias)
  for (const { authenticator, flowAlias, config } of flow.executions) {
    const inside = flowAlias === undefined ? undefined : authentication.flow(flowAlias)
    if (inside !== undefined) level = fillLevels(authentication, inside, level, levels, seen)
    if (authenticator === undefined) continue
    const reached = authenticator === 'conditional-level-of-authentication' ? config['loa-condition-level'] : undefined
    if (reached !== undefined && /^\d{1,9}$/.test(reached)) level = Number(reached)
    const category = categories.get(authenticator)
    if (category !== undefined) levels.set(category, level)
  }
  return level
}
