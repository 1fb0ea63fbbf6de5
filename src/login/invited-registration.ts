import { PageError } from '../http/errors.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { organizationInvitations } from '../storage/organization-invitations.ts'
import { reportToken } from './action-token-opening.ts'
import { readActionToken } from './action-tokens.ts'
import { readRootId } from './cookies.ts'
import { organizationOf } from './invitation-link.ts'
import type { NotedInvitation } from './noted-invitation.ts'
import { invitationNote } from './notes.ts'
import { errorContent } from './pages/error.ts'
import { webAddress } from './pages/form.ts'
import { renderPage } from './pages/render.ts'
import type { LoginServices } from './services.ts'
import { startLogin } from './start.ts'

/** Begins the registration of somebody who is invited, whether the realm lets people register or not. */
export async function beginInvitedRegistration(
  request: HttpRequest,
  services: LoginServices,
  realm: RealmSnapshot,
  key: string,
): Promise<HttpResponse> {
  const at = { realm, request, services }
  const read = readActionToken({ realm, clock: services.clock, baseUrl: request.baseUrl }, key)
  if (read.kind === 'malformed' || (read.kind === 'token' && read.token.type !== 'ORGIVT')) {
    reportToken(at, 'EXECUTE_ACTION_TOKEN', undefined, { error: 'invalid_code', reason: 'not an invitation of this realm' })
    throw new PageError('invalidCodeMessage', 400)
  }
  const { token } = read
  const client = await realm.client(token.clientId)
  const organization = await organizationOf(at, token)
  const isOpen = organization && (await organizationInvitations(services.database).find(organization.id, token.id)) !== undefined
  if (read.kind === 'expired' || client?.enabled !== true || organization === undefined || !isOpen) {
    const details = { org_id: token.organizationId, email: token.email }
    reportToken(at, 'EXECUTE_ACTION_TOKEN', token, { error: read.kind === 'expired' ? 'expired_code' : 'invalid_token', details })
    const page = { ...errorContent({ message: { key: 'staleInviteOrgLink' } }), title: 'expiredActionMessage' }
    return renderPage({ realm, client, request, themes: services.themes }, page)
  }
  const { id, email = '', redirectUri } = token
  const rootId = readRootId(request, realm)
  const session = await services.authenticationSessions.create(realm, client, rootId, {
    redirectUri: webAddress(redirectUri) ?? '',
    request: { response_type: 'code', login_hint: email },
    flowPath: 'registration',
  })
  const noted: NotedInvitation = { id, organizationId: organization.id, organization: organization.name, email, redirectUri }
  session.notes[invitationNote] = JSON.stringify(noted)
  return startLogin({ realm, client, request, services, session, isNewBrowser: rootId === undefined })
}
