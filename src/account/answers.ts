import type { AuditEvent } from '../events/events.ts'
import type { AccountContext } from './account-route.ts'

type Reported = Pick<AuditEvent, 'type'> & Partial<Pick<AuditEvent, 'sessionId' | 'error' | 'details'>>

/** Tells the audit log what somebody did with his account. */
export function report({ services, realm, account, caller, request }: AccountContext, event: Reported): void {
  services.events.emit({
    realmId: realm.id,
    realmName: realm.name,
    clientId: account.clientId,
    userId: caller.user.id,
    ipAddress: request.remoteAddress,
    details: {},
    ...event,
  })
}

/** Whole seconds, as the reference tells times of sessions. */
export const secondsOf = (ms: number): number => Math.floor(ms / 1_000)
