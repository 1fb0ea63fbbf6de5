import { linkProvider } from '../organizations/identity-providers.ts'
import { createOrganization } from '../organizations/organizations.ts'
import type { GroupRepresentation } from '../representations/group.ts'
import type { MemberRepresentation, OrganizationRepresentation } from '../representations/organization.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import { organizationGroups } from '../storage/organization-groups.ts'
import { organizationMembers } from '../storage/organization-members.ts'
import { organizationProviders } from '../storage/organization-providers.ts'
import { users as userRows } from '../storage/users.ts'
import { ImportError } from './errors.ts'
import type { Writing } from './writing.ts'

/** Writes the organizations of a realm file, behind the users, roles and identity providers that they name. */
export async function writeOrganizations(writing: Writing, realm: RealmRepresentation & { readonly realm: string }): Promise<void> {
  for (const organization of realm.organizations ?? []) await writeOrganization(writing, realm.realm, organization)
}

async function writeOrganization(writing: Writing, realmName: string, organization: OrganizationRepresentation): Promise<void> {
  const { tx, realmId, random } = writing
  const result = await createOrganization({ tx, realm: { id: realmId, name: realmName } }, random, organization, organization.id)
  if (result.kind === 'refused') throw new ImportError(result.fault.status, result.fault.message, result.fault.shape)
  for (const { alias = '' } of organization.identityProviders ?? []) {
    const row = await organizationProviders(tx).find(realmId, alias)
    if (row === undefined) throw new ImportError(400, 'Identity provider cannot be null')
    await linkProvider(tx, row, result.id)
  }
  const groupIds = new Set<string>()
  for (const group of organization.groups ?? []) await writeGroup(writing, result.id, group, { id: '', path: '' }, groupIds)
  for (const member of organization.members ?? []) await writeMember(writing, result.id, member, groupIds)
}

async function writeGroup(
  writing: Writing,
  organizationId: string,
  group: GroupRepresentation,
  parent: { readonly id: string; readonly path: string },
  groupIds: Set<string>,
): Promise<void> {
  const { tx, random, roles } = writing
  const { name = '', description, attributes = {}, realmRoles = [], clientRoles = {}, subGroups = [] } = group
  const id = group.id ?? random.uuid()
  const path = `${parent.path}/${name}`
  const doc = JSON.stringify({ ...(description === undefined ? {} : { description }), attributes })
  await organizationGroups(tx).insert({ id, organizationId, parentId: parent.id, name, path, doc, attributes })
  groupIds.add(id)
  for (const role of realmRoles) await organizationGroups(tx).addRole(id, await roles.findOrCreate(undefined, role))
  for (const [clientId, names] of Object.entries(clientRoles))
    for (const role of names) await organizationGroups(tx).addRole(id, await roles.findOrCreate(clientId, role))
  for (const child of subGroups) await writeGroup(writing, organizationId, child, { id, path }, groupIds)
}

async function writeMember(
  { tx, realmId }: Writing,
  organizationId: string,
  { username = '', membershipType, groups = [] }: MemberRepresentation,
  groupIds: ReadonlySet<string>,
): Promise<void> {
  const user = await userRows(tx).find(realmId, username.toLowerCase())
  // An export without users names its members all the same.
  if (user === undefined) return
  await organizationMembers(tx).add(organizationId, realmId, user.id, membershipType === 'MANAGED')
  for (const id of groups) {
    if (!groupIds.has(id)) throw new ImportError(400, `Unable to find organization group specified by id: ${id}`)
    await organizationGroups(tx).join(id, organizationId, user.id)
  }
}
