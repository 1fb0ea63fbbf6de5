import type { Json } from '../server/call.ts'
import type { TestServer } from '../server.ts'

/** What a stored admin event says: operation, type, path and, when it was kept, the representation. */
export type StoredEvent = readonly [operation: unknown, resourceType: unknown, resourcePath: unknown, representation: unknown]

/** The admin events that are stored while `work` runs, in their order. The realm keeps events with their details. */
export async function eventsOf(server: TestServer, realm: string, work: () => Promise<unknown>): Promise<StoredEvent[]> {
  const read = async (): Promise<Json[]> => {
    if (!server.onReference) await server.services.events.flush()
    const { json } = await server.admin('GET', `/realms/${realm}/admin-events?max=1000`)
    return json as unknown as Json[]
  }
  const before = new Set((await read()).map(({ id }) => id))
  await work()
  const after = (await read()).filter(({ id }) => !before.has(id)).reverse()
  return after.map(({ operationType, resourceType, resourcePath, representation }) => [
    operationType,
    resourceType,
    resourcePath,
    typeof representation === 'string' ? JSON.parse(representation) : undefined,
  ])
}

/** The details of the newest admin event. */
export async function newestDetails(server: TestServer, realm: string): Promise<unknown> {
  if (!server.onReference) await server.services.events.flush()
  server.clock.advance(1)
  const [event = {}] = (await server.admin('GET', `/realms/${realm}/admin-events?max=1`)).json as unknown as Json[]
  return event['details']
}
