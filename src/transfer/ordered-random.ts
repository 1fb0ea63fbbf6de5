import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'

/** Ids that one millisecond has room for: 12 bits count them. */
const idsPerMs = 4_096

/**
 * Randomness whose UUIDs are of version 7 (RFC 9562 section 5.7): time, counter, chance. Each is greater than the one before, so that rows
 * made by the hundred thousand stand at the end of their indexes instead of all over them.
 */
export function orderedRandom(random: Random, clock: Clock): Random {
  let timeMs = 0
  let counter = idsPerMs
  const uuid = (): string => {
    const nowMs = clock.now()
    if (nowMs > timeMs) {
      timeMs = nowMs
      counter = 0
    } else if (counter === idsPerMs) {
      // More than fit into the millisecond, or a clock that was set back: ahead of the time, but in order.
      timeMs += 1
      counter = 0
    }
    const time = timeMs.toString(16).padStart(12, '0')
    const count = (counter++).toString(16).padStart(3, '0')
    const rest = random.bytes(8)
    rest[0] = ((rest[0] ?? 0) & 0x3f) | 0x80
    const hex = Buffer.from(rest).toString('hex')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${hex.slice(0, 4)}-${hex.slice(4)}`
  }
  return { ...random, uuid }
}
