import { organizationInvitations } from '../../storage/organization-invitations.ts'
import { organizationMembers } from '../../storage/organization-members.ts'
import { organizations } from '../../storage/organizations.ts'
import { report } from '../audit.ts'
import { notedInvitation } from '../noted-invitation.ts'
import { type FormAction, formActionRequirements } from './form-action.ts'

/**
 * Stands in the form of everybody whom an invitation to an organization has brought there, in no flow: the account is made for the address
 * that was invited, and is a managed member.
 */
export const organizationInvitationAction: FormAction = {
  id: 'organization-invitation',
  label: 'Organization Invitation',
  help: 'Makes who was invited a member of the organization.',
  requirements: formActionRequirements,
  properties: [],
  async validate({ step, profile }) {
    const { realm, services, session } = step
    const invitation = notedInvitation(session)
    if (invitation === undefined) return []
    const { organizationId, id, email } = invitation
    const organization = await organizations(services.database).find(realm.id, organizationId)
    const isOpen = (await organizationInvitations(services.database).find(organizationId, id)) !== undefined
    if (organization?.enabled !== 1 || !isOpen) return [{ field: '', problem: 'staleInviteOrgLink', error: 'invalid_token' }]
    const given = profile['email']?.[0]?.toLowerCase()
    return given === email ? [] : [{ field: 'email', problem: 'organizationInviteEmailMismatch', error: 'invalid_token' }]
  },
  async apply({ step }, user) {
    const { realm, services, session } = step
    const invitation = notedInvitation(session)
    if (invitation === undefined) return
    const { organizationId, id, redirectUri } = invitation
    await services.database.transaction(async (tx) => {
      // Of two who were faster than the check one has it.
      if ((await organizationInvitations(tx).take(organizationId, id)) === undefined) throw new Error('the invitation was used meanwhile')
      await organizationMembers(tx).add(organizationId, realm.id, user.id, true)
    })
    if (redirectUri !== undefined) session.redirectUri = redirectUri
    report({ ...step, session: { ...session, userId: user.id } }, 'INVITE_ORG', { details: { org_id: organizationId } })
  },
}
