import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type GroupRepresentation, groupRepresentation } from '../../representations/group.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type GroupRow, groups as groupRows } from '../../storage/groups.ts'
import { escapedLike } from '../../storage/like.ts'
import type { Sql } from '../../storage/sql.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { readAttributeQuery } from '../attribute-query.ts'
import { flagParameter, json, jsonText, type Page, pageParameters, wholeListMax } from '../bodies.ts'
import { describeGroup, describeGroups, describeKnownGroups, type GroupView, groupAccess } from './describe-groups.ts'
import { findGroup, viewGroups } from './find-group.ts'

const query = ['query-groups', ...viewGroups] as const

export const groupSearchRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/groups',
    summary: 'Groups at the top, or those that match with what is above them',
    role: query,
    handle: listGroups,
  },
  { method: 'GET', path: '/groups/count', summary: 'How many groups there are', role: query, handle: countGroups },
  { method: 'GET', path: '/groups/:group/children', summary: 'Groups directly below a group', role: viewGroups, handle: listChildren },
  { method: 'GET', path: '/group-by-path/*', summary: 'The group that a path of names leads to', role: viewGroups, handle: getByPath },
]

/** Sub-groups of one page unless the caller asks for another number; the reference's default. */
const childrenDefault = 10

const everything = '%'

/** Characters with a meaning in `like` lose it, but for `*`, which stands for any characters (reference behaviour). In lower case. */
const pattern = (text: string): string => escapedLike(text.toLowerCase()).replaceAll('*', '%')

/** Who may only query groups sees none (reference behaviour). */
async function listGroups(context: AdminContext): Promise<HttpResponse> {
  const { request, services, permissions } = context
  const parameters = readQuery(request)
  const page = pageParameters(parameters, wholeListMax, wholeListMax)
  if (!permissions.has(...viewGroups)) return json([])
  const view: GroupView = {
    brief: flagParameter(parameters, 'briefRepresentation') ?? true,
    counted: flagParameter(parameters, 'subGroupsCount') ?? true,
    access: groupAccess(permissions),
  }
  const sql = services.database
  const matching = await search(context, page)
  const rows = matching ?? (await groupRows(sql).children(context.realm.id, '', everything, page))
  const flat = matching === undefined || !(flagParameter(parameters, 'populateHierarchy') ?? true)
  const list = flat ? await describeGroups(sql, rows, view) : await trees(sql, rows, view)
  return jsonText(printRepresentations(groupRepresentation, list))
}

/** The page of groups that the query asks for, at any depth; undefined when it names nothing to search for. */
async function search({ request, services, realm }: AdminContext, page: Page): Promise<GroupRow[] | undefined> {
  const parameters = readQuery(request)
  const rows = groupRows(services.database)
  const attributes = parameters.get('q')
  if (attributes) {
    const wanted = readAttributeQuery(attributes)
    return wanted.size === 0 ? rows.search(realm.id, everything, page) : rows.searchAttributes(realm.id, wanted, page)
  }
  const text = parameters.get('search')
  if (!text) return undefined
  const name = text.trim()
  return flagParameter(parameters, 'exact') ? rows.searchName(realm.id, name, page) : rows.search(realm.id, `%${pattern(name)}%`, page)
}

/** The groups below those above them, up to the top; of what is above only what leads to them. */
async function trees(sql: Sql, rows: readonly GroupRow[], view: GroupView): Promise<GroupRepresentation[]> {
  const shown = (await groupRows(sql).withAncestors(rows.map((row) => row.id))).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const described = await describeKnownGroups(sql, shown, shown, view)
  const byId = new Map(described.map((group) => [group.id, group]))
  return described.filter((group) => {
    const parent = group.parentId === undefined ? undefined : byId.get(group.parentId)
    parent?.subGroups?.push(group)
    return parent === undefined
  })
}

/** `top` counts those at the top alone, and is passed over in a search (reference behaviour). */
async function countGroups({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const parameters = readQuery(request)
  const rows = groupRows(services.database)
  const text = parameters.get('search')
  if (text) return json({ count: await rows.countMatches(realm.id, `%${pattern(text)}%`) })
  return json({ count: flagParameter(parameters, 'top') ? await rows.countChildren(realm.id, '') : await rows.count(realm.id) })
}

/** By the beginning of their names, or by all of it. */
async function listChildren(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const parent = await findGroup(context)
  const parameters = readQuery(request)
  const page = pageParameters(parameters, childrenDefault, wholeListMax)
  const sql = services.database
  const text = parameters.get('search') ?? ''
  const exact = flagParameter(parameters, 'exact') === true && text !== ''
  const named = exact && page.first === 0 && page.max > 0 ? await groupRows(sql).find(realm.id, parent.id, text) : undefined
  const rows = exact ? (named ? [named] : []) : await groupRows(sql).children(realm.id, parent.id, `${pattern(text)}%`, page)
  const list = await describeGroups(sql, rows, {
    brief: flagParameter(parameters, 'briefRepresentation') ?? false,
    counted: flagParameter(parameters, 'subGroupsCount') ?? true,
    access: groupAccess(permissions),
  })
  return jsonText(printRepresentations(groupRepresentation, list))
}

async function getByPath({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const [, ...rest] = request.path.split('/group-by-path/')
  const path = decodeURIComponent(rest.join('/group-by-path/')).replace(/\/$/, '')
  const row = await groupRows(services.database).findByPath(realm.id, path.startsWith('/') ? path : `/${path}`)
  if (row === undefined) throw new AdminError(404, { error: 'Group path does not exist' })
  return jsonText(printRepresentation(groupRepresentation, await describeGroup(services.database, row, { counted: true })))
}
