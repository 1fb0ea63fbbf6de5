/** A map that forgets its oldest entries beyond a limit. Reading does not renew an entry: hot entries come back after one miss. */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): boolean
  keys(): Iterable<K>
}

export function boundedMap<K, V>(entriesMax: number): BoundedMap<K, V> {
  const entries = new Map<K, V>()
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.set(key, value)
      if (entries.size > entriesMax) {
        const oldest = entries.keys().next()
        if (!oldest.done) entries.delete(oldest.value)
      }
    },
    delete: (key) => entries.delete(key),
    keys: () => entries.keys(),
  }
}
