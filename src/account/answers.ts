import type { AuditEvent } from '../events/events.ts'
import { type HttpResponse, jsonResponse } from '../http/values.ts'
import type { AccountContext } from './account-route.ts'

const utf8 = { 'content-type': 'application/json;charset=UTF-8' } as const
const noCache = { 'cache-control': 'no-cache' } as const

/** 200 for those resources of which the reference forbids to keep the answer. */
export const json = (value: unknown): HttpResponse => jsonResponse(200, value, { ...utf8, ...noCache })

/** As `json`, silent about caches. */
export const silentJson = (value: unknown): HttpResponse => jsonResponse(200, value, utf8)

export const noContent = (): HttpResponse => ({ status: 204, headers: noCache })
export const silentNoContent = (): HttpResponse => ({ status: 204 })

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
