import { readQuery } from '../../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { type BoundedMap, boundedMap } from '../../realm/bounded-map.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type RealmRepresentation, realmRepresentation } from '../../representations/realm.ts'
import { type RealmHeadRow, realms as realmRows } from '../../storage/realms.ts'
import type { RoleRow } from '../../storage/roles.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import { flagParameter, jsonText } from '../bodies.ts'
import { authenticateCaller } from '../caller.ts'
import { forbidden, permissionsByRealm, realmPermissions } from '../permissions.ts'
import type { AdminServices } from '../services.ts'

/** Printed realms by their ids, each of one revision. */
export type RealmTexts = BoundedMap<string, { readonly revision: number; readonly text: string }>

/** Texts kept, about 7 kB each: a list of so many realms is read and printed once. */
const textsMax = 2_000

export const openRealmTexts = (): RealmTexts => boundedMap(textsMax)

/** A realm with its default role, as the list shows it. */
type Describe = (
  settings: RealmRepresentation,
  about: { readonly id: string; readonly realm: string; readonly enabled: boolean },
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
  if (brief)
    return jsonText(
      printRepresentations(
        realmRepresentation,
        heads.map((head) => (isHidden(head) ? { realm: head.name } : briefly(head))),
      ),
    )
  const texts = await wholeTexts(
    services,
    heads.filter((head) => !isHidden(head)),
    describe,
  )
  return jsonText(`[${heads.map((head) => texts.get(head.id) ?? JSON.stringify({ realm: head.name })).join(',')}]`)
}

const briefly = ({
  id,
  name,
  enabled,
  display_name: displayName,
  display_name_html: displayNameHtml,
}: RealmHeadRow): RealmRepresentation => ({
  id,
  realm: name,
  ...(displayName === null ? {} : { displayName }),
  ...(displayNameHtml === null ? {} : { displayNameHtml }),
  enabled: enabled === 1,
})

/** The JSON of each realm by its id. */
async function wholeTexts(
  { database, realmTexts }: Pick<AdminServices, 'database' | 'realmTexts'>,
  heads: readonly RealmHeadRow[],
  describe: Describe,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  const missing: string[] = []
  for (const { id, revision } of heads) {
    const known = realmTexts.get(id)
    if (known?.revision === revision) texts.set(id, known.text)
    else missing.push(id)
  }
  for (const row of missing.length === 0 ? [] : await realmRows(database).withDefaultRoles(missing)) {
    const about = { id: row.id, realm: row.name, enabled: row.enabled === 1 }
    const { role_id: id, role_name: name, role_doc: doc } = row
    const role = id === null || name === null || doc === null ? undefined : { id, name, doc }
    const text = printRepresentation(realmRepresentation, describe(JSON.parse(row.doc) as RealmRepresentation, about, role))
    texts.set(row.id, text)
    realmTexts.set(row.id, { revision: row.revision, text })
  }
  return texts
}
