import type { Form } from '../http/parameters.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Message } from '../login/pages/page.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { readIdTokenHint } from './id-token-hint.ts'
import { allowsPostLogoutRedirect } from './post-logout-redirect.ts'
import type { OidcServices } from './services.ts'

/** One browser's wish to leave. */
export interface LogoutContext {
  readonly realm: RealmSnapshot
  readonly request: HttpRequest
  readonly services: OidcServices
  /** The session that the browser's cookies name, if it is alive. */
  readonly session: { readonly id: string; readonly userId: string } | undefined
  /** The id that the browser gets when it has none yet. */
  readonly browserId: string | undefined
  readonly uiLocales: string | undefined
}

/** A request whose parameters are in order. */
export interface AskedLogout {
  readonly client: Client | undefined
  /** The session that the ID token names; undefined without a hint. */
  readonly hint: { readonly sessionId: string | undefined } | undefined
  readonly redirectUri: string | undefined
  readonly state: string | undefined
}

/** What is wrong with a request: for the person, and for the audit event. */
export interface RefusedLogout {
  readonly message: Pick<Message, 'key' | 'values'>
  readonly client?: Client | undefined
  /** The event's client: the one that was named, be it known or not. */
  readonly clientId?: string | undefined
  readonly error: string
  readonly details: Readonly<Record<string, string>>
}

const invalidHint = (reason: string, clientId?: string): RefusedLogout => ({
  message: { key: 'invalidParameterMessage', values: ['id_token_hint'] },
  clientId,
  error: 'invalid_token',
  details: { reason },
})

/** The value of a parameter; an empty one counts as absent. */
const given = (form: Form, name: string): string | undefined => form.get(name) || undefined

/**
 * Checks the parameters of OpenID Connect RP-Initiated Logout section 2. A redirect needs a client, named by `client_id` or by the hint,
 * that has registered it.
 */
export async function readLogoutRequest(
  { realm, request }: Pick<LogoutContext, 'realm' | 'request'>,
  form: Form,
): Promise<AskedLogout | RefusedLogout> {
  const hintText = given(form, 'id_token_hint')
  const clientId = given(form, 'client_id')
  const redirectUri = given(form, 'post_logout_redirect_uri')
  if (redirectUri !== undefined && hintText === undefined && clientId === undefined) {
    const reason = "Either the parameter 'client_id' or the parameter 'id_token_hint' is required when 'post_logout_redirect_uri' is used."
    return { message: { key: 'missingParameterMessage', values: ['id_token_hint'] }, error: 'invalid_request', details: { reason } }
  }
  const hint = hintText === undefined ? undefined : readIdTokenHint({ realm, baseUrl: request.baseUrl }, hintText)
  if (hint !== undefined && 'reason' in hint) return invalidHint(hint.reason)
  const issuedTo = hint && String(hint.claims['azp'])
  if (issuedTo !== undefined && clientId !== undefined && clientId !== issuedTo)
    return invalidHint('Parameter client_id is different than the client for which ID Token was issued.', clientId)
  const name = clientId ?? issuedTo
  const client = name === undefined ? undefined : await realm.client(name)
  if (redirectUri !== undefined && !(client && allowsPostLogoutRedirect(client, request.baseUrl, redirectUri))) {
    return {
      message: { key: 'invalidRedirectUriMessage' },
      client,
      clientId: client?.clientId,
      error: 'invalid_redirect_uri',
      details: { redirect_uri: redirectUri },
    }
  }
  const sid = hint?.claims['sid']
  return {
    client,
    hint: hint && { sessionId: typeof sid === 'string' ? sid : undefined },
    redirectUri,
    state: given(form, 'state'),
  }
}
