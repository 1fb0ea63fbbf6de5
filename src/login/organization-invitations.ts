import { nowSeconds } from '../clock.ts'
import { organizationInviteLetter } from '../email/letters.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { OrganizationRepresentation } from '../representations/organization.ts'
import { type InvitationRow, organizationInvitations } from '../storage/organization-invitations.ts'
import type { OrganizationRow } from '../storage/organizations.ts'
import { type UserRow, users } from '../storage/users.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { actionTokenUrl } from './action-links.ts'
import { type ActionToken, signActionToken } from './action-tokens.ts'
import type { LoginServices } from './services.ts'

/** Who is invited: with `user` somebody who has an account, else somebody who is to make one. */
export interface Invited {
  /** In lower case. */
  readonly email: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly user?: UserRow | undefined
}

export interface Invitation {
  readonly realm: RealmSnapshot
  readonly baseUrl: string
  readonly organization: OrganizationRow
  readonly invited: Invited
  /** The invitation that this one stands for: its link opens nothing any more. */
  readonly replacedId?: string | undefined
}

export type InvitationResult =
  | { readonly kind: 'sent'; readonly invitation: InvitationRow }
  /** The address has an invitation already. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'unsent' }

type InvitationServices = Pick<LoginServices, 'database' | 'clock' | 'random' | 'mailer'>

/** The client whose account page people come to when the organization has no page of its own. */
const accountClient = 'account'

/** Writes an invitation down and sends its link. An address that could not be written to is not invited. */
export async function sendInvitation(services: InvitationServices, made: Invitation): Promise<InvitationResult> {
  const { database, clock, mailer } = services
  const { realm, organization, invited, replacedId } = made
  const lifespanSeconds = realm.settings.actionTokenGeneratedByAdminLifespan ?? 43_200
  const token = newToken(services, made, lifespanSeconds)
  const link = await linkOf(services, made, token)
  const invitation: InvitationRow = {
    id: token.id,
    organization_id: organization.id,
    email: invited.email,
    first_name: invited.firstName ?? null,
    last_name: invited.lastName ?? null,
    sent_at: nowSeconds(clock),
    expires_at: token.expiresAt,
    link,
  }
  const inserted = await database.transaction(async (tx) => {
    if (replacedId !== undefined) await organizationInvitations(tx).take(organization.id, replacedId)
    return organizationInvitations(tx).insert(invitation)
  })
  if (inserted === 0) return { kind: 'taken' }
  const attributes = invited.user === undefined ? [] : await users(database).attributesOf([invited.user.id])
  const to = { email: invited.email, locale: attributes.find(({ name }) => name === 'locale')?.value }
  const { firstName, lastName } = invited
  const facts = {
    link,
    lifespanSeconds,
    organization: organization.name,
    names: firstName && lastName ? ([firstName, lastName] as const) : undefined,
  }
  const result = await mailer.send(realm, organizationInviteLetter(realm, to, facts))
  if (result.kind === 'sent') return { kind: 'sent', invitation }
  await organizationInvitations(database).take(organization.id, token.id)
  return { kind: 'unsent' }
}

function newToken({ clock, random }: InvitationServices, made: Invitation, lifespanSeconds: number): ActionToken {
  const { realm, baseUrl, organization, invited } = made
  const { redirectUrl } = JSON.parse(organization.doc) as OrganizationRepresentation
  const issuedAt = nowSeconds(clock)
  return {
    id: random.uuid(),
    type: 'ORGIVT',
    userId: invited.user?.id ?? '',
    clientId: accountClient,
    issuedAt,
    expiresAt: issuedAt + lifespanSeconds,
    loginId: undefined,
    originalLoginId: undefined,
    email: invited.email,
    oldEmail: undefined,
    newEmail: undefined,
    requiredActions: [],
    redirectUri: redirectUrl ?? `${issuerOf(baseUrl, realm)}/account/`,
    organizationId: organization.id,
  }
}

/** Who has an account opens an action token; who has none comes to the registration form. */
async function linkOf({ clock }: InvitationServices, { realm, baseUrl, invited }: Invitation, token: ActionToken): Promise<string> {
  const key = await signActionToken({ realm, clock, baseUrl }, token)
  if (invited.user !== undefined) return actionTokenUrl({ realm, request: { baseUrl } }, key)
  const query = new URLSearchParams({ response_type: 'code', client_id: accountClient, token: key })
  return `${issuerOf(baseUrl, realm)}/protocol/openid-connect/registrations?${query}`
}
