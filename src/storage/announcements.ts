import { storageLimits } from './limits.ts'

export interface Announcement {
  readonly channel: string
  readonly text: string
}

/** Throws when PostgreSQL could not carry it; on every engine, so that a test on one finds it. */
export function announcement(channel: string, text: string): Announcement {
  const bytes = Buffer.byteLength(JSON.stringify([channel, text]))
  if (bytes > storageLimits.announcementBytesMax) throw new Error(`an announcement on ${channel} has ${bytes} bytes, too many`)
  return { channel, text }
}

/** Who listens in this process. */
export class Listeners {
  readonly #heard = new Map<string, Set<(text: string) => void>>()

  /** Returns a function that ends the listening. The same function may listen twice. */
  add(channel: string, heard: (text: string) => void): () => Promise<void> {
    const entry = (text: string): void => heard(text)
    const entries = this.#heard.get(channel) ?? new Set()
    this.#heard.set(channel, entries.add(entry))
    return async () => {
      entries.delete(entry)
      if (entries.size === 0 && this.#heard.get(channel) === entries) this.#heard.delete(channel)
    }
  }

  /** Each listener is called in a turn of its own: one that throws does not keep the others from hearing, and is a visible bug. */
  deliver({ channel, text }: Announcement): void {
    for (const heard of this.#heard.get(channel) ?? []) queueMicrotask(() => heard(text))
  }
}
