import type { HttpResponse } from '../../http/values.ts'
import { printRepresentations } from '../../representations/print.ts'
import { type RoleRepresentation, roleRepresentation } from '../../representations/role.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import type { Sql } from '../../storage/sql.ts'
import { jsonText } from '../bodies.ts'

/** Roles as the reference prints them; `brief` leaves out their attributes. Which of them are composite is asked once for all. */
export async function describeRoles(
  sql: Sql,
  rows: readonly RoleRow[],
  { brief = true }: { readonly brief?: boolean } = {},
): Promise<RoleRepresentation[]> {
  const composite = new Set((await roleRows(sql).compositeParents(rows.map((row) => row.id))).map((row) => row.parent_id))
  return rows.map((row) => {
    const { description, attributes } = JSON.parse(row.doc) as RoleRepresentation
    return {
      id: row.id,
      name: row.name,
      ...(description === undefined ? {} : { description }),
      composite: composite.has(row.id),
      clientRole: row.client_id !== null,
      containerId: row.container_id,
      ...(brief ? {} : { attributes: attributes ?? {} }),
    }
  })
}

/** One role with its attributes. */
export async function describeRole(sql: Sql, row: RoleRow): Promise<RoleRepresentation> {
  const [role = {}] = await describeRoles(sql, [row], { brief: false })
  return role
}

export async function answerRoles(sql: Sql, rows: readonly RoleRow[], options?: { readonly brief?: boolean }): Promise<HttpResponse> {
  return jsonText(printRepresentations(roleRepresentation, await describeRoles(sql, rows, options)))
}
