import type { HttpResponse } from '../../http/values.ts'
import { keysMetadata } from '../../keys/metadata.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import { keysMetadataRepresentation } from '../../representations/keys.ts'
import { printRepresentation } from '../../representations/print.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { jsonText } from '../bodies.ts'

export const keyRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/keys', summary: 'Keys of a realm, their public halves', role: ['view-realm', 'manage-realm'], handle: getKeys },
]

async function getKeys({ realm }: AdminContext): Promise<HttpResponse> {
  return jsonText(printRepresentation(keysMetadataRepresentation, keysMetadata(realm.derived(realmKeys))))
}
