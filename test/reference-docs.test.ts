import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pages, repositoryRoot } from '../tools/docs.ts'

for (const { file, render } of pages) {
  test(`${file} says what the tables say (else: npm run docs)`, () => {
    const path = join(repositoryRoot, file)
    assert.ok(existsSync(path), `${file} is missing`)
    assert.equal(readFileSync(path, 'utf8'), render())
  })
}
