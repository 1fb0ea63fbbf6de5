import { apiJson } from '../../http/api-answers.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import { type HttpResponse, jsonResponse } from '../../http/values.ts'
import { type GroupRepresentation, groupRepresentation } from '../../representations/group.ts'
import { arrangeRepresentation, printRepresentation, printRepresentations } from '../../representations/print.ts'
import type { OrganizationGroupRow } from '../../storage/organization-groups.ts'
import { organizationGroups } from '../../storage/organization-groups.ts'
import type { OrganizationRow } from '../../storage/organizations.ts'
import { UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { readAttributeQuery } from '../attribute-query.ts'
import { flagParameter, jsonText, noContent, pageParameters, readRepresentation } from '../bodies.ts'
import { findOrganization, manageOrganizations, queryOrganizations, viewOrganizations } from './access.ts'
import { describeGroups, findGroup, groupFacts, moveGroup, type PlacedGroup } from './group-of.ts'

const path = '/organizations/:organization/groups'

export const organizationGroupRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Groups of an organization', role: queryOrganizations, handle: listGroups },
  { method: 'POST', path, summary: 'Create a group, or move one to the top', role: queryOrganizations, handle: postGroup },
  { method: 'GET', path: `${path}/group-by-path/*`, summary: 'The group with a path', role: queryOrganizations, handle: groupByPath },
  { method: 'GET', path: `${path}/:group`, summary: 'A group', role: queryOrganizations, handle: getGroup },
  { method: 'PUT', path: `${path}/:group`, summary: 'Change a group', role: queryOrganizations, handle: putGroup },
  { method: 'DELETE', path: `${path}/:group`, summary: 'Remove a group', role: queryOrganizations, handle: deleteGroup },
  { method: 'GET', path: `${path}/:group/children`, summary: 'Groups below a group', role: queryOrganizations, handle: listChildren },
  { method: 'POST', path: `${path}/:group/children`, summary: 'Create or move a group below', role: queryOrganizations, handle: postChild },
]

/** Groups of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10
const top = ''

const optionsOf = ({ request }: AdminContext, briefDefault: boolean) => {
  const query = readQuery(request)
  return { brief: flagParameter(query, 'briefRepresentation') ?? briefDefault, counts: flagParameter(query, 'subGroupsCount') ?? false }
}

/** Attributes and nothing find groups at the top, a piece of a name finds them at any depth (reference behaviour). */
async function listGroups(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const organization = await findOrganization(context, viewOrganizations)
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const groups = organizationGroups(services.database)
  const attributes = Object.fromEntries(readAttributeQuery(query.get('q') ?? ''))
  const text = query.get('search') ?? ''
  const rows =
    Object.keys(attributes).length > 0
      ? await groups.byAttributes(organization.id, attributes, page)
      : text === ''
        ? await groups.children(organization.id, top, {}, page)
        : await groups.search(organization.id, { text, exact: flagParameter(query, 'exact') ?? false }, page)
  return list(context, organization, rows, optionsOf(context, true))
}

async function list(
  context: AdminContext,
  organization: OrganizationRow,
  rows: readonly OrganizationGroupRow[],
  options: ReturnType<typeof optionsOf>,
): Promise<HttpResponse> {
  return jsonText(printRepresentations(groupRepresentation, await describeGroups(context, organization, rows, options)))
}

async function listChildren(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const placed = await findGroup(context, viewOrganizations)
  const query = readQuery(request)
  const search = { text: query.get('search') ?? '', exact: flagParameter(query, 'exact') ?? false }
  const page = pageParameters(query, pageDefault)
  const rows = await organizationGroups(services.database).children(placed.organization.id, placed.group.id, search, page)
  return list(context, placed.organization, rows, { ...optionsOf(context, true), brief: true })
}

async function groupByPath(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const organization = await findOrganization(context, viewOrganizations)
  const wanted = (request.params['*'] ?? '').replace(/^\/+|\/+$/g, '')
  const row = await organizationGroups(services.database).findByPath(organization.id, `/${wanted}`)
  if (row === undefined) throw new AdminError(404, { error: 'Group path does not exist' })
  const [group = {}] = await describeGroups(context, organization, [row], { ...optionsOf(context, true), brief: true })
  return jsonText(printRepresentation(groupRepresentation, group))
}

async function getGroup(context: AdminContext): Promise<HttpResponse> {
  const { organization, group } = await findGroup(context, viewOrganizations)
  const [described = {}] = await describeGroups(context, organization, [group], { ...optionsOf(context, false), brief: false })
  return jsonText(printRepresentation(groupRepresentation, described))
}

const readGroup = (context: AdminContext): GroupRepresentation & { name: string } => {
  const given = readRepresentation(context.request, groupRepresentation)
  const { name = '' } = given
  if (name.trim() === '') throw new AdminError(400, { errorMessage: 'Group name is missing' })
  return { ...given, name }
}

