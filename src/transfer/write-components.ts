import type { ComponentSections } from '../keys/generate.ts'
import { components as componentRows } from '../storage/components.ts'
import type { Sql } from '../storage/sql.ts'
import { idOf } from './writing.ts'

/** Components by provider type, sub-components below their parents. */
export async function writeComponents(tx: Sql, realmId: string, sections: ComponentSections, parentId = realmId): Promise<void> {
  for (const [providerType, list] of Object.entries(sections)) {
    for (const { subComponents, ...component } of list) {
      const id = idOf(component)
      const { name = '', providerId = '', config = {} } = component
      const doc = JSON.stringify({ ...component, id, providerType, parentId, config })
      await componentRows(tx).insert(realmId, { id, parentId, providerType, providerId, name, doc })
      if (subComponents) await writeComponents(tx, realmId, subComponents, id)
    }
  }
}
