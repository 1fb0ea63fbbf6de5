import { containingIfAny } from './like.ts'
import { type Row, type Sql, type SqlValue, statement } from './sql.ts'

/** Times in seconds since the epoch. */
export interface InvitationRow extends Row {
  id: string
  organization_id: string
  email: string
  first_name: string | null
  last_name: string | null
  sent_at: number
  expires_at: number
  link: string
}

export interface InvitationSearch {
  /** A piece of the e-mail address or of a name. */
  readonly text?: string | undefined
  readonly email?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly status?: 'PENDING' | 'EXPIRED' | undefined
}

const columns = 'id, organization_id, email, first_name, last_name, sent_at, expires_at, link'
const find = statement(
  'organization-invitation.find',
  `select ${columns} from organization_invitation where organization_id = $1 and id = $2`,
)
const byEmail = statement(
  'organization-invitation.by-email',
  `select ${columns} from organization_invitation where organization_id = $1 and email = $2`,
)
/** $6 is the status or '', $7 now. */
const search = statement(
  'organization-invitation.search',
  `select ${columns} from organization_invitation where organization_id = $1
     and ($2 = '' or email like $2 escape '!' or lower(first_name) like $2 escape '!' or lower(last_name) like $2 escape '!')
     and ($3 = '' or email = $3) and ($4 = '' or lower(first_name) = $4) and ($5 = '' or lower(last_name) = $5)
     and ($6 = '' or ($6 = 'EXPIRED' and expires_at < $7) or ($6 = 'PENDING' and expires_at >= $7))
   order by id limit $8 offset $9`,
)
const insert = statement(
  'organization-invitation.insert',
  `insert into organization_invitation (id, organization_id, email, first_name, last_name, sent_at, expires_at, link)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (organization_id, email) do nothing`,
)
const take = statement(
  'organization-invitation.take',
  `delete from organization_invitation where organization_id = $1 and id = $2 returning ${columns}`,
)

const lower = (text: string | undefined): SqlValue => text?.toLowerCase() ?? ''

export const organizationInvitations = (sql: Sql) => ({
  find: (organizationId: string, id: string) => sql.one<InvitationRow>(find, organizationId, id),
  /** By e-mail address in lower case. */
  findByEmail: (organizationId: string, email: string) => sql.one<InvitationRow>(byEmail, organizationId, email),
  search: (organizationId: string, what: InvitationSearch, now: number, page: { readonly max: number; readonly first: number }) =>
    sql.all<InvitationRow>(
      search,
      organizationId,
      containingIfAny(what.text),
      lower(what.email),
      lower(what.firstName),
      lower(what.lastName),
      what.status ?? '',
      now,
      page.max,
      page.first,
    ),
  /** Returns 0 when the address has been invited already. */
  insert: (i: InvitationRow) =>
    sql.run(insert, i.id, i.organization_id, i.email, i.first_name, i.last_name, i.sent_at, i.expires_at, i.link),
  /** Exactly one of several callers gets it. */
  take: (organizationId: string, id: string) => sql.one<InvitationRow>(take, organizationId, id),
})
