/**
 * The organization room: what an organization may be called, its domains, members and links to identity providers. Not here: invitations,
 * which are letters and links (login), the Admin API. May call storage, realm, representations and the order of tokens.
 */
import type { Random } from '../crypto/random.ts'
import { type DomainFault, readDomains } from '../realm/domains.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Patch } from '../representations/fields.ts'
import type {
  OrganizationDomainRepresentation,
  OrganizationRepresentation,
  organizationRepresentation,
} from '../representations/organization.ts'
import { type NewOrganization, type OrganizationRow, organizations as organizationRows } from '../storage/organizations.ts'
import type { Sql } from '../storage/sql.ts'
import { hashOrder } from '../tokens/mappers/hash-order.ts'

/** What is wrong with an organization, in the reference's words; `shape` is the member of the answer that has them. */
export interface OrganizationFault {
  readonly status: 400 | 409
  readonly shape: 'errorMessage' | 'error'
  readonly message: string
}

export type OrganizationResult =
  | { readonly kind: 'done'; readonly id: string }
  | { readonly kind: 'refused'; readonly fault: OrganizationFault }

/** Characters of a name or an alias: the reference's database holds no more. */
const nameMax = 255

const fault = (message: string, status: 400 | 409 = 400, shape: OrganizationFault['shape'] = 'errorMessage') =>
  ({ kind: 'refused', fault: { status, shape, message } }) as const

const isBlank = (text: string | undefined | null): text is undefined | null | '' => (text ?? '').trim() === ''

