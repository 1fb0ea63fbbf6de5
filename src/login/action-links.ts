import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { createActionToken, type NewActionToken } from './action-tokens.ts'
import { clientData } from './client-data.ts'
import type { Step } from './step.ts'

/** The tab that a link belongs to, as action tokens name it. */
export const loginIdOf = ({ session, client }: { readonly session: AuthenticationSession; readonly client: Client }): string =>
  `${session.rootId}.${session.tabId}.${client.id}`

interface LinkParts {
  readonly realm: RealmSnapshot
  readonly request: Pick<HttpRequest, 'baseUrl'>
}

/** The address that a token is opened by; with the tab that it belongs to, if it belongs to one. */
export function actionTokenUrl(
  { realm, request }: LinkParts,
  key: string,
  tab?: { readonly session: AuthenticationSession; readonly client: Client },
): string {
  const query = new URLSearchParams({ key })
  if (tab !== undefined) {
    query.set('client_id', tab.client.clientId)
    query.set('tab_id', tab.session.tabId)
    query.set('client_data', clientData(tab.session))
  }
  return `${issuerOf(request.baseUrl, realm)}/login-actions/action-token?${query}`
}

/** A link for an e-mail that goes on with this login. */
export async function actionLink(step: Step, made: Omit<NewActionToken, 'client' | 'loginId'>): Promise<string> {
  const { realm, client, session, request, services } = step
  const { database: sql, clock, random } = services
  const parts = { realm, sql, clock, random, baseUrl: request.baseUrl }
  // A new e-mail address is confirmed wherever its link is opened: it belongs to no tab.
  const tab = made.type === 'update-email' ? {} : { loginId: loginIdOf(step) }
  return actionTokenUrl(step, await createActionToken(parts, { ...made, client, ...tab }), { session, client })
}
