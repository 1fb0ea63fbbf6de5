import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { directionRules } from './architecture/directions.ts'
import { documentRules } from './architecture/document-rules.ts'
import { sourceRules } from './architecture/source-rules.ts'
import { readTree, treeOf } from './architecture/tree.ts'

const tree = readTree(fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''))

for (const rule of [...directionRules, ...sourceRules, ...documentRules]) {
  test(rule.sentence, () => {
    assert.deepEqual(rule.check(tree), [])
  })

  test(`the check sees a breach, and only a breach: ${rule.sentence}`, () => {
    for (const snippets of rule.wrong) assert.notDeepEqual(rule.check(treeOf(snippets)), [], `not seen: ${JSON.stringify(snippets)}`)
    for (const snippets of rule.right) assert.deepEqual(rule.check(treeOf(snippets)), [])
  })
}

test('the tree under test is the project, not an empty folder', () => {
  const paths = tree.map((file) => file.path)
  for (const path of ['package.json', 'src/clock.ts', 'test/architecture.test.ts']) assert.ok(paths.includes(path), path)
})
