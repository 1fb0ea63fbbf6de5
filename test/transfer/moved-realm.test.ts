import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { exportRealms } from '../../src/server.ts'
import type { Json } from '../server/call.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { startTestServer } from '../server.ts'
import { bring, fixture, temporaryFolder } from './transfers.ts'

// Both are seen under one address, as one installation that moves to another machine.
const args = ['--hostname=https://id.example.com']
const old = await startTestServer({ args })
const young = await startTestServer({ args, clock: old.clock, engine: 'postgres' })
after(async () => {
  await old.close()
  await young.close()
})

const folder = temporaryFolder()
const registry = ['registry', 'secret-of-the-registry'] as const
const login = { grant_type: 'password', client_id: 'app', username: 'stepan', password: 'password-of-stepan' }

await bring(old.services, fixture('realm-rich'))
const oldToken = await old.realm('rich').accessToken(registry)
const oldKeys = (await old.call('GET', '/realms/rich/protocol/openid-connect/certs')).json as { keys: Json[] }
const file = join(folder, 'rich.json')
await exportRealms(old.services, { realm: 'rich', file, users: 'realm_file' })
await bring(young.services, file)

test('the keys of a moved realm are the same, and tokens from before the move verify', async () => {
  const { keys } = (await young.call('GET', '/realms/rich/protocol/openid-connect/certs')).json as { keys: Json[] }
  assert.deepEqual(keys, oldKeys.keys)
  const key = keys.find(({ kid }) => kid === jwtHeader(oldToken)['kid'])
  const [header, claims, signature = ''] = oldToken.split('.')
  const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' })
  assert.ok(verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')))
  const fresh = await young.realm('rich').accessToken(registry)
  assert.equal(jwtHeader(fresh)['kid'], jwtHeader(oldToken)['kid'])
  assert.equal(jwtClaims(fresh)['sub'], jwtClaims(oldToken)['sub'])
})

test('clients keep their secrets, service accounts their attributes and roles', async () => {
  const claims = (token: string) => {
    const { iat: _iat, exp: _exp, jti: _jti, sid: _sid, ...rest } = jwtClaims(token)
    return rest
  }
  const fresh = await young.realm('rich').accessToken(registry)
  assert.deepEqual(claims(fresh), claims(oldToken))
  assert.equal(claims(fresh)['edrpou'], '87654321')
  assert.deepEqual(claims(fresh)['realm_access'], { roles: ['officer'] })
})

test('people keep their passwords and no others', async () => {
  for (const server of [old, young]) {
    assert.equal((await server.realm('rich').token(login)).status, 200)
    const { status, json } = await server.realm('rich').token({ ...login, password: 'password-of-nobody' })
    assert.deepEqual([status, json['error']], [400, 'invalid_grant'])
  }
})

test('an export holds no password and no token of a session', async () => {
  const text = readFileSync(file, 'utf8')
  assert.ok(!text.includes('password-of-stepan') && !text.includes('password-of-olena'))
  assert.ok(!text.includes(oldToken))
})
