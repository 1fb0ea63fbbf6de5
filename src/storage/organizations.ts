import { attributeDigest, attributeDigests } from './attribute-digests.ts'
import { escapedLike } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** `doc` holds the OrganizationRepresentation's description, redirectUrl, attributes and domains. */
export interface OrganizationRow extends Row {
  id: string
  group_id: string
  name: string
  alias: string
  enabled: number
  doc: string
}

/** How organizations are looked for; without anything all of a realm are meant. */
export interface OrganizationSearch {
  /** A piece of the name or of a domain; with `exact` the whole name, as it is written, or the whole domain. */
  readonly text?: string | undefined
  readonly exact?: boolean | undefined
  readonly alias?: string | undefined
  /** Attributes that an organization must have, all of them. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
}

export interface NewOrganization {
  readonly id: string
  readonly groupId: string
  readonly name: string
  readonly alias: string
  readonly enabled: boolean
  readonly doc: string
  /** In lower case. */
  readonly domains: readonly { readonly name: string; readonly verified: boolean }[]
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

/** Anything that is piece, text, alias or digests is left out by an empty value: a page and its number must search alike. */
const matching = `from organization o where o.realm_id = $1
  and ($2 = '' or o.name_lower like $2 escape '!'
    or exists (select 1 from organization_domain d where d.organization_id = o.id and d.name like $2 escape '!'))
  and ($3 = '' or o.name = $3 or exists (select 1 from organization_domain d where d.organization_id = o.id and d.name = $4))
  and ($5 = '' or o.alias = $5)
  and (select count(*) from organization_attribute a where a.organization_id = o.id and a.digest in {{list $6}}) = $7`

const columns = 'o.id, o.group_id, o.name, o.alias, o.enabled, o.doc'
const find = statement('organization.find', `select ${columns} from organization o where o.realm_id = $1 and o.id = $2`)
const search = statement('organization.search', `select ${columns} ${matching} order by o.name limit $8 offset $9`)
const count = statement('organization.count', `select count(*) as n ${matching}`)
const page = statement(
  'organization.page',
  `select ${columns} from organization o where o.realm_id = $1 and o.name > $2 order by o.name limit $3`,
)
const taken = statement(
  'organization.taken',
  `select id, name, alias from organization where realm_id = $1 and id <> $2 and (name = $3 or alias = $4)`,
)
const takenDomains = statement(
  'organization.taken-domains',
  `select d.name, o.name as organization from organization_domain d join organization o on o.id = d.organization_id
   where d.realm_id = $1 and d.organization_id <> $2 and d.name in {{list $3}} order by d.name`,
)
const enabledAliases = statement(
  'organization.enabled-aliases',
  'select alias from organization where realm_id = $1 and enabled = 1 and alias in {{list $2}}',
)
const disabled = statement('organization.disabled', 'select id from organization where realm_id = $1 and enabled = 0 and id in {{list $2}}')
const byDomain = statement(
  'organization.by-domain',
  `select ${columns}, d.name as domain from organization_domain d join organization o on o.id = d.organization_id
   where d.realm_id = $1 and o.enabled = 1 and d.name in {{list $2}}`,
)
const anyEnabled = statement('organization.any-enabled', 'select 1 as n from organization where realm_id = $1 and enabled = 1 limit 1')
const insert = statement(
  'organization.insert',
  `insert into organization (id, realm_id, group_id, name, name_lower, alias, enabled, doc) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)
const update = statement(
  'organization.update',
  'update organization set name = $3, name_lower = $4, alias = $5, enabled = $6, doc = $7 where realm_id = $1 and id = $2',
)
const remove = statement('organization.remove', 'delete from organization where realm_id = $1 and id = $2')
const removeDomains = statement('organization.remove-domains', 'delete from organization_domain where organization_id = $1')
const addDomains = statement(
  'organization.add-domain',
  'insert into organization_domain (organization_id, realm_id, name, verified) values ($1, $2, $3, $4)',
)
const removeAttributes = statement('organization.remove-attributes', 'delete from organization_attribute where organization_id = $1')
const addAttributes = statement(
  'organization.add-attributes',
  'insert into organization_attribute (organization_id, digest) select $1, value from {{list $2}} as given',
)
const ofMember = statement(
  'organization.of-member',
  `select ${columns} from organization_member m join organization o on o.id = m.organization_id where m.user_id = $1 order by o.name`,
)

const managing = statement(
  'organization.managing',
  `select o.id from organization_member m join organization o on o.id = m.organization_id
   where m.user_id = $1 and m.managed = 1 and o.enabled = 1`,
)

function searchValues({ text = '', exact = false, alias = '', attributes = {} }: OrganizationSearch) {
  const digests = Object.entries(attributes).map(([name, value]) => attributeDigest(name, value))
  const piece = text === '' || exact ? '' : `%${escapedLike(text.toLowerCase())}%`
  const whole = exact ? text : ''
  return [piece, whole, whole.toLowerCase(), alias, JSON.stringify(digests), digests.length] as const
}

async function writeLookups(sql: Sql, realmId: string, { id, domains, attributes }: NewOrganization): Promise<void> {
  await sql.run(removeDomains, id)
  for (const { name, verified } of domains) await sql.run(addDomains, id, realmId, name, verified ? 1 : 0)
  await sql.run(removeAttributes, id)
  await sql.run(addAttributes, id, JSON.stringify(attributeDigests(attributes)))
}

export const organizations = (sql: Sql) => ({
  find: (realmId: string, id: string) => sql.one<OrganizationRow>(find, realmId, id),
  /** A page of those that are looked for, by name. */
  search: (realmId: string, what: OrganizationSearch, at: { readonly max: number; readonly first: number }) =>
    sql.all<OrganizationRow>(search, realmId, ...searchValues(what), at.max, at.first),
  count: async (realmId: string, what: OrganizationSearch) => (await sql.one<{ n: number }>(count, realmId, ...searchValues(what)))?.n ?? 0,
  /** The next organizations by name, for exports in bounded memory. Start with ''. */
  pageAfter: (realmId: string, name: string, max: number) => sql.all<OrganizationRow>(page, realmId, name, max),
  /** Others with the name or the alias; '' as id for a new organization. */
  taken: (realmId: string, { id, name, alias }: { id: string; name: string; alias: string }) =>
    sql.all<{ id: string; name: string; alias: string }>(taken, realmId, id, name, alias),
  /** Which of the domains belong to other organizations. */
  takenDomains: (realmId: string, id: string, names: readonly string[]) =>
    sql.all<{ name: string; organization: string }>(takenDomains, realmId, id, JSON.stringify(names)),
  /** Which of the aliases are those of enabled organizations. */
  enabledAliases: (realmId: string, aliases: readonly string[]) =>
    sql.all<{ alias: string }>(enabledAliases, realmId, JSON.stringify(aliases)),
  /** Which of the organizations are disabled. */
  disabledOf: (realmId: string, ids: readonly string[]) => sql.all<{ id: string }>(disabled, realmId, JSON.stringify(ids)),
  /** Enabled organizations that have one of the domains, with that domain. */
  byDomain: (realmId: string, names: readonly string[]) =>
    sql.all<OrganizationRow & { domain: string }>(byDomain, realmId, JSON.stringify(names)),
  anyEnabled: async (realmId: string) => (await sql.one(anyEnabled, realmId)) !== undefined,
  /** Inside a transaction. */
  insert: async (realmId: string, o: NewOrganization) => {
    await sql.run(insert, o.id, realmId, o.groupId, o.name, o.name.toLowerCase(), o.alias, o.enabled ? 1 : 0, o.doc)
    await writeLookups(sql, realmId, o)
  },
  /** Inside a transaction. */
  update: async (realmId: string, o: NewOrganization) => {
    await sql.run(update, realmId, o.id, o.name, o.name.toLowerCase(), o.alias, o.enabled ? 1 : 0, o.doc)
    await writeLookups(sql, realmId, o)
  },
  remove: (realmId: string, id: string) => sql.run(remove, realmId, id),
  /** The organizations that a user is a member of, by name. */
  /** Ids of the enabled organizations by which a user is managed. */
  managing: (userId: string) => sql.all<{ id: string }>(managing, userId),
  ofMember: (userId: string) => sql.all<OrganizationRow>(ofMember, userId),
})
