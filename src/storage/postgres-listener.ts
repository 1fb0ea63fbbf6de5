import type { Client } from 'pg'
import type { Announcement } from './announcements.ts'
import { storageLimits } from './limits.ts'

/** All channels of the program share one of PostgreSQL, so that one `listen` hears everything. */
export const notifyChannel = 'ostiary'

export const notifyPayload = ({ channel, text }: Announcement): string => JSON.stringify([channel, text])

function parsePayload(payload: string | undefined): Announcement | undefined {
  try {
    const [channel, text]: unknown[] = JSON.parse(payload ?? '')
    return typeof channel === 'string' && typeof text === 'string' ? { channel, text } : undefined
  } catch {
    // Not ours: anybody who may connect may notify.
    return undefined
  }
}

/**
 * The one connection that hears announcements. When it is lost it is opened again; what was announced meanwhile is not heard, so
 * whoever caches what is announced also looks by itself now and then.
 */
export class PostgresListener {
  readonly #makeClient: () => Client
  readonly #heard: (announcement: Announcement) => void
  #client: Client | undefined
  #starting: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #pauseMs: number = storageLimits.reconnectFirstMs
  #closed = false

  constructor(makeClient: () => Client, heard: (announcement: Announcement) => void) {
    this.#makeClient = makeClient
    this.#heard = heard
  }

  /** Resolves when announcements are heard. */
  start(): Promise<void> {
    this.#starting ??= this.#connect().catch((error: unknown) => {
      this.#starting = undefined
      throw error
    })
    return this.#starting
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#starting?.catch(() => undefined)
    await this.#client?.end()
  }

  async #connect(): Promise<void> {
    const client = this.#makeClient()
    client.on('notification', ({ payload }) => {
      const announcement = parsePayload(payload)
      if (announcement !== undefined) this.#heard(announcement)
    })
    // `end` follows every error and says the same.
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query(`listen ${notifyChannel}`)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
    this.#client = client
    this.#pauseMs = storageLimits.reconnectFirstMs
    client.once('end', () => this.#connectLater())
  }

  #connectLater(): void {
    this.#client = undefined
    if (this.#closed) return
    this.#retry = setTimeout(() => {
      this.#starting = this.#connect().catch(() => this.#connectLater())
    }, this.#pauseMs)
    this.#retry.unref()
    this.#pauseMs = Math.min(this.#pauseMs * 2, storageLimits.reconnectMaxMs)
  }
}
