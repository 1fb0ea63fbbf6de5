import type { Authenticator } from '../authenticator.ts'
import type { PageContent } from '../pages/page.ts'
import { webauthnAuthenticatePage } from '../pages/webauthn-authenticate.ts'
import { webauthnErrorPage } from '../pages/webauthn-error.ts'
import type { Step, StepResult } from '../step.ts'
import { acceptAssertion, assertionRequest } from '../webauthn/assertion.ts'
import { webauthnCredentials } from '../webauthn/credential.ts'
import type { WebauthnKind } from '../webauthn/policy.ts'

interface Variant {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly kind: WebauthnKind
  readonly needsUser: boolean
  readonly setupAction: string
}

/** The authenticator of one kind of WebAuthn credential. */
export const webauthnAuthenticator = ({ kind, ...variant }: Variant): Authenticator => ({
  ...variant,
  category: kind,
  credentialType: kind,
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [],
  configuredFor: async (step) => webauthnCredentials(await step.credentials(), kind).length > 0,
  async start(step): Promise<StepResult> {
    const isKnown = (await step.user()) !== undefined
    if (isKnown && webauthnCredentials(await step.credentials(), kind).length === 0) return { kind: 'attempted' }
    return { kind: 'challenge', page: await page(step, kind) }
  },
  async submit(step, form): Promise<StepResult> {
    if (form.get('isSetRetry') === 'retry') return { kind: 'challenge', page: await page(step, kind) }
    const result = await acceptAssertion(step, kind, form)
    if (result.kind === 'accepted') return { kind: 'success' }
    const shown = webauthnErrorPage({
      actionUrl: step.actionUrl,
      execution: step.execution,
      // The detail is for the operator (reference behaviour).
      message: { kind: 'error', key: result.messageKey, values: [''] },
      cancellable: false,
    })
    return { kind: 'challenge', page: await withUser(step, shown), error: result.event }
  },
})

async function page(step: Step, kind: WebauthnKind): Promise<PageContent> {
  const { options, known } = await assertionRequest(step, kind)
  const authenticators = known.map(({ id, transports, row }) => ({
    id,
    label: row.user_label ?? '',
    transports,
    createdAtMs: row.created_at_ms,
  }))
  return withUser(step, webauthnAuthenticatePage({ actionUrl: step.actionUrl, options, authenticators }))
}

async function withUser(step: Step, content: PageContent): Promise<PageContent> {
  const user = await step.user()
  return user ? { ...content, attempted: { username: user.username, restartUrl: step.link('restart') } } : content
}
