import { nowSeconds } from '../../clock.ts'
import { AdminError } from '../../http/errors.ts'
import { type Form, readForm, readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type Invited, sendInvitation } from '../../login/organization-invitations.ts'
import { type OrganizationInvitationRepresentation, organizationInvitationRepresentation } from '../../representations/organization.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type InvitationRow, organizationInvitations } from '../../storage/organization-invitations.ts'
import { organizationMembers } from '../../storage/organization-members.ts'
import type { OrganizationRow } from '../../storage/organizations.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { isEmail } from '../../users/profile-validators/email.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, noContent, pageParameters } from '../bodies.ts'
import { findOrganization, manageOrganizations, queryOrganizations } from './access.ts'

const path = '/organizations/:organization/invitations'
const members = '/organizations/:organization/members'

export const invitationRoutes: readonly AdminRoute[] = [
  { method: 'POST', path: `${members}/invite-user`, summary: 'Invite an e-mail address', role: queryOrganizations, handle: inviteAddress },
  { method: 'POST', path: `${members}/invite-existing-user`, summary: 'Invite a user', role: queryOrganizations, handle: inviteUser },
  { method: 'GET', path, summary: 'Invitations that are open', role: queryOrganizations, handle: listInvitations },
  { method: 'GET', path: `${path}/:invitation`, summary: 'An invitation', role: queryOrganizations, handle: getInvitation },
  { method: 'DELETE', path: `${path}/:invitation`, summary: 'Take an invitation back', role: queryOrganizations, handle: deleteInvitation },
  { method: 'POST', path: `${path}/:invitation/resend`, summary: 'Invite again', role: queryOrganizations, handle: resendInvitation },
]

/** Invitations of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10

const statuses = ['PENDING', 'EXPIRED'] as const

function describe(row: InvitationRow, now: number): OrganizationInvitationRepresentation {
  return {
    id: row.id,
    organizationId: row.organization_id,
    email: row.email,
    ...(row.first_name === null ? {} : { firstName: row.first_name }),
    ...(row.last_name === null ? {} : { lastName: row.last_name }),
    sentDate: row.sent_at,
    expiresAt: row.expires_at,
    status: row.expires_at < now ? 'EXPIRED' : 'PENDING',
    inviteLink: row.link,
  }
}

/** One of the two words as they are written; the reference fails at any other. */
function statusOf(query: Form): (typeof statuses)[number] | undefined {
  const word = query.get('status')
  if (word === undefined || word === '') return undefined
  const status = statuses.find((known) => known === word)
  if (status === undefined)
    throw new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })
  return status
}

async function listInvitations(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const organization = await findOrganization(context, manageOrganizations)
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const now = nowSeconds(services.clock)
  const search = {
    text: query.get('search'),
    email: query.get('email'),
    firstName: query.get('firstName'),
    lastName: query.get('lastName'),
    status: statusOf(query),
  }
  const rows = await organizationInvitations(services.database).search(organization.id, search, now, page)
  const list = rows.map((row) => describe(row, now))
  return jsonText(printRepresentations(organizationInvitationRepresentation, list))
}

const notFound = (): AdminError => new AdminError(404, { errorMessage: 'Invitation not found' })

async function getInvitation(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const organization = await findOrganization(context, manageOrganizations)
  const row = await organizationInvitations(services.database).find(organization.id, request.params['invitation'] ?? '')
  if (row === undefined) throw notFound()
  return jsonText(printRepresentation(organizationInvitationRepresentation, describe(row, nowSeconds(services.clock))))
}

async function deleteInvitation(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const organization = await findOrganization(context, manageOrganizations)
  const row = await organizationInvitations(services.database).take(organization.id, request.params['invitation'] ?? '')
  if (row === undefined) throw notFound()
  report(context, 'DELETE', organization, `invitations/${row.id}`, row)
  return noContent()
}

