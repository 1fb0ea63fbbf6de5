import type { Form } from '../http/parameters.ts'
import type { ClientScope } from '../realm/model.ts'
import { resolveScopes } from '../tokens/roles.ts'
import type { LoginContext } from './context.ts'
import { loginActionsUrl } from './context.ts'
import { consentDetailNote, consentNote } from './notes.ts'
import { grantPage } from './pages/login-oauth-grant.ts'
import type { PageContent } from './pages/page.ts'

/** The name by which consent stands among the required actions; the reference's. */
export const consentAction = 'OAUTH_GRANT'

/** Scopes that a person is asked about; a scope may say that it needs no consent. The client's own access is one, named by the client. */
function askedScopes({ client, session }: LoginContext): ClientScope[] {
  const resolved = resolveScopes(client, session.request['scope'])
  if ('invalid' in resolved) return []
  return resolved.scopes.filter((scope) => scope.attributes['display.on.consent.screen'] !== 'false')
}

/** The page to show; undefined when nothing has to be asked. Consent once given covers only the scopes that were shown. */
export async function askConsent(context: LoginContext): Promise<PageContent | undefined> {
  const { client, session, services } = context
  if (!client.doc.consentRequired || session.notes[consentNote] !== undefined || session.userId === undefined) return undefined
  const given = await services.consents.find(session.userId, client.id)
  const again = (session.request['prompt'] ?? '').split(' ').includes('consent')
  const missing = askedScopes(context).filter((scope) => again || !given?.has(scope.id))
  if (missing.length === 0 && given !== undefined && !again) {
    session.notes[consentDetailNote] = 'persistent_consent'
    return undefined
  }
  return grantPage({
    actionUrl: loginActionsUrl(context, 'consent', { code: true, execution: consentAction }),
    clientName: client.doc.name || client.clientId,
    scopes: missing.map((scope) => scope.attributes['consent.screen.text'] || scope.name),
    code: session.code,
  })
}

/** Keeps what the user agreed to. False when he did not. */
export async function takeConsent(context: LoginContext, form: Form): Promise<boolean> {
  const { client, session, services } = context
  if (form.get('accept') === undefined || form.get('cancel') !== undefined || session.userId === undefined) return false
  const ids = askedScopes(context).map((scope) => scope.id)
  await services.consents.grant(session.userId, client.id, ids)
  session.notes[consentNote] = ids.join(' ')
  session.notes[consentDetailNote] = 'consent_granted'
  return true
}
