import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { hotp, matchHotp, matchTotp, type OtpAlgorithm, otpSecretBytes, otpWindowMax, totpCounter } from './totp.ts'

const secret = Buffer.from('12345678901234567890')
const six = { algorithm: 'HmacSHA1', digits: 6 } as const

test('HOTP gives the values of RFC 4226 appendix D', () => {
  const expected = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  assert.deepEqual(
    expected.map((_, counter) => hotp(secret, counter, six)),
    expected,
  )
})

test('TOTP gives the values of RFC 6238 appendix B with every hash', () => {
  const seeds: Record<OtpAlgorithm, string> = {
    HmacSHA1: '12345678901234567890',
    HmacSHA256: '12345678901234567890123456789012',
    HmacSHA512: '1234567890123456789012345678901234567890123456789012345678901234',
  }
  const rows: readonly (readonly [number, string, string, string])[] = [
    [59, '94287082', '46119246', '90693936'],
    [1111111109, '07081804', '68084774', '25091201'],
    [1111111111, '14050471', '67062674', '99943326'],
    [1234567890, '89005924', '91819424', '93441116'],
    [2000000000, '69279037', '90698825', '38618901'],
    [20000000000, '65353130', '77737706', '47863826'],
  ]
  for (const [seconds, ...codes] of rows) {
    const algorithms = Object.keys(seeds) as OtpAlgorithm[]
    algorithms.forEach((algorithm, index) => {
      const code = hotp(Buffer.from(seeds[algorithm]), totpCounter(seconds * 1000, 30), { algorithm, digits: 8 })
      assert.equal(code, codes[index], `${seconds} ${algorithm}`)
    })
  }
})

test('TOTP looks around in both directions, no further, and tells the step that matched', () => {
  const settings = { ...six, periodSeconds: 30, lookAround: 1 }
  const nowMs = 1_000_000_015_000
  const step = totpCounter(nowMs, 30)
  for (const distance of [-1, 0, 1]) {
    assert.equal(matchTotp(hotp(secret, step + distance, six), secret, nowMs, settings), step + distance)
  }
  for (const distance of [-2, 2]) assert.equal(matchTotp(hotp(secret, step + distance, six), secret, nowMs, settings), undefined)
  assert.equal(matchTotp(hotp(secret, step, six), secret, nowMs, { ...settings, lookAround: 0 }), step)
  assert.equal(matchTotp(hotp(secret, step + 1, six), secret, nowMs, { ...settings, lookAround: 0 }), undefined)
})

test('TOTP never accepts an empty, shorter or longer code', () => {
  const settings = { ...six, periodSeconds: 30, lookAround: 1 }
  const code = hotp(secret, 0, six)
  for (const wrong of ['', code.slice(1), `${code}0`, `0${code}`, ` ${code}`])
    assert.equal(matchTotp(wrong, secret, 0, settings), undefined)
  assert.equal(matchTotp(code, secret, 0, settings), 0)
})

test('HOTP looks ahead only and tells the counter to expect next', () => {
  const settings = { ...six, lookAhead: 2 }
  assert.equal(matchHotp('969429', secret, 1, settings), 4)
  assert.equal(matchHotp('338314', secret, 1, settings), undefined)
  assert.equal(matchHotp('755224', secret, 1, settings), undefined)
})

test('a window beyond the limit is narrowed to it', () => {
  const settings = { ...six, lookAhead: 1_000_000_000 }
  assert.equal(matchHotp(hotp(secret, otpWindowMax, six), secret, 0, settings), otpWindowMax + 1)
  assert.equal(matchHotp(hotp(secret, otpWindowMax + 1, six), secret, 0, settings), undefined)
})

test('a stored secret is the UTF-8 of its text, or base32 when it says so', () => {
  assert.deepEqual(otpSecretBytes('12345678901234567890'), secret)
  assert.deepEqual(otpSecretBytes('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'BASE32'), secret)
  assert.equal(otpSecretBytes('not base 32!', 'BASE32'), undefined)
})

test('base32 gives the values of RFC 4648 section 10 and reads them as people type them', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['', ''],
    ['f', 'MY======'],
    ['fo', 'MZXQ===='],
    ['foo', 'MZXW6==='],
    ['foob', 'MZXW6YQ='],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI======'],
  ]
  for (const [plain, encoded] of rows) {
    assert.equal(encodeBase32(Buffer.from(plain)), encoded.replaceAll('=', ''))
    assert.equal(decodeBase32(encoded)?.toString(), plain)
  }
  assert.equal(decodeBase32('mzxw 6ytb oi')?.toString(), 'foobar')
})
