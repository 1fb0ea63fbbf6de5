import type { Form } from '../../http/parameters.ts'
import { credentials } from '../../storage/credentials.ts'
import { report, reportAction } from '../audit.ts'
import { endOtherSessions } from '../other-sessions.ts'
import { webauthnErrorPage } from '../pages/webauthn-error.ts'
import { webauthnRegisterPage } from '../pages/webauthn-register.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { creationOptions, field, newChallenge, takeChallenge, verifyRegistration, webauthnLimits } from '../webauthn/ceremony.ts'
import { type NewWebauthnCredential, webauthnCredentials, webauthnData } from '../webauthn/credential.ts'
import { type WebauthnKind, webauthnPolicy } from '../webauthn/policy.ts'
import { isAskedFor, isCancelled, maxAuthAge, maxAuthAgeSeconds } from './required-action-properties.ts'

/** The action that registers an authenticator of one kind. */
export const registerWebauthn = (alias: string, label: string, kind: WebauthnKind): RequiredAction => ({
  alias,
  label,
  properties: [maxAuthAge],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  start: (step) => ask(step, kind),
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    if (form.get('isSetRetry') === 'retry') return ask(step, kind)
    step.details['credential_type'] = kind
    const challenge = takeChallenge(step)
    const browserError = field(form, 'error').slice(0, errorLengthMax)
    if (browserError !== '') return refused(step, 'webauthn-error-register-verification', 'invalid_user_credentials', browserError)
    if (challenge === undefined) return ask(step, kind)
    const policy = webauthnPolicy(step.realm, kind, step.request.baseUrl)
    const result = await verifyRegistration(policy, challenge, form)
    if (result.kind === 'refused') return refused(step, 'webauthn-error-registration', 'invalid_registration', result.detail)
    return keep(step, kind, result.value, form)
  },
})

/** Of a browser's own words. */
const errorLengthMax = 200
/** Between the priorities of credentials, as the reference counts. */
const priorityStep = 10

async function ask(step: Step, kind: WebauthnKind): Promise<ActionResult> {
  const user = await step.user()
  if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
  const known = webauthnCredentials(await step.credentials(), kind)
  const policy = webauthnPolicy(step.realm, kind, step.request.baseUrl)
  const options = creationOptions(policy, user, newChallenge(step), known)
  return { kind: 'challenge', page: webauthnRegisterPage({ actionUrl: step.actionUrl, options, cancellable: isAskedFor(step) }) }
}

function refused(step: Step, messageKey: string, event: string, detail: string): ActionResult {
  const details = { web_authn_registration_error: messageKey, web_authn_registration_error_detail: detail }
  for (const type of ['CUSTOM_REQUIRED_ACTION', 'UPDATE_CREDENTIAL'] as const) reportAction(step, type, { error: event, details })
  const page = webauthnErrorPage({
    actionUrl: step.actionUrl,
    execution: step.execution,
    message: { kind: 'error', key: messageKey, values: [detail] },
    cancellable: isAskedFor(step),
  })
  return { kind: 'challenge', page, error: event }
}

async function keep(step: Step, kind: WebauthnKind, made: NewWebauthnCredential, form: Form): Promise<ActionResult> {
  const { services, session, details } = step
  const label = field(form, 'authenticatorLabel').slice(0, webauthnLimits.labelLengthMax)
  const stored = await step.credentials()
  const known = webauthnCredentials(stored, kind)
  const again = known.some(({ id }) => id === made.id) ? 'The authenticator is registered already' : undefined
  const taken = known.some(({ row }) => row.user_label === label) ? 'Device already exists with the same name' : undefined
  const problem = again ?? taken
  if (problem !== undefined) return refused(step, 'webauthn-error-registration', 'invalid_registration', problem)
  if (session.userId === undefined) return { kind: 'failure', error: 'user_not_found' }
  const { secretData, credentialData } = webauthnData(made)
  await credentials(services.database).insert({
    id: services.random.uuid(),
    user_id: session.userId,
    type: kind,
    user_label: label,
    created_at_ms: services.clock.now(),
    priority: Math.max(0, ...stored.map((row) => row.priority)) + priorityStep,
    secret_data: secretData,
    credential_data: credentialData,
  })
  if (form.get('logout-sessions') === 'on') await endOtherSessions(step)
  details['public_key_credential_id'] = made.id
  details['public_key_credential_label'] = label
  details['public_key_credential_aaguid'] = made.aaguid
  for (const type of ['CUSTOM_REQUIRED_ACTION', 'UPDATE_CREDENTIAL'] as const)
    report(step, type, { details: { custom_required_action: step.execution } })
  return { kind: 'done' }
}
