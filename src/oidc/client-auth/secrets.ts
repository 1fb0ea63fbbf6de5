import { type Clock, nowSeconds } from '../../clock.ts'
import type { Client } from '../../realm/model.ts'

/** The secrets that prove a client: its own, and the one before it while its grace lasts. */
export function secretsOf({ secret, attributes }: Client, clock: Clock): readonly string[] {
  const until = Number(attributes['client.secret.rotated.expiration.time'] ?? 0)
  const previous = nowSeconds(clock) < until ? attributes['client.secret.rotated'] : undefined
  return [secret ?? '', previous ?? ''].filter((one) => one !== '')
}
