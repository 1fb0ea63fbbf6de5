import type { Form } from '../http/parameters.ts'
import type { Client } from '../realm/model.ts'
import { resolveScopes } from '../tokens/roles.ts'
import type { LoginContext } from './context.ts'
import { loginActionsUrl } from './context.ts'
import { consentDetailNote, consentNote } from './notes.ts'
import { grantPage } from './pages/login-oauth-grant.ts'
import type { PageContent } from './pages/page.ts'

/** The name by which consent stands among the required actions; the reference's. */
export const consentAction = 'OAUTH_GRANT'

/** Something that a person is asked about: a client scope, or the client itself. */
interface Asked {
  readonly id: string
  /** `${key}` in it stands for a message. */
  readonly text: string
  readonly order: number
}

/**
 * What a person is asked about, in the order of the page. A scope may say that it needs no consent; the client's own access is asked for
 * where the client says so.
 */
function askedOf({ client, session }: LoginContext): Asked[] {
  const resolved = resolveScopes(client, session.request['scope'])
  if ('invalid' in resolved) return []
  const scopes = resolved.scopes
    .filter((scope) => scope.attributes['display.on.consent.screen'] !== 'false')
    .map(({ id, name, attributes }) => ({ id, text: attributes['consent.screen.text'] || name, order: orderOf(attributes['gui.order']) }))
  const { id, attributes } = client
  const text = attributes['consent.screen.text'] || nameOf(client)
  const own = attributes['display.on.consent.screen'] === 'true' ? [{ id, text, order: lastOrder }] : []
  return [...own, ...scopes].sort((one, other) => one.order - other.order)
}

/** A scope without a place of its own comes behind those that have one. */
const lastOrder = Number.MAX_SAFE_INTEGER

const orderOf = (text: string | undefined): number => (/^-?\d{1,9}$/.test(text ?? '') ? Number(text) : lastOrder)

const nameOf = ({ clientId, doc }: Client): string => doc.name || clientId

/** The page to show; undefined when nothing has to be asked. Consent once given covers only the scopes that were shown. */
export async function askConsent(context: LoginContext): Promise<PageContent | undefined> {
  const { client, session, services } = context
  if (!client.doc.consentRequired || session.notes[consentNote] !== undefined || session.userId === undefined) return undefined
  const given = await services.consents.find(session.userId, client.id)
  const again = (session.request['prompt'] ?? '').split(' ').includes('consent')
  const missing = askedOf(context).filter(({ id }) => again || !given?.has(id))
  if (missing.length === 0 && given !== undefined && !again) {
    session.notes[consentDetailNote] = 'persistent_consent'
    return undefined
  }
  return grantPage({
    actionUrl: loginActionsUrl(context, 'consent', { code: true, execution: consentAction }),
    clientName: nameOf(client),
    scopes: missing.map(({ text }) => text),
    code: session.code,
    logoUrl: client.attributes['logoUri'],
    policyUrl: client.attributes['policyUri'],
    termsUrl: client.attributes['tosUri'],
  })
}

/** Keeps what the user agreed to. False when he did not. */
export async function takeConsent(context: LoginContext, form: Form): Promise<boolean> {
  const { client, session, services } = context
  if (form.get('accept') === undefined || form.get('cancel') !== undefined || session.userId === undefined) return false
  const ids = askedOf(context).map(({ id }) => id)
  await services.consents.grant(session.userId, client.id, ids)
  session.notes[consentNote] = ids.join(' ')
  session.notes[consentDetailNote] = 'consent_granted'
  return true
}
