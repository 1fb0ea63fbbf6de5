/** Listeners: where events go, one file each. What an event is stands in ../events.ts. They may call log and what they are given. */
import type { Logger } from '../../log.ts'
import type { AuditEvent, EventListener } from '../events.ts'

/** Writes events to the log in the reference's words: errors as warnings, the rest at debug level. */
export function logListener(log: Logger): EventListener {
  return {
    id: 'jboss-logging',
    async onEvents(batch) {
      for (const event of batch) {
        if (event.error === undefined) log.debug('event', fields(event))
        else log.warn('event', fields(event))
      }
    },
    async onAdminEvents(batch) {
      for (const event of batch) {
        log.debug('admin event', {
          operationType: event.operation,
          realmId: event.realmId,
          realmName: event.realmName,
          clientId: event.actor.clientId,
          userId: event.actor.userId,
          ipAddress: event.actor.ipAddress,
          resourceType: event.resourceType,
          resourcePath: event.resourcePath,
        })
      }
    },
  }
}

const fields = ({
  type,
  realmId,
  realmName,
  clientId,
  userId,
  sessionId,
  ipAddress,
  error,
  details,
}: AuditEvent): Record<string, unknown> => ({
  type,
  realmId,
  realmName,
  clientId,
  userId,
  ...(sessionId === undefined ? {} : { sessionId }),
  ipAddress,
  ...(error === undefined ? {} : { error }),
  ...details,
})
