import type { Claims } from '../protocol-mapper.ts'

const component = /^((?:\\.|[^\\.])+?)\./s

/**
 * Splits the name of a claim at its dots: `a.b` is a member of an object, `a\.b` a name with a dot. A dot without a name before it belongs
 * to the rest, a last dot is dropped (reference behaviour: `a..b` gives `a` and `.b`).
 */
export function parseClaimPath(name: string): readonly string[] {
  const path: string[] = []
  let rest = name
  for (let match = component.exec(rest); match?.[1] !== undefined; match = component.exec(rest)) {
    path.push(unescaped(match[1]))
    rest = rest.slice(match[0].length)
  }
  if (rest !== '') path.push(unescaped(rest))
  return path
}

const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1')

/** What becomes of a value that is put where another mapper has put one already. */
export type Combine = (known: unknown, value: unknown) => unknown

export const replaceKnown: Combine = (_known, value) => value

/** Both as one list, each value once. */
export const mergeWithKnown: Combine = (known, value) => {
  const values: unknown[] = Array.isArray(known) ? [...known] : [known]
  for (const item of Array.isArray(value) ? value : [value]) if (!values.includes(item)) values.push(item)
  return values
}

/** Two lists one after the other; anything else is replaced. */
export const appendToKnown: Combine = (known, value) => (Array.isArray(known) && Array.isArray(value) ? [...known, ...value] : value)

/**
 * Puts a value at a path. Where a shorter path already holds something else than an object, the claim is left out (the reference fails
 * with 500).
 */
export function putClaim(claims: Claims, path: readonly string[], value: unknown, combine: Combine): void {
  let at = claims
  const last = path.length - 1
  for (let i = 0; i < last; i++) {
    const name = path[i] ?? ''
    const next = own(at, name)
    if (next === undefined) {
      const made: Claims = {}
      put(at, name, made)
      at = made
    } else if (isOpenObject(next)) at = next
    else return
  }
  const name = path[last] ?? ''
  const known = combine === replaceKnown ? undefined : own(at, name)
  put(at, name, known === undefined ? value : combine(known, value))
}

const own = (object: Claims, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined)

/** An assignment to `__proto__` would change the object's prototype instead. */
function put(object: Claims, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  else object[name] = value
}

/** Values that are compiled into a mapper are frozen: they are shared by all tokens, so nothing may be put into them. */
function isOpenObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.isFrozen(value)
}
