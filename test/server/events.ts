import type { Json } from './call.ts'

/** An audit event, its details beside the rest. */
export type LoggedEvent = Readonly<Record<string, unknown>>

/** Reads the events that the log listener wrote as JSON lines. */
export function readEvents(lines: readonly string[]): LoggedEvent[] {
  const parsed = lines.map((line) => JSON.parse(line) as Json).filter(({ message }) => message === 'event')
  return parsed.map(({ level: _level, timestamp: _timestamp, loggerName: _logger, message: _message, ...event }) => event)
}

/** What the Admin API of the reference server lists, newest first, in the shape of the log's. */
export const eventsOfAdminApi = (list: readonly Json[], realmName: string): LoggedEvent[] =>
  list.map(({ id: _id, time: _time, details, ...event }) => ({ ...event, realmName, ...(details as Json | undefined) })).reverse()
