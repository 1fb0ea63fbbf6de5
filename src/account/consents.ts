import { noContent, silentJson } from '../http/api-answers.ts'
import { AdminError } from '../http/errors.ts'
import type { HttpResponse } from '../http/values.ts'
import { chooseLocale } from '../login/locale.ts'
import { findText } from '../login/messages/texts.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { consentRepresentation } from '../representations/account.ts'
import { readRepresentation } from '../representations/request-body.ts'
import { detachClientOfUser } from '../sessions/logout.ts'
import type { Consent } from '../users/consents.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { report } from './answers.ts'

const path = '/applications/:client/consent'
const manage = ['manage-account', 'manage-consent'] as const

export const consentRoutes: readonly AccountRoute[] = [
  {
    method: 'GET',
    path,
    summary: 'What somebody has allowed an application',
    roles: ['manage-account', 'view-consent', 'manage-consent'],
    handle: getConsent,
  },
  {
    method: 'POST',
    path,
    summary: 'Allow an application something',
    roles: manage,
    handle: (context) => putConsent(context, 'GRANT_CONSENT'),
  },
  {
    method: 'PUT',
    path,
    summary: 'Change what an application may',
    roles: manage,
    handle: (context) => putConsent(context, 'UPDATE_CONSENT'),
  },
  { method: 'DELETE', path, summary: 'Take back what an application may', roles: manage, handle: revokeConsent },
]

/** A scope as a person is asked for it: its text, or its name. */
interface GrantedScope {
  readonly id: string
  readonly name: string
  readonly displayText: string
  /** Once misspelt, and kept for whoever reads it. */
  readonly displayTest: string
}

interface ShownConsent {
  readonly grantedScopes: readonly GrantedScope[]
  readonly createdDate: number
  readonly lastUpdatedDate: number
}

/** What stands in consents and is not a scope of its own: the client, which is its own scope. */
interface ConsentedClient {
  readonly id: string
  readonly clientId: string
  readonly name: string | undefined
}

/** Consents as the reference prints them, with texts in the caller's language. */
export function consentPrinter({ request, realm, caller }: Pick<AccountContext, 'request' | 'realm' | 'caller'>) {
  const locale = chooseLocale(realm, { request, userLocale: caller.user.attributes.get('locale')?.[0] })
  const written = (text: string): string =>
    text.replace(/\$\{([^{}]+)\}/g, (_whole, key: string) => findText({ realm }, locale, key) ?? key)
  const scopes = new Map(realm.clientScopes.map((scope) => [scope.id, scope.attributes['consent.screen.text'] || scope.name]))
  return (client: ConsentedClient, consent: Consent): ShownConsent => ({
    grantedScopes: consent.scopeIds.flatMap((id) => {
      const name = id === client.id ? client.name || client.clientId : scopes.get(id)
      return name === undefined ? [] : [{ id, name, displayText: written(name), displayTest: written(name) }]
    }),
    createdDate: consent.createdAtMs,
    lastUpdatedDate: consent.updatedAtMs,
  })
}

const consented = ({ id, clientId, doc }: Client): ConsentedClient => ({ id, clientId, name: doc.name })

/** Throws AdminError, and tells the audit log when a change was meant. */
async function findClient(context: AccountContext, meant?: 'GRANT_CONSENT' | 'UPDATE_CONSENT' | 'REVOKE_GRANT'): Promise<Client> {
  const { request, realm } = context
  const clientId = request.params['client'] ?? ''
  const client = await realm.client(clientId)
  if (client !== undefined) return client
  const errorMessage = `No client with clientId: ${clientId} found.`
  if (meant !== undefined) report(context, { type: `${meant}_ERROR`, error: errorMessage })
  throw new AdminError(404, { errorMessage })
}

async function consentOf({ services, caller }: AccountContext, client: Client): Promise<Consent | undefined> {
  return (await services.consents.listOf(caller.user.id)).find(({ clientId }) => clientId === client.id)
}

async function getConsent(context: AccountContext): Promise<HttpResponse> {
  const client = await findClient(context)
  const consent = await consentOf(context, client)
  return consent === undefined ? noContent() : silentJson(consentPrinter(context)(consented(client), consent))
}

/** What was allowed before is replaced. Whether that is told as a change depends on whether there was something. */
async function putConsent(context: AccountContext, meant: 'GRANT_CONSENT' | 'UPDATE_CONSENT'): Promise<HttpResponse> {
  const { request, services, realm, caller } = context
  const { grantedScopes } = readRepresentation(request, consentRepresentation)
  const client = await findClient(context, meant)
  if (grantedScopes === undefined) throw new AdminError(400, { errorMessage: 'grantedScopes is missing' })
  const ids = grantedScopes.map(({ id }) => id ?? '')
  const names = scopeNames(realm, client)
  const missing = ids.find((id) => !names.has(id))
  if (missing !== undefined) {
    const errorMessage = `Scope id ${missing} does not exist for client ${client.doc.name || client.clientId}.`
    report(context, { type: `${meant}_ERROR`, error: errorMessage })
    throw new AdminError(400, { errorMessage })
  }
  const before = await consentOf(context, client)
  await services.consents.replace(caller.user.id, client.id, ids)
  const scope = ids.map((id) => names.get(id)).join(' ')
  report(context, {
    type: before === undefined ? 'GRANT_CONSENT' : 'UPDATE_CONSENT',
    details: { granted_client: client.clientId, ...(scope === '' ? {} : { scope }) },
  })
  const after = await consentOf(context, client)
  return after === undefined ? noContent() : silentJson(consentPrinter(context)(consented(client), after))
}

/** Names of what may be allowed, by id: every scope of the realm, and the client itself. */
const scopeNames = (realm: RealmSnapshot, client: Client): ReadonlyMap<string, string> =>
  new Map([...realm.clientScopes.map(({ id, name }) => [id, name] as const), [client.id, client.doc.name || client.clientId]])

/** The application loses its part in the caller's sessions, too; he may never have allowed it anything (reference behaviour). */
async function revokeConsent(context: AccountContext): Promise<HttpResponse> {
  const { services, realm, caller } = context
  const client = await findClient(context, 'REVOKE_GRANT')
  const online = await services.consents.revoke(caller.user.id, client.id)
  await detachClientOfUser(services, realm, { userId: caller.user.id, clientId: client.id, online })
  report(context, { type: 'REVOKE_GRANT', details: { revoked_client: client.clientId } })
  return noContent()
}
