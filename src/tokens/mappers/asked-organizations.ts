import type { OrganizationFacts } from '../../realm/model.ts'
import type { TokenFacts } from '../protocol-mapper.ts'

/** Note of the client's part in a session: the id of the organization that the user chose at the login. */
export const chosenOrganizationNote = 'kc.org'

const none: readonly OrganizationFacts[] = []

/** The user's organizations that the token is asked to tell of. Of several none is any: the user must have chosen one. */
export function askedOrganizations({
  scopes,
  user,
  session,
}: Pick<TokenFacts, 'scopes' | 'user' | 'session'>): readonly OrganizationFacts[] {
  const request = scopes.organizations
  const { organizations } = user
  if (request === undefined || organizations.length === 0) return none
  if (request.kind === 'all') return organizations
  if (request.kind === 'some') return organizations.filter(({ alias }) => request.aliases.includes(alias))
  const chosen = session.clientNotes.get(chosenOrganizationNote)
  if (chosen !== undefined) return organizations.filter(({ id }) => id === chosen)
  return organizations.length === 1 ? organizations : none
}
