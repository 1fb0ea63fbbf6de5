/**
 * A realm as a whole: its settings, keys, components, texts, events, sessions, attacks on it.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { attackDetectionRoutes } from './attack-detection.ts'
import { clientPolicyRoutes } from './client-policies.ts'
import { componentRoutes } from './components.ts'
import { eventRoutes } from './events.ts'
import { explainRoutes } from './explain.ts'
import { keyRoutes } from './keys.ts'
import { localizationRoutes } from './localization.ts'
import { maintenanceRoutes } from './maintenance.ts'
import { partialExportRoutes } from './partial-export.ts'
import { partialImportRoutes } from './partial-import.ts'
import { pushRevocationRoutes } from './push-revocation.ts'
import { realmRoutes } from './realms.ts'
import { sessionRoutes } from './sessions.ts'
import { smtpRoutes } from './test-smtp-connection.ts'
import { userStorageRoutes } from './user-storage.ts'

export const realmAdminRoutes: readonly AdminRoute[] = [
  ...attackDetectionRoutes,
  ...clientPolicyRoutes,
  ...componentRoutes,
  ...eventRoutes,
  ...explainRoutes,
  ...keyRoutes,
  ...localizationRoutes,
  ...maintenanceRoutes,
  ...pushRevocationRoutes,
  ...realmRoutes,
  ...sessionRoutes,
  ...smtpRoutes,
  ...userStorageRoutes,
  ...partialExportRoutes,
  ...partialImportRoutes,
]
