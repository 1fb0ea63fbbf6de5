/** What is known to be wrong: each test fails until its fault is mended, and then moves to the file of its subject. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { startTestServer } from '../server.ts'

const options = { skip: process.env['OSTIARY_TEST_REFERENCE'] !== undefined }
const otpSecret = 'shared-otp-secret-12'
const otpCredential = {
  type: 'otp',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, counter: 0, algorithm: 'HmacSHA1' }),
}
const realms = [
  {
    realm: 'flows-faults',
    enabled: true,
    clients: [service('app', { directAccessGrantsEnabled: true })],
    users: [person('otp', { credentials: [{ type: 'password', value: password }, otpCredential] })],
  },
]

test('with proxy-headers=forwarded the header of RFC 7239 counts, and X-Forwarded-* do not', options, async () => {
  await using server = await startTestServer({ realms, args: ['--proxy-headers=forwarded', '--proxy-trusted-addresses=127.0.0.1'] })
  const look = async (headers: Record<string, string>): Promise<unknown[]> => {
    const answer = await server.realm('flows-faults').token({ grant_type: 'client_credentials' }, { basic: as('app'), headers })
    const { iss, clientHost } = jwtClaims(expectToken(answer)['access_token'])
    return [iss, clientHost]
  }
  const stranger = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }
  const proxy = { forwarded: 'for=203.0.113.8;proto=https;host=rfc.example' }
  assert.deepEqual(await look(stranger), [`${server.url}/realms/flows-faults`, '127.0.0.1'])
  assert.deepEqual(await look({ ...stranger, ...proxy }), ['https://rfc.example/realms/flows-faults', '203.0.113.8'])
})

// Here the reference server agrees with the test.
test('a one-time password works once', async () => {
  await using server = await startTestServer({ realms })
  const now = server.onReference ? Date.now() : server.clock.now()
  const totp = hotp(Buffer.from(otpSecret), totpCounter(now, 30), { algorithm: 'HmacSHA1', digits: 6 })
  const login = () => server.realm('flows-faults').token({ grant_type: 'password', username: 'otp', password, totp }, { basic: as('app') })
  expectToken(await login())
  expectError(await login(), 400, 'invalid_grant', 'Invalid user credentials')
})
