import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresAddress } from './postgres-address.ts'

test('the URL of libpq and the one of the JDBC driver say the same', () => {
  const expected = { host: 'db.example', port: 5433, database: 'id', user: 'me', password: 'p@ss', ssl: false, schema: undefined }
  const text = 'db.example:5433/id as me'
  assert.deepEqual(postgresAddress({ url: 'postgresql://me:p%40ss@db.example:5433/id' }), { ...expected, text })
  assert.deepEqual(postgresAddress({ url: 'jdbc:postgresql://db.example:5433/id?user=me&password=p%40ss' }), { ...expected, text })
})

test('given credentials win over those of the URL, and what is missing has its usual value', () => {
  const address = postgresAddress({ url: 'jdbc:postgresql://db.example/id?user=a&password=b', username: 'c', password: 'd' })
  assert.deepEqual([address.user, address.password, address.port], ['c', 'd', 5432])
  assert.equal(postgresAddress({ url: 'postgres://db.example', username: 'me' }).database, 'me')
  assert.equal(postgresAddress({ url: 'postgresql:///id' }).host, 'localhost')
  assert.equal(postgresAddress({ url: 'postgresql://[::1]:5/id' }).host, '::1')
  assert.equal(postgresAddress({ url: 'postgresql://%2Frun%2Fpostgresql/id' }).host, '/run/postgresql')
  assert.equal(postgresAddress({ url: 'postgresql:///id?host=/run/postgresql' }).host, '/run/postgresql')
})

test('a URL that cannot be used is refused without being repeated', () => {
  for (const url of [
    'mysql://me:hush@db/id',
    'jdbc:mysql://db/id?password=hush',
    'postgresql://me:hush@db:port/id',
    'hush',
    'postgresql://a:1,b:2/hush',
  ]) {
    assert.throws(
      () => postgresAddress({ url }),
      (error: Error) => /^the database URL must look like/.test(error.message) && !`${error.stack}${error.cause}`.includes('hush'),
      url,
    )
  }
})

test('sslmode means what it means to the JDBC driver', () => {
  const ssl = (query: string) => postgresAddress({ url: `jdbc:postgresql://db/id?${query}` }).ssl
  assert.equal(ssl('sslmode=disable'), false)
  assert.deepEqual(ssl('sslmode=require'), { rejectUnauthorized: false })
  assert.deepEqual(ssl('sslmode=verify-full'), {})
  assert.deepEqual(ssl('ssl=true'), {})
  assert.deepEqual(Object.keys(ssl('sslmode=verify-ca') || {}), ['checkServerIdentity'])
  assert.throws(() => ssl('sslmode=prefer'), /sslmode=prefer; known are disable, require, verify-ca and verify-full/)
})
