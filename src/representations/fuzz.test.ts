import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authenticationFlowRepresentation } from './authentication.ts'
import { clientRepresentation } from './client.ts'
import type { Field, Representation, Table } from './fields.ts'
import { groupRepresentation } from './group.ts'
import { diffRepresentation, mergeRepresentation } from './merge.ts'
import { organizationRepresentation } from './organization.ts'
import { parsePatch, parseRepresentation } from './parse.ts'
import { rolePolicyRepresentation } from './policy.ts'
import { printRepresentation } from './print.ts'
import { realmRepresentation } from './realm.ts'
import { RepresentationError } from './representation-error.ts'
import { userRepresentation } from './user.ts'

type Choose = (below: number) => number

/** The same numbers at every run (a linear congruential generator). */
function seeded(seed: number): Choose {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const words = ['', 'a', 'їжак', 'q"\\/\n\u2028', '__proto__', 'constructor', '**********', '😀', '10', 'true']
const nestingMax = 3

function pick<T>(choose: Choose, from: readonly T[]): T {
  const value = from[choose(from.length)]
  if (value === undefined) throw new Error('nothing to choose from')
  return value
}

function arbitrary(choose: Choose, field: Field<unknown>, nesting: number): unknown {
  switch (field.kind) {
    case 'text':
      return pick(choose, words)
    case 'boolean':
      return choose(2) === 0
    case 'integer':
      return choose(2 ** 32) - 2 ** 31
    case 'long':
      return pick(choose, [0, -1, Number.MAX_SAFE_INTEGER, 2 ** 62, -(2 ** 62), 1e18])
    case 'choice':
      return pick(choose, field.words ?? [])
    case 'json':
      return pick(choose, [1.5, 'x', { a: [null, { b: true }] }, 2 ** 53 - 1])
    case 'object':
      return arbitraryMembers(choose, field.table?.() ?? { name: '', fields: {} }, nesting + 1)
    case 'list': {
      const items = Array.from({ length: choose(3) }, () => arbitrary(choose, field.item ?? field, nesting))
      return field.unique === true ? items.slice(0, 1) : items
    }
    default:
      return Object.fromEntries(
        Array.from({ length: choose(3) }, () => [pick(choose, words), arbitrary(choose, field.item ?? field, nesting)]),
      )
  }
}

function arbitraryMembers(choose: Choose, table: Table, nesting: number): Record<string, unknown> {
  const names = Object.keys(table.fields).filter((name) => table.fields[name]?.readOnly !== true && table.reading?.[name] === undefined)
  const value: Record<string, unknown> = {}
  for (let count = nesting > nestingMax ? 0 : choose(6); count > 0; count--) {
    const name = pick(choose, names)
    const field = table.fields[name]
    if (field !== undefined && !(field.nonEmpty === true)) value[name] = arbitrary(choose, field, nesting)
  }
  return value
}

const tables: readonly Table[] = [
  realmRepresentation,
  clientRepresentation,
  userRepresentation,
  groupRepresentation,
  authenticationFlowRepresentation,
  organizationRepresentation,
  rolePolicyRepresentation,
]

test('what is printed is read back the same, by both ways of reading, and differs in nothing', () => {
  const choose = seeded(1)
  for (let round = 0; round < 400; round++) {
    const table = pick(choose, tables)
    const text = JSON.stringify(arbitraryMembers(choose, table, 0))
    const value = parseRepresentation(table, text, { unknown: 'reject' })
    const printed = printRepresentation(table, value)
    const again = parseRepresentation(table, printed, { unknown: 'keep' })
    assert.deepEqual(again, value, text)
    assert.equal(printRepresentation(table, again), printed, text)
    assert.deepEqual(diffRepresentation(table, value, again), [], text)
  }
})

test('an empty patch changes nothing but what a PUT clears, and a patch of the whole gives the whole', () => {
  const choose = seeded(2)
  for (let round = 0; round < 200; round++) {
    const text = JSON.stringify(arbitraryMembers(choose, userRepresentation, 0))
    const user: Representation<typeof userRepresentation> = parseRepresentation(userRepresentation, text, { unknown: 'reject' })
    assert.deepEqual(diffRepresentation(userRepresentation, user, mergeRepresentation(userRepresentation, user, {})), [])
    const whole = mergeRepresentation(userRepresentation, {}, parsePatch(userRepresentation, printRepresentation(userRepresentation, user)))
    assert.deepEqual(diffRepresentation(userRepresentation, user, whole), [], text)
  }
})

function spoiled(choose: Choose, bytes: Buffer): Buffer {
  const at = choose(bytes.length + 1)
  const insert = Buffer.from(
    pick(choose, ['"', '{', '}', '[', ']', ',', ':', '\\', '-', '1', '.', 'e', '\n', '\u0001', 'null', '\\u12', '\ud83d']),
  )
  if (choose(3) === 0) return bytes.subarray(0, at)
  if (choose(2) === 0) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at)])
}

test('spoiled texts and random bytes give a value or a RepresentationError, whose place lies within the text', () => {
  const choose = seeded(3)
  let refused = 0
  for (let round = 0; round < 3_000; round++) {
    const table = pick(choose, tables)
    const bytes =
      round % 10 === 0
        ? Buffer.from(Array.from({ length: choose(40) }, () => choose(256)))
        : spoiled(choose, Buffer.from(JSON.stringify(arbitraryMembers(choose, table, 0))))
    for (const unknown of ['reject', 'keep'] as const) {
      try {
        parseRepresentation(table, bytes, { unknown })
      } catch (error) {
        assert.ok(error instanceof RepresentationError, `${bytes.toString('latin1')}: ${error}`)
        assert.ok(error.place.line >= 1 && error.place.column >= 1 && error.place.column <= bytes.length + 1)
        refused++
      }
    }
  }
  assert.ok(refused > 1_000)
})