async function postGroup(context: AdminContext): Promise<HttpResponse> {
  const { services } = context
  const organization = await findOrganization(context, manageOrganizations)
  const given = readGroup(context)
  if (given.id !== undefined) {
    const group = await organizationGroups(services.database).find(given.id)
    if (group?.organization_id !== organization.id) throw new AdminError(404, { error: 'Could not find group by id' })
    return move(context, { organization, group }, undefined, given)
  }
  const taken = new AdminError(409, { errorMessage: 'Group with the given name already exists.' })
  const group = await insert(context, organization, undefined, groupFacts(given), given.name, taken)
  report(context, 'CREATE', organization, 'groups', { ...given, id: group.id })
  return createdGroup(context, organization, group, { below: 'groups', brief: true })
}

/** A new group below another has nothing but its name (reference behaviour). */
async function postChild(context: AdminContext): Promise<HttpResponse> {
  const { services } = context
  const { organization, group: parent } = await findGroup(context, manageOrganizations)
  const given = readGroup(context)
  if (given.id !== undefined) {
    const group = await organizationGroups(services.database).find(given.id)
    if (group?.organization_id !== organization.id) throw new AdminError(404, { error: 'Could not find child by id' })
    return move(context, { organization, group }, parent, given)
  }
  const taken = new AdminError(409, { errorMessage: 'Sibling group with the given name already exists' })
  const group = await insert(context, organization, parent, groupFacts({}), given.name, taken)
  const below = `groups/${parent.id}/children`
  report(context, 'CREATE', organization, below, { ...given, id: group.id })
  return createdGroup(context, organization, group, { below, brief: false })
}

async function insert(
  { services }: AdminContext,
  organization: OrganizationRow,
  parent: OrganizationGroupRow | undefined,
  facts: ReturnType<typeof groupFacts>,
  name: string,
  taken: AdminError,
): Promise<OrganizationGroupRow> {
  const id = services.random.uuid()
  const parentId = parent?.id ?? top
  const groupPath = `${parent?.path ?? ''}/${name}`
  const made = { id, organizationId: organization.id, parentId, name, path: groupPath, ...facts }
  const done = await services.database.transaction(async (tx) => {
    if (await organizationGroups(tx).hasSibling(organization.id, parentId, name, '')) return false
    await organizationGroups(tx).insert(made)
    return true
  })
  if (!done) throw taken
  return { id, organization_id: organization.id, parent_id: parentId, name, path: groupPath, doc: facts.doc }
}

async function createdGroup(
  context: AdminContext,
  organization: OrganizationRow,
  row: OrganizationGroupRow,
  { below, brief }: { readonly below: string; readonly brief: boolean },
): Promise<HttpResponse> {
  const { request, realm } = context
  const [group = {}] = await describeGroups(context, organization, [row], { brief, counts: false })
  const base = `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/organizations/${organization.id}`
  const headers = { ...apiJson, location: `${base}/${below}/${row.id}` }
  return jsonResponse(201, arrangeRepresentation(groupRepresentation, group), headers)
}

const duplicate = new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })

async function move(
  context: AdminContext,
  placed: PlacedGroup,
  parent: OrganizationGroupRow | undefined,
  given: GroupRepresentation,
): Promise<HttpResponse> {
  const { organization } = placed
  if (!(await moveGroup(context, placed, parent))) throw duplicate
  report(context, 'UPDATE', organization, parent ? `groups/${parent.id}/children` : 'groups', given)
  return noContent()
}

/** Attributes stay unless they are given; a description that is not given goes (reference behaviour). */
async function putGroup(context: AdminContext): Promise<HttpResponse> {
  const { services } = context
  const { organization, group } = await findGroup(context, manageOrganizations)
  const given = readGroup(context)
  const { attributes = (JSON.parse(group.doc) as GroupRepresentation).attributes ?? {}, description } = given
  const facts = groupFacts({ attributes, ...(description === undefined ? {} : { description }) })
  const groupPath = `${group.path.slice(0, group.path.length - group.name.length)}${given.name}`
  const next = { id: group.id, organizationId: organization.id, parentId: group.parent_id, name: given.name, path: groupPath, ...facts }
  await services.database
    .transaction((tx) => organizationGroups(tx).update(next))
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? duplicate : error
    })
  report(context, 'UPDATE', organization, `groups/${group.id}`, given)
  return noContent()
}

async function deleteGroup(context: AdminContext): Promise<HttpResponse> {
  const { organization, group } = await findGroup(context, manageOrganizations)
  await organizationGroups(context.services.database).remove(group.id)
  const resourcePath = `organizations/${organization.id}/groups/${group.id}`
  audit(context, { operation: 'DELETE', resourceType: 'ORGANIZATION_GROUP', resourcePath })
  return noContent()
}

function report(
  context: AdminContext,
  operation: 'CREATE' | 'UPDATE',
  { id }: OrganizationRow,
  below: string,
  given: GroupRepresentation,
): void {
  const representation = printRepresentation(groupRepresentation, given)
  audit(context, { operation, resourceType: 'ORGANIZATION_GROUP', resourcePath: `organizations/${id}/${below}`, representation })
}