/** The old link opens nothing any more: the new invitation has another id. */
async function resendInvitation(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const organization = await findOrganization(context, manageOrganizations)
  const invitations = organizationInvitations(services.database)
  const row = await invitations.find(organization.id, request.params['invitation'] ?? '')
  if (row === undefined) throw notFound()
  const user = await userRows(services.database).findByEmail(realm.id, row.email)
  const names = { firstName: row.first_name ?? undefined, lastName: row.last_name ?? undefined }
  const sent = await invite(context, organization, { email: row.email, ...names, user }, row.id)
  report(context, 'ACTION', organization, `invitations/${row.id}/resend`, sent)
  return noContent()
}

function requireEnabled(organization: OrganizationRow): void {
  if (organization.enabled !== 1) throw new AdminError(400, { errorMessage: 'Organization is disabled' })
}

async function inviteAddress(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const organization = await findOrganization(context, manageOrganizations)
  requireEnabled(organization)
  const form = readForm(request)
  const email = (form.get('email') ?? '').trim().toLowerCase()
  if (email === '') throw new AdminError(400, { errorMessage: 'Email is required to invite a member' })
  if (!isEmail(email)) throw new AdminError(400, { errorMessage: 'Invalid email format' })
  const user = await userRows(services.database).findByEmail(realm.id, email)
  if (await organizationInvitations(services.database).findByEmail(organization.id, email))
    throw new AdminError(409, { errorMessage: 'User already has a pending invitation' })
  if (user && (await organizationMembers(services.database).find(organization.id, user.id)))
    throw new AdminError(409, { errorMessage: 'User already a member of the organization' })
  const named = user === undefined ? namesOf(form) : namesOfUser(user)
  const sent = await invite(context, organization, { email, ...named, user })
  report(context, 'ACTION', organization, 'members/invite-user', sent)
  return noContent()
}

/** Both names or none (reference behaviour). */
function namesOf(form: Form): Pick<Invited, 'firstName' | 'lastName'> {
  const [firstName, lastName] = [form.get('firstName')?.trim(), form.get('lastName')?.trim()]
  return firstName && lastName ? { firstName, lastName } : {}
}

const namesOfUser = (user: UserRow): Pick<Invited, 'firstName' | 'lastName'> => ({
  firstName: user.first_name ?? undefined,
  lastName: user.last_name ?? undefined,
})

async function inviteUser(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const organization = await findOrganization(context, manageOrganizations)
  requireEnabled(organization)
  const id = readForm(request).get('id') ?? ''
  if (id === '') throw new AdminError(400, { error: 'To invite a member you need to provide the user id' })
  const user = await userRows(services.database).findById(realm.id, id)
  if (user === undefined) throw new AdminError(400, { errorMessage: 'User does not exist' })
  if (!user.email) throw new AdminError(400, { errorMessage: 'User does not have an email address' })
  const sent = await invite(context, organization, { email: user.email, ...namesOfUser(user), user })
  report(context, 'ACTION', organization, 'members/invite-existing-user', sent)
  return noContent()
}

async function invite(
  { request, services, realm }: AdminContext,
  organization: OrganizationRow,
  invited: Invited,
  replacedId?: string,
): Promise<InvitationRow> {
  const result = await sendInvitation(services, { realm, baseUrl: request.baseUrl, organization, invited, replacedId })
  if (result.kind === 'sent') return result.invitation
  if (result.kind === 'taken') throw new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })
  throw new AdminError(500, { errorMessage: 'Failed to send invite email' })
}

function report(
  context: AdminContext,
  operation: 'ACTION' | 'DELETE',
  organization: OrganizationRow,
  below: string,
  row: InvitationRow,
): void {
  const { id, organization_id: organizationId, email } = row
  const shown = { id, organizationId, email, sentDate: 0, expiresAt: 0 }
  const representation = printRepresentation(organizationInvitationRepresentation, shown)
  const resourcePath = `organizations/${organization.id}/${below}`
  audit(context, { operation, resourceType: 'ORGANIZATION_MEMBERSHIP', resourcePath, representation })
}
