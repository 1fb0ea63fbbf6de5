import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRouter, type Lookup } from './router.ts'
import type { HttpMethod } from './routes.ts'

const routerOf = (...rows: string[]) =>
  createRouter(
    rows.map((row) => {
      const [method, path = ''] = row.split(' ')
      return { method: method as HttpMethod, path, family: 'admin', summary: '', handle: async () => ({ status: 200 }) }
    }),
  )

/** `GET /a/:b {"b":"1"}`, or the kind of what was not found with the rows for other methods. */
function words(lookup: Lookup): string {
  if (lookup.kind === 'found') return `${lookup.route.method} ${lookup.route.path} ${JSON.stringify(lookup.params)}`
  return lookup.kind === 'other-method' ? `other-method ${lookup.rows.map((row) => row.method).join(' ')}` : lookup.kind
}

const router = routerOf(
  'GET /',
  'GET /users',
  'POST /users',
  'GET /users/count',
  'GET /users/:user',
  'DELETE /users/:user',
  'GET /users/:id/roles/:role',
  'GET /users/*',
  'DELETE /users/*',
  'PUT /files/*',
)

for (const [request, answer] of [
  ['GET /', 'GET / {}'],
  ['GET /users', 'GET /users {}'],
  ['GET /users/', 'GET /users {}'],
  ['GET /users/count', 'GET /users/count {}'],
  ['GET /users/7', 'GET /users/:user {"user":"7"}'],
  ['GET /users/7/roles/a%20b%2Fc', 'GET /users/:id/roles/:role {"id":"7","role":"a b/c"}'],
  ['HEAD /users/7', 'GET /users/:user {"user":"7"}'],
  ['GET /%75sers/count', 'GET /users/count {}'],
  ['DELETE /users/count', 'DELETE /users/:user {"user":"count"}'],
  ['GET /users/7/roles', 'GET /users/* {"*":"7/roles"}'],
  ['GET /users/7/roles/8/9', 'GET /users/* {"*":"7/roles/8/9"}'],
  ['PUT /users', 'other-method GET POST'],
  ['PUT /users/count', 'other-method GET GET DELETE'],
  ['DELETE /users/7/roles/8', 'other-method GET'],
  ['POST /files/a/b', 'other-method PUT'],
  ['GET /files', 'unknown'],
  ['GET /Users', 'unknown'],
  ['GET /users//roles/8', 'GET /users/* {"*":"/roles/8"}'],
  [`GET /users/${'x'.repeat(1_001)}`, `GET /users/* {"*":"${'x'.repeat(1_001)}"}`],
  ['GET /users/%ff', 'malformed'],
  ['GET /users/%', 'malformed'],
  ['GET /__proto__/x', 'unknown'],
] as const) {
  test(`${request.slice(0, 40)} finds ${answer.slice(0, 60)}`, () => {
    const [method = '', path = ''] = request.split(' ')
    assert.equal(words(router.find(method, path)), answer)
  })
}

test('two routes for one method and path are a mistake of the table', () => {
  assert.throws(() => routerOf('GET /a/:b', 'GET /a/:c'), /two routes for GET \/a\/:c/)
})
