import type { RealmSnapshot } from './model.ts'

/** An http or https address without query and fragment. */
const address = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/i

/**
 * Where people and applications reach a realm that has an address of its own (attribute `frontendUrl`), without a slash at the end: it
 * takes the place of the server's base URL. Undefined for a realm without one, and for a text that is no address (reference behaviour).
 */
export function frontendOf({ attributes }: Pick<RealmSnapshot, 'attributes'>): string | undefined {
  const text = attributes['frontendUrl']
  return text && address.test(text) ? text.replace(/\/+$/, '') : undefined
}
