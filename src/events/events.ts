/**
 * The event room: audit events in the reference's words, emitted off the request path and handed in batches to listeners
 * (listeners/, one file each). Not here: who decides that something is an event. May call storage and realm.
 */
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { EventType } from './types.ts'

export type { EventType } from './types.ts'

export interface AuditEvent {
  readonly timeMs: number
  readonly type: EventType | `${EventType}_ERROR`
  readonly realmId: string
  readonly realmName: string
  readonly clientId?: string | undefined
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  readonly ipAddress?: string | undefined
  readonly error?: string | undefined
  /** Never a secret, a token or a password. */
  readonly details: Readonly<Record<string, string | undefined>>
}

/** One change made through the Admin API. */
export interface AdminAuditEvent {
  readonly timeMs: number
  readonly realmId: string
  readonly realmName: string
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'ACTION'
  readonly resourceType: string
  readonly resourcePath: string
  /** What was sent, as JSON, secrets masked; stored where the realm keeps the details of admin events. */
  readonly representation?: string | undefined
  /** Whom or what it is about, by names that outlive the ids; stored in any case. */
  readonly details?: AuditEvent['details'] | undefined
  readonly error?: string | undefined
  readonly actor: { readonly realmName: string; readonly clientId: string; readonly userId: string; readonly ipAddress: string }
}

export interface EventListener {
  readonly id: string
  /** Must not throw for a single odd event; a throw loses the batch for this listener and is logged. */
  onEvents(batch: readonly AuditEvent[]): Promise<void>
  onAdminEvents(batch: readonly AdminAuditEvent[]): Promise<void>
}

export const eventLimits = {
  /** Events waiting for listeners. Beyond it the newest are counted and dropped: requests must not wait for a slow listener. */
  queueMax: 20_000,
  /** How long an event may wait for company. */
  flushMs: 100,
  /** Characters of one detail; the reference's column holds as many. A request may be long, and the log is nobody's to fill. */
  detailLengthMax: 2_550,
} as const

export interface Events {
  emit(event: Omit<AuditEvent, 'timeMs'>): void
  emitAdmin(event: Omit<AdminAuditEvent, 'timeMs'>): void
  /** Hands over everything that waits. */
  flush(): Promise<void>
  close(): Promise<void>
}

interface Queue<E> {
  waiting: E[]
  dropped: number
}

export function openEvents({ listeners, clock, log }: { listeners: readonly EventListener[]; clock: Clock; log: Logger }): Events {
  const events: Queue<AuditEvent> = { waiting: [], dropped: 0 }
  const adminEvents: Queue<AdminAuditEvent> = { waiting: [], dropped: 0 }
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()

  const push = <E>(queue: Queue<E>, event: E): void => {
    if (queue.waiting.length >= eventLimits.queueMax) {
      queue.dropped += 1
      return
    }
    queue.waiting.push(event)
    timer ??= setTimeout(() => {
      timer = undefined
      flushing = flushing.then(deliverAll)
    }, eventLimits.flushMs)
  }

  const deliver = async <E>(queue: Queue<E>, hand: (listener: EventListener, batch: readonly E[]) => Promise<void>): Promise<void> => {
    const batch = queue.waiting
    const { dropped } = queue
    queue.waiting = []
    queue.dropped = 0
    if (dropped > 0) log.warn('events were dropped: the queue was full', { dropped })
    if (batch.length === 0) return
    for (const listener of listeners) {
      await hand(listener, batch).catch((error: unknown) =>
        log.error('event listener failed', { listener: listener.id, lost: batch.length, error }),
      )
    }
  }

  const deliverAll = async (): Promise<void> => {
    await deliver(events, (listener, batch) => listener.onEvents(batch))
    await deliver(adminEvents, (listener, batch) => listener.onAdminEvents(batch))
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    flushing = flushing.then(deliverAll)
    return flushing
  }

  return {
    emit: (event) => push(events, { timeMs: clock.now(), ...event, details: withoutLengths(event.details) }),
    emitAdmin: (event) => push(adminEvents, { timeMs: clock.now(), ...event }),
    flush,
    close: flush,
  }
}

/** The same details where none is too long, which is nearly always. */
function withoutLengths(details: AuditEvent['details']): AuditEvent['details'] {
  const { detailLengthMax } = eventLimits
  if (!Object.values(details).some((text) => text !== undefined && text.length > detailLengthMax)) return details
  return Object.fromEntries(Object.entries(details).map(([name, text]) => [name, text?.slice(0, detailLengthMax)]))
}
