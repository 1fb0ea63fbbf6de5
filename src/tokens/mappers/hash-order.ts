const bucketsAtLeast = 16

/** A hash table grows when it is fuller than this. */
const loadFactor = 0.75

/**
 * Puts items in the order in which the reference server walks its hash sets: by the hash of their key, in a table that doubles as it grows,
 * items of one bucket in the given order. It decides there which of two mappers of equal priority has the last word on a claim, in which
 * order scopes are printed, and which role or value a claim with a single value gets; with the same ids we decide alike.
 */
export const hashOrder = <T>(items: readonly T[], keyOf: (item: T) => string): T[] => orderByHash(items, (item) => textHash(keyOf(item)))

/** The same for items whose hash is not that of a text. */
export function orderByHash<T>(items: readonly T[], hashOf: (item: T) => number): T[] {
  let buckets = bucketsAtLeast
  while (items.length > buckets * loadFactor) buckets *= 2
  return items
    .map((item) => ({ item, bucket: spread(hashOf(item)) & (buckets - 1) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ item }) => item)
}

/** The same for texts. */
export const textHashOrder = (texts: Iterable<string>): string[] => hashOrder([...new Set(texts)], (text) => text)

/** The 31-polynomial hash over UTF-16 code units. */
export function textHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

/** The high half of a hash is folded into the low one, since small tables look at that alone. */
const spread = (hash: number): number => hash ^ (hash >>> 16)