/** Characters that an alias may not have, since it is a part of scopes and addresses. */
function badAlias(alias: string): string | undefined {
  const reserved = /[!#$&()*+,/:;=?@[\\\]]/.exec(alias)?.[0]
  if (reserved !== undefined) return `Character '${reserved}' not allowed.`
  return /\s/.test(alias) ? 'Empty Space not allowed.' : undefined
}

/** The reference takes absolute web addresses alone, in their usual spelling. */
const isWebAddress = (url: string): boolean => /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(url) && !/%(?![0-9A-Fa-f]{2})/.test(url)

const badRedirect = (url: string | null | undefined): boolean => url !== undefined && url !== null && url !== '' && !isWebAddress(url)

/** What a doc holds of an organization. */
type OrganizationDoc = Pick<OrganizationRepresentation, 'description' | 'redirectUrl' | 'attributes' | 'domains'>

const docOf = (row: Pick<OrganizationRow, 'doc'>): OrganizationDoc => JSON.parse(row.doc) as OrganizationDoc

/** An organization as the reference prints it; brief without attributes. */
export function describeOrganization(row: OrganizationRow, options: { readonly brief: boolean }): OrganizationRepresentation {
  const { description, redirectUrl, attributes = {}, domains = [] } = docOf(row)
  return {
    id: row.id,
    name: row.name,
    alias: row.alias,
    enabled: row.enabled === 1,
    ...(description === undefined ? {} : { description }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
    ...(options.brief ? {} : { attributes }),
    ...(domains.length === 0 ? {} : { domains }),
  }
}

export const domainsOf = (row: Pick<OrganizationRow, 'doc'>): readonly OrganizationDomainRepresentation[] => docOf(row).domains ?? []

/** Sets without an order of their own, in the reference's. */
export const inDomainOrder = (domains: readonly OrganizationDomainRepresentation[]): OrganizationDomainRepresentation[] =>
  hashOrder(domains, ({ name }) => name ?? '')

interface Described {
  readonly description?: string | null | undefined
  readonly redirectUrl?: string | null | undefined
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

/** Attributes without any value are not kept. */
const keptAttributes = (attributes: Readonly<Record<string, readonly string[] | null>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(attributes).flatMap(([name, list]) => (list && list.length > 0 ? [[name, [...list]]] : [])))

function stored(
  { id, groupId, name, alias, enabled }: Pick<NewOrganization, 'id' | 'groupId' | 'name' | 'alias' | 'enabled'>,
  { description, redirectUrl, attributes }: Described,
  domains: readonly { readonly name: string; readonly verified: boolean }[],
): NewOrganization {
  const kept = keptAttributes(attributes as Record<string, string[]>)
  const doc: OrganizationDoc = {
    ...(description === undefined || description === null ? {} : { description }),
    ...(redirectUrl ? { redirectUrl } : {}),
    attributes: kept,
    domains: inDomainOrder(domains),
  }
  return { id, groupId, name, alias, enabled, doc: JSON.stringify(doc), domains, attributes: kept }
}

interface Writing {
  readonly tx: Sql
  readonly realm: Pick<RealmSnapshot, 'id' | 'name'>
}

/** Domains that are well-formed and belong to no other organization of the realm. */
async function freeDomains(
  { tx, realm }: Writing,
  id: string,
  given: readonly OrganizationDomainRepresentation[],
): Promise<readonly { readonly name: string; readonly verified: boolean }[] | DomainFault> {
  const read = readDomains(inDomainOrder(given))
  if ('message' in read) return read
  const [other] = await organizationRows(tx).takenDomains(
    realm.id,
    id,
    read.map(({ name }) => name),
  )
  if (other === undefined) return read
  return { message: `Domain ${other.name} is already linked to organization ${other.organization} in realm ${realm.name}` }
}

/** Makes an organization, with an id of its own unless a realm file brings one. Inside a transaction. */
export async function createOrganization(
  writing: Writing,
  random: Pick<Random, 'uuid'>,
  given: OrganizationRepresentation,
  id: string = random.uuid(),
): Promise<OrganizationResult> {
  const { tx, realm } = writing
  const { name = '', enabled = true, description, redirectUrl, attributes = {}, domains = [] } = given
  if (isBlank(name)) return fault('Name can not be null')
  if (badRedirect(redirectUrl)) return fault('Organization redirect URL is not valid.')
  const alias = isBlank(given.alias) ? name : given.alias
  const wrong = badAlias(alias)
  if (wrong !== undefined) return isBlank(given.alias) ? fault(`Name cannot be used as alias: ${wrong}`) : fault(wrong, 400, 'error')
  if (name.length > nameMax || alias.length > nameMax) return fault('Database operation failed')
  const others = await organizationRows(tx).taken(realm.id, { id: '', name, alias })
  if (others.some((other) => other.name === name)) return fault('A organization with the same name already exists.', 409)
  if (others.length > 0) return fault('A organization with the same alias already exists', 409)
  const free = await freeDomains(writing, '', domains)
  if ('message' in free) return fault(free.message)
  const made = { id, groupId: random.uuid(), name, alias, enabled }
  await organizationRows(tx).insert(realm.id, stored(made, { description, redirectUrl, attributes }, free))
  return { kind: 'done', id }
}

/**
 * A PUT: attributes stay unless they are given, everything else is replaced; the alias cannot change. Inside a transaction. Returns the
 * domains that the organization has no more, too.
 */
export async function updateOrganization(
  writing: Writing,
  row: OrganizationRow,
  patch: Patch<typeof organizationRepresentation>,
): Promise<Extract<OrganizationResult, { kind: 'refused' }> | { readonly kind: 'done'; readonly removedDomains: readonly string[] }> {
  const { tx, realm } = writing
  const { name, alias, enabled, description, redirectUrl, attributes, domains } = patch
  if (badRedirect(redirectUrl)) return fault('Organization redirect URL is not valid.')
  const isTaken = async (wanted: string): Promise<boolean> =>
    (await organizationRows(tx).taken(realm.id, { id: row.id, name: wanted, alias: '' })).length > 0
  if (isBlank(name) || (name !== row.name && (await isTaken(name)))) return fault('A organization with the same name already exists.', 409)
  if ((isBlank(alias) ? name : alias) !== row.alias) return fault('Cannot change the alias')
  if (name.length > nameMax) return fault('Database operation failed')
  const free = await freeDomains(writing, row.id, (domains ?? []) as OrganizationDomainRepresentation[])
  if ('message' in free) return fault(free.message)
  const kept = (attributes as Record<string, string[] | null> | null | undefined) ?? docOf(row).attributes ?? {}
  const next = { id: row.id, groupId: row.group_id, name, alias: row.alias, enabled: enabled ?? true }
  await organizationRows(tx).update(realm.id, stored(next, { description, redirectUrl, attributes: keptAttributes(kept) }, free))
  const names = new Set(free.map((domain) => domain.name))
  return { kind: 'done', removedDomains: domainsOf(row).flatMap((domain) => (domain.name && !names.has(domain.name) ? [domain.name] : [])) }
}
