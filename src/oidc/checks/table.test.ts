import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { checkTable } from './table.ts'

test('nothing is told to an application before its redirect URI has been checked', () => {
  const redirect = checkTable.findIndex(({ check }) => check.name === 'redirect_uri')
  const told = checkTable.findIndex(({ tells }) => tells === 'application')
  assert.ok(redirect >= 0 && redirect < told)
})

test('every check of the folder has one row in the table', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
  const checks = files.filter((name) => name !== 'check.ts' && name !== 'table.ts')
  assert.equal(new Set(checkTable.map(({ check }) => check)).size, checks.length)
  assert.equal(checkTable.length, checks.length)
})
