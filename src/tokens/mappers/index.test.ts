import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findProtocolMapper, protocolMappers } from './index.ts'

interface ReferenceType {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly helpText: string
  readonly priority: number
  readonly properties: readonly unknown[]
}

/** What the reference's server info says of its mapper types for OpenID Connect. */
const reference = JSON.parse(readFileSync(new URL('./reference-types.json', import.meta.url), 'utf8')) as readonly ReferenceType[]

test('there is a mapper for every mapper type of the reference, and no other', () => {
  assert.deepEqual(protocolMappers.map(({ id }) => id).toSorted(), reference.map(({ id }) => id).toSorted())
})

for (const type of reference) {
  test(`${type.id} describes itself in serverinfo as the reference does`, () => {
    const mapper = findProtocolMapper(type.id)
    assert.ok(mapper)
    const { id, label, help, category, priority, properties } = mapper
    assert.deepEqual({ id, name: label, category, helpText: help, priority, properties }, type)
  })
}

test('an unknown mapper type is not found', () => {
  assert.equal(findProtocolMapper('oidc-from-elsewhere-mapper'), undefined)
  assert.equal(findProtocolMapper('saml-role-list-mapper'), undefined)
})
