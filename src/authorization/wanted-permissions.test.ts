import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bestPattern } from './wanted-permissions.ts'

test('of the patterns that fit a path the most exact one counts', () => {
  const patterns = ['/*', '/files/*', '/files/{name}', '/files/{name}/parts', '*.html', '/files/*.pdf']
  const rows: readonly (readonly [path: string, pattern: string | undefined])[] = [
    ['/files/a/b', '/files/*'],
    ['/files/a', '/files/{name}'],
    ['/files/a/parts', '/files/{name}/parts'],
    ['/files/a.pdf', '/files/*.pdf'],
    ['/other', '/*'],
    ['nothing', undefined],
  ]
  for (const [path, pattern] of rows) assert.equal(bestPattern(patterns, path), pattern, path)
})
