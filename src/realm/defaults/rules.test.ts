import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { completeRealm } from './complete.ts'
import { comparable, differences } from './fixtures/comparable.ts'
import { sequence, standstill } from './fixtures/sequence.ts'

interface Rule {
  readonly title: string
  readonly given: RealmRepresentation
  /** How the reference's realm made of `given` is other than its realm made of nothing. */
  readonly answer: Record<string, unknown>
}

const rules: readonly Rule[] = JSON.parse(readFileSync(new URL('fixtures/rules.json', import.meta.url), 'utf8'))

const complete = (given: RealmRepresentation) =>
  comparable(completeRealm(given, { realmName: 'x', kind: 'import', random: sequence(), clock: standstill }), 'x')

const nothing = complete({ enabled: true })

for (const { title, given, answer } of rules) {
  test(`a realm as the reference makes it: ${title}`, () => {
    assert.deepEqual(differences(nothing, complete(given)), answer)
  })
}

test('the recorded rules are all there', () => {
  assert.equal(rules.length, 54)
})
