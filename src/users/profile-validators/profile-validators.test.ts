import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findValidator, profileValidators } from './profile-validators.ts'
import type { ValidatorConfig } from './validator.ts'

/** Values of an attribute `x` with one validator that the reference server took, or refused with this message and its values. */
interface Recorded {
  readonly validator: string
  readonly config: ValidatorConfig
  readonly value: string | readonly string[]
  readonly key?: string
  readonly params?: readonly unknown[]
}

const recorded = readFileSync(new URL('recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

for (const { id } of profileValidators) {
  test(`${id} takes and refuses values as the reference server does`, () => {
    const rows = recorded.filter(({ validator }) => validator === id)
    assert.ok(rows.length > 0)
    for (const { config, value, key, params } of rows) {
      const validator = findValidator(id)
      const fault =
        typeof value === 'string'
          ? value === '' && !validator?.looksAtEmpty
            ? undefined
            : validator?.validate?.(value, config, 'en')
          : validator?.validateAll?.(value, config)
      assert.deepEqual([fault?.key, fault?.values], [key, params?.slice(1)], `${JSON.stringify(config)} ${JSON.stringify(value)}`)
    }
  })
}

test('a day is written as the language writes it', () => {
  const localDate = findValidator('local-date')
  const isDay = (text: string, locale: string): boolean => localDate?.validate?.(text, {}, locale) === undefined
  assert.deepEqual(
    [isDay('31.12.20', 'uk'), isDay('12/31/20', 'uk'), isDay('31.12.20', 'en'), isDay('30.02.20', 'uk')],
    [true, false, false, false],
  )
})

test('a broken pattern of a profile refuses every value', () => {
  assert.equal(findValidator('pattern')?.validate?.('a', { pattern: '(' }, 'en')?.key, 'error-pattern-no-match')
})
