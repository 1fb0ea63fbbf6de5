import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { describeProperties } from '../property.ts'
import { identityProviderMapperTypes, mapperTypesFor } from './mapper-types.ts'

interface Recorded {
  readonly types: Readonly<Record<string, unknown>>
  /** Ids of mapper types by the kind of identity provider; LinkedIn's could not be asked for without its server. */
  readonly byProvider: Readonly<Record<string, readonly string[]>>
}

/** What the reference server answers to mapper-types. */
const recorded: Recorded = JSON.parse(readFileSync(new URL('recorded-mapper-types.json', import.meta.url), 'utf8'))

test('each mapper type describes itself as the reference’s does', () => {
  for (const { id, name, category, helpText, properties } of identityProviderMapperTypes) {
    if (id === 'linkedin-user-attribute-mapper') continue
    assert.deepEqual({ id, name, category, helpText, properties: describeProperties(properties) }, recorded.types[id], id)
  }
  assert.equal(identityProviderMapperTypes.length, Object.keys(recorded.types).length + 1)
})

test('each kind of identity provider has the reference’s mapper types', () => {
  for (const [providerId, ids] of Object.entries(recorded.byProvider))
    assert.deepEqual(
      mapperTypesFor(providerId)
        .map(({ id }) => id)
        .toSorted(),
      ids,
      providerId,
    )
})
