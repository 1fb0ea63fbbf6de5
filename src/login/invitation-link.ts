import type { HttpResponse } from '../http/values.ts'
import { organizationInvitations } from '../storage/organization-invitations.ts'
import { organizationMembers } from '../storage/organization-members.ts'
import { type OrganizationRow, organizations } from '../storage/organizations.ts'
import { actionTokenUrl, loginIdOf } from './action-links.ts'
import { type ActionTokenHandler, type ActionTokenOpening, newTab, openTab, reportToken, showPage } from './action-token-opening.ts'
import { type ActionToken, signActionToken } from './action-tokens.ts'
import { redirect } from './answers.ts'
import { completeLogin } from './complete.ts'
import { loginContext } from './context.ts'
import { errorContent } from './pages/error.ts'
import { webAddress } from './pages/form.ts'
import { infoPage } from './pages/info.ts'

/** Why a link of an invitation opens nothing. */
function refuse(opening: ActionTokenOpening, error: string, key: string, values: readonly string[], backUrl?: string): HttpResponse {
  const { token } = opening
  reportToken(opening, 'INVITE_ORG', token, { error, details: { org_id: token.organizationId, email: token.email } })
  return showPage(opening, { ...errorContent({ message: { key, values }, backUrl }), title: 'expiredActionMessage' })
}

/** The organization of an invitation, if it can still be joined. */
export const organizationOf = async ({ realm, services }: Pick<ActionTokenOpening, 'realm' | 'services'>, token: ActionToken) => {
  const row = await organizations(services.database).find(realm.id, token.organizationId ?? '')
  return realm.settings.organizationsEnabled === true && row?.enabled === 1 ? row : undefined
}

/** The link that somebody with an account is invited by: mail scanners open links, so a click has to follow. */
export const organizationInvitation: ActionTokenHandler = {
  event: 'INVITE_ORG',
  staleMessage: 'staleInviteOrgLink',
  needsOwnBrowser: true,
  async beforeUse(opening) {
    const { services, token, user } = opening
    const organization = await organizationOf(opening, token)
    if (organization === undefined) return refuse(opening, 'org_not_found', 'orgNotFoundMessage', [])
    if (await organizationMembers(services.database).find(organization.id, user.id))
      return refuse(opening, 'user_org_member_already', 'orgMemberAlreadyMessage', [organization.name], webAddress(token.redirectUri))
    if ((await organizationInvitations(services.database).find(organization.id, token.id)) === undefined)
      return refuse(opening, 'invalid_token', 'staleInviteOrgLink', [])
    return undefined
  },
  async open(opening) {
    const { realm, services, token } = opening
    const organization = await organizations(services.database).find(realm.id, token.organizationId ?? '')
    if (organization === undefined) return refuse(opening, 'org_not_found', 'orgNotFoundMessage', [])
    const tab = await openTab(opening, token.loginId)
    if (tab === undefined) return askToJoin(opening, organization)
    return join(opening, organization, tab)
  },
}

async function askToJoin(opening: ActionTokenOpening, { name }: OrganizationRow): Promise<HttpResponse> {
  const { realm, request, services, client, token } = opening
  const tab = await newTab(opening)
  const own = { session: tab, client }
  const key = await signActionToken({ realm, clock: services.clock, baseUrl: request.baseUrl }, { ...token, loginId: loginIdOf(own) })
  const page = infoPage({
    title: 'confirmOrganizationMembershipTitle',
    titleValues: [name],
    message: { key: 'confirmOrganizationMembership', values: [name] },
    linkUrl: actionTokenUrl(opening, key, own),
    linkText: 'proceedWithAction',
  })
  return showPage(opening, page, tab)
}

/** The membership is made; what else the user owes comes before the organization's page is shown. */
async function join(
  opening: ActionTokenOpening,
  organization: OrganizationRow,
  tab: NonNullable<Awaited<ReturnType<typeof openTab>>>,
): Promise<HttpResponse> {
  const { realm, client, request, services, token, user } = opening
  const joined = await services.database.transaction(async (tx) => {
    if ((await organizationInvitations(tx).take(organization.id, token.id)) === undefined) return false
    await organizationMembers(tx).add(organization.id, realm.id, user.id, false)
    return true
  })
  if (!joined) return refuse(opening, 'invalid_token', 'staleInviteOrgLink', [])
  reportToken(opening, 'INVITE_ORG', token, { details: { org_id: organization.id, username: user.username } })
  const context = await loginContext({ realm, client, session: tab, request, services })
  const home = webAddress(token.redirectUri)
  const { redirectUrl } = JSON.parse(organization.doc) as { redirectUrl?: string }
  if (redirectUrl === undefined || home === undefined) {
    tab.stage = 'required-actions'
    context.identify(user)
    return completeLogin(context)
  }
  await services.authenticationSessions.take(tab)
  return redirect(home)
}
