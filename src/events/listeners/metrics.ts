import type { EventListener } from '../events.ts'

/** What this listener needs of the metrics. */
export interface EventCounter {
  event(event: string, realm: string, clientId: string, error: string): void
}

/** Errors of clients that do not exist are counted under one name, or a stranger could make as many series as he likes. */
const unknownClient = 'unknown'

/** Counts events; an error event is counted under its plain type with its error, as the reference does. */
export function metricsListener(metrics: EventCounter): EventListener {
  return {
    id: 'micrometer-user-event-metrics',
    async onEvents(batch) {
      for (const { type, realmName, clientId, error } of batch) {
        const known = error === 'client_not_found' ? unknownClient : (clientId ?? '')
        metrics.event(type.replace(/_ERROR$/, '').toLowerCase(), realmName, known, error ?? '')
      }
    },
    async onAdminEvents() {},
  }
}
