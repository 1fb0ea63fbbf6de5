import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences } from '../../src/admin/differences.ts'
import { answers, notBuiltRoutes, operations } from '../../src/admin/not-built.ts'
import { adminRoutes, builtRoutes } from '../../src/admin/routes.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile()
const missing = notBuiltRoutes(builtRoutes)

test('every operation of the reference has a row, and none has two', () => {
  assert.equal(operations.length, 475)
  for (const operation of operations)
    assert.ok(
      adminRoutes.some((row) => answers(row, operation)),
      `${operation.method} ${operation.path}`,
    )
  const keys = adminRoutes.map(({ method, path }) => `${method} ${path.replace(/:[\w-]+/g, ':')}`)
  assert.deepEqual(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  )
})

test('a parameter of a row answers for a word, a word answers for itself alone', () => {
  const operation = { method: 'GET', path: '/a/:id/word' } as const
  assert.ok(answers({ method: 'GET', path: '/a/:other/word' }, operation))
  assert.ok(answers({ method: 'GET', path: '/a/:other/:kind' }, operation))
  for (const row of [
    { method: 'GET', path: '/a/fixed/word' },
    { method: 'PUT', path: '/a/:id/word' },
    { method: 'GET', path: '/a/:id' },
  ] as const)
    assert.ok(!answers(row, operation), row.path)
})

test('an operation that is not built says so to those who are logged in, and is unknown to strangers', {
  skip: server.onReference,
}, async () => {
  for (const { method, path } of missing) {
    const place = path.replace(':realm', 'master').replace(/:[\w-]+/g, 'x')
    assert.equal((await server.call(method, place)).status, 401, place)
  }
  const [first] = missing.filter(({ path }) => path.startsWith('/admin/realms/:realm/'))
  if (first === undefined) return
  const place = first.path.replace('/admin/realms/:realm', '').replace(/:[\w-]+/g, 'x')
  const { status, json } = await server.admin(first.method, `/realms/master${place}`)
  assert.deepEqual([status, json], [501, { error: `Not built: ${first.method} ${first.path.replace(/:([\w-]+)/g, '{$1}')}` }])
  assert.equal((await server.admin(first.method, `/realms/no-such-realm${place}`)).status, 404)
})

test('a purposeful difference at an operation names one that exists', () => {
  const names = new Set(operations.map(({ method, path }) => `${method} ${path}`))
  for (const { where } of differences) if (/^[A-Z]+ \//.test(where)) assert.ok(names.has(where), where)
})
