import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anyMatchesInTime, matchesInTime, matchesWhole, readPattern } from './patterns.ts'

test('a pattern matches the whole text, in the spellings of java.util.regex that differ', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['a|b', 'a', true],
    ['a|b', 'ab', false],
    ['(?i)abc', 'ABC', true],
    ['\\p{Alpha}+', 'Їжак', false],
    ['\\p{IsLatin}+', 'añ', true],
    ['[\\p{Lower}\\p{Digit}]+', 'a1', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\Aab\\z', 'ab', true],
    ['\\@\\-\\#', '@-#', true],
    ['[!@#$%^&*(){}]+', '!(}', true],
    ['(?=.*\\d)(?=.*[a-z]).{4,}', 'abc1', true],
    ['[\\-a]+', '-a', true],
    ['\\p{L}+', 'Їжак', true],
    // An intersection that cannot be read must not be read as letters.
    ['[a-z&&[^b]]+', 'a', false],
  ]
  for (const [pattern, text, expected] of rows) assert.equal(matchesWhole(pattern, text), expected, `${pattern} ${text}`)
})

test('what cannot be read is no pattern', () => {
  for (const source of ['(', 'a++', '[z-a]', '*']) assert.equal(readPattern(source), undefined, source)
})

test('a pattern that goes back over the text without end is stopped', () => {
  for (const pattern of ['(a+)+', '(a|a)*', 'a*a*a*a*a*a*b']) {
    const text = `${'a'.repeat(pattern.includes('(') ? 40 : 2_000)}!`
    const startedMs = performance.now()
    assert.equal(matchesInTime(pattern, text), undefined)
    assert.equal(matchesWhole(pattern, text), false)
    assert.ok(performance.now() - startedMs < 2_000)
  }
  assert.equal(matchesInTime('(a+)+', 'aaa'), true)
})

test('many texts have the time of one, and long ones are never quick', () => {
  const startedMs = performance.now()
  assert.equal(anyMatchesInTime('.*a.*b', [`${'a'.repeat(200_000)}!`]), undefined)
  assert.equal(
    anyMatchesInTime(
      '(a+)+',
      Array.from({ length: 50 }, () => `${'a'.repeat(40)}!`),
    ),
    undefined,
  )
  assert.ok(performance.now() - startedMs < 2_000)
  assert.equal(anyMatchesInTime('x-via: (a|b)', ['accept: */*', 'X-Via: B'], 'is'), true)
  assert.equal(anyMatchesInTime('x-via: (a|b)', ['X-Via: B']), false)
})
