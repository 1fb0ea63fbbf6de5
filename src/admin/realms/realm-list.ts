import { readQuery } from '../../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { type BoundedMap, boundedMap } from '../../realm/bounded-map.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type RealmRepresentation, realmRepresentation } from '../../representations/realm.ts'
import { type RealmHeadRow, type RealmWithDefaultRoleRow, realms as realmRows } from '../../storage/realms.ts'
import type { RoleRow } from '../../storage/roles.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import { flagParameter, jsonText } from '../bodies.ts'
import { authenticateCaller } from '../caller.ts'
import { defaultGroupPaths } from '../groups/default-groups.ts'
import { forbidden, permissionsByRealm, realmPermissions } from '../permissions.ts'
import type { AdminServices } from '../services.ts'

/** A realm of one revision as JSON: the whole, and what a brief list shows of it. */
interface RealmText {
  readonly revision: number
  readonly whole: string
  readonly brief: string
}

/** Printed realms by their ids. */
export type RealmTexts = BoundedMap<string, RealmText>

/** Texts kept, about 8 kB each: a list of so many realms is read and printed once. */
const textsMax = 2_000

export const openRealmTexts = (): RealmTexts => boundedMap(textsMax)

/** What a realm shows beside its settings. */
export interface RealmAbout {
  readonly id: string
  readonly realm: string
  readonly enabled: boolean
  readonly defaultGroups?: string[]
}

/** A realm with its default role, as the list shows it. */
type Describe = (
  settings: RealmRepresentation,
  about: RealmAbout,
  role: Pick<RoleRow, 'id' | 'name' | 'doc'> | undefined,
) => RealmRepresentation

const view = ['view-realm', 'manage-realm'] as const

/** Whole realms for those who may see them, names for the other administrators of a realm. Only realms that have changed are read. */
export async function listRealms(request: HttpRequest, services: AdminServices, describe: Describe): Promise<HttpResponse> {
  const { database } = services
  const caller = await authenticateCaller(request, services)
  const brief = flagParameter(readQuery(request), 'briefRepresentation') ?? false
  const runsAll = caller.realm.name === masterRealm && (await realmPermissions(database, caller)).has('admin')
  const byRealm = runsAll ? undefined : await permissionsByRealm(database, caller)
  const heads = (await realmRows(database).heads()).filter(({ name }) => byRealm === undefined || byRealm.get(name)?.isAdmin === true)
  if (heads.length === 0) throw forbidden()
  const isHidden = ({ name }: RealmHeadRow): boolean => byRealm?.get(name)?.has(...view) === false
  const texts = await textsOf(
    services,
    heads.filter((head) => !isHidden(head)),
    describe,
  )
  const printed = heads.map(({ id, name }) => texts.get(id)?.[brief ? 'brief' : 'whole'] ?? JSON.stringify({ realm: name }))
  return jsonText(`[${printed.join(',')}]`)
}

/** Each realm by its id. */
async function textsOf(
  { database, realmTexts }: Pick<AdminServices, 'database' | 'realmTexts'>,
  heads: readonly RealmHeadRow[],
  describe: Describe,
): Promise<ReadonlyMap<string, RealmText>> {
  const texts = new Map<string, RealmText>()
  const missing: string[] = []
  for (const { id, revision } of heads) {
    const known = realmTexts.get(id)
    if (known?.revision === revision) texts.set(id, known)
    else missing.push(id)
  }
  if (missing.length === 0) return texts
  const groups = await defaultGroupPaths(database, missing)
  for (const row of await realmRows(database).withDefaultRoles(missing)) {
    const text = print(row, describe, groups.get(row.id))
    texts.set(row.id, text)
    realmTexts.set(row.id, text)
  }
  return texts
}

function print(row: RealmWithDefaultRoleRow, describe: Describe, defaultGroups: string[] | undefined): RealmText {
  const about = { id: row.id, realm: row.name, enabled: row.enabled === 1 }
  const { revision, role_id: id, role_name: name, role_doc: doc } = row
  const role = id === null || name === null || doc === null ? undefined : { id, name, doc }
  const settings = JSON.parse(row.doc) as RealmRepresentation
  const { displayName, displayNameHtml } = settings
  const named = {
    ...(displayName === undefined ? {} : { displayName }),
    ...(displayNameHtml === undefined ? {} : { displayNameHtml }),
  }
  return {
    revision,
    whole: printRepresentation(realmRepresentation, describe(settings, { ...about, ...(defaultGroups ? { defaultGroups } : {}) }, role)),
    brief: printRepresentation(realmRepresentation, { ...about, ...named }),
  }
}
