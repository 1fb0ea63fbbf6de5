import type { Html } from '../../http/html.ts'
import type { Form } from '../../http/parameters.ts'
import type { PageContext } from '../pages/page.ts'
import { passkeyButton } from '../pages/webauthn-authenticate.ts'
import type { Step } from '../step.ts'
import { type AssertionResult, acceptAssertion, assertionRequest } from './assertion.ts'

const kind = 'webauthn-passwordless'

/**
 * What a login form shows beside the password where the realm lets people log in with passkeys: a button, and data by which the browser
 * offers them in the user name. Undefined where it does not, and for a known user who has none.
 */
export async function passkeysOf(step: Step): Promise<((context: PageContext) => Html) | undefined> {
  const { settings } = step.realm
  if (settings.webAuthnPolicyPasswordlessPasskeysEnabled !== true) return undefined
  const { options, known } = await assertionRequest(step, kind)
  const isKnown = (await step.user()) !== undefined
  if (isKnown && known.length === 0) return undefined
  const mediation = isKnown ? undefined : settings.webAuthnPolicyPasswordlessMediation || 'conditional'
  return (context) => passkeyButton(context, { actionUrl: step.actionUrl, options, mediation })
}

/** Checks a passkey that was sent instead of a password. Undefined when the form is not that of a passkey. */
export async function acceptPasskey(step: Step, form: Form): Promise<AssertionResult | undefined> {
  if (step.realm.settings.webAuthnPolicyPasswordlessPasskeysEnabled !== true) return undefined
  if (form.get('authenticatorData') === undefined) return undefined
  return acceptAssertion(step, kind, form)
}
