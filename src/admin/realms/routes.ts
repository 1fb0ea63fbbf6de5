/**
 * A realm as a whole: its settings, keys, components, texts, events, sessions, attacks on it.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { attackDetectionRoutes } from './attack-detection.ts'
import { eventRoutes } from './events.ts'
import { realmRoutes } from './realms.ts'
import { sessionRoutes } from './sessions.ts'

export const realmAdminRoutes: readonly AdminRoute[] = [...attackDetectionRoutes, ...eventRoutes, ...realmRoutes, ...sessionRoutes]
