import type { RealmSnapshot } from '../../realm/model.ts'
import { unknownError } from './client-view.ts'

/** Throws AdminError when a client names a flow that the realm does not have; an empty name takes an override away. */
export async function requireFlows(
  realm: RealmSnapshot,
  overrides: Readonly<Record<string, string | null>> | null | undefined,
): Promise<void> {
  const ids = Object.values(overrides ?? {}).filter((id) => id !== null && id !== '')
  if (ids.length === 0) return
  const flows = await realm.authentication()
  if (ids.some((id) => id !== null && flows.flowById(id) === undefined)) throw unknownError()
}
