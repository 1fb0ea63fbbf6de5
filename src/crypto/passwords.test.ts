import assert from 'node:assert/strict'
import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { HashQueueFull } from './hash-queue.ts'
import { createPasswordHasher, followsPolicy, type PasswordCredential } from './passwords.ts'
import { systemRandom } from './random.ts'

const hasher = createPasswordHasher({ concurrency: 2, queueMax: 100, random: systemRandom })

const argon2Parameters = { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] }

/** Made and exported by the reference server: algorithm, iterations, password, salt, value. */
const recorded: readonly (readonly [string, number, string, string, string])[] = [
  ['argon2', 2, 'пароль+%: &=', 'CURP/jbZv0qTg43vmWQRWg==', 'MJydo22BFEPdCbKmF8R55UXv5dpjv2aVxWuGsZDJeKw='],
  ['argon2', 5, ' lead trail ', 'ZYK+26aX8n4kphkoZLVzUw==', 'V1oT3/1j42SpUfmbWVBywZcALn97N0zGPa7g37YP9vk='],
  ['argon2', 5, 'x'.repeat(200), 'oVeu0uJTorKEeO9anWpifA==', 'sVOxksVbNI4cSA8il4EHAREpv8Al3wVry6xauAgwOy4='],
  ['argon2', 5, 'й̈e\u0301 ﬁ ǅ', 'MYpyJIDqScxtHiKPl0R/QA==', 'QmQw0YEKc4n/PusdHGbMJs8/+rS6h1Yp9JzI4G7flws='],
  ['argon2', 5, 'пароль+%: &=', 'oUf3YZq+VBrFCd6mYCo9Gg==', '9edhgnzxaeh3EdMNNUSi3LgzDRqReROKIz3z4Fl3Rbg='],
  ['argon2', 5, '😀pass\u00a0word', '4RzEGpntX3jRbSSW6V+wWA==', 'tWPY6bbhPe9SdLwUNH3T44G/OUO1yY3wYV28izwuJvw='],
  [
    'pbkdf2',
    10,
    ' lead trail ',
    'BjFP6wvh9bAi6Z8PkHq6Ng==',
    'By7a0xDQ+myL8oYNutzqmWIFqQuMgblfcuSgoG5LQy9l9yEo1nSfyPrwRlpvwmGBpAZvRbDxmsaUr2IExVD6Vw==',
  ],
  [
    'pbkdf2',
    10,
    'x'.repeat(200),
    'DpIKjfKdfFrXP6+HBK4y4w==',
    'GyOtmn0U5tt3zvIWrQfZ+QUEXyaEh9frAqP3Rr6tAIGzVNTnhN1JkzNkhbKRPEvxdb6ba6aJDWj8W2RTtj00Mg==',
  ],
  [
    'pbkdf2',
    10,
    'й̈e\u0301 ﬁ ǅ',
    'c3vLI4+ZmAzEgootLpcO5w==',
    'kOXDHv3v3lRJE6YHjDWgjYFt9LBv6Y5jlewL2B622eW33OIZGucXIRPKQhYZbHOkEACcQsdneFq+TAXfl3P9TQ==',
  ],
  [
    'pbkdf2',
    10,
    'пароль+%: &=',
    'rxhewrM+FDhCsYa7dZzxlg==',
    'GWHnLgZTRqw28+guT2boptGNrKJhATAbZxtxjWl58pPSSMx3a4G6ARBWvpEtzpllFcZCegh5bjFz/eonDwTU8g==',
  ],
  [
    'pbkdf2',
    10,
    '😀pass\u00a0word',
    'Ne3d7yx+iyvWO50Nzaktag==',
    'PDwSKAv0vWtPZdTtgf/SjeB2bPkrS/UsAGcCaiNeVyJhMiTRt+9xVaPdrKLrYlEuRNKxvBmcuxcjczpadieavQ==',
  ],
  ['pbkdf2-sha256', 10, ' lead trail ', 'puYGWtJCmN95lcWGiz6zxw==', 'ubyEZufk8m+04MuuFGK5ILffwYiD3wk62roxMq7S/Rg='],
  ['pbkdf2-sha256', 10, 'x'.repeat(200), '4hRLmYk5sn7Z7waw6cRsPw==', 'TgNM1N6TCzP2e9FsABHsH7tU4BoZ/YnyvNSW/wv4ZNg='],
  ['pbkdf2-sha256', 10, 'й̈e\u0301 ﬁ ǅ', 'pPl7RdcWvlHemayZcFwv+A==', 'TSqy8bcZ/1OfcH2xqBoGIUF9B0b7BLqQx7oM1oSECio='],
  ['pbkdf2-sha256', 10, 'пароль+%: &=', 'i06MeoVrtvz1Z1MomqECfg==', '93+6TSc3TDwYcDvqLxcWSviOgfX054z120BoO/1JlkE='],
  ['pbkdf2-sha256', 10, '😀pass\u00a0word', 'ubkGrtEJlHXzaK2zs11heg==', 'OCm77Se225S8fYNC2hKzE/W0fC8Q3aiWnRD+ZD50Enw='],
  [
    'pbkdf2-sha512',
    1000,
    ' lead trail ',
    'qXlWRk5ltgTQXA90Q2SM/A==',
    '73hfIUi11iA56O9iy8Ta7nC7nYWuKezGW0AzMZRwq2m/CjMVFzSbVlcZGMOczi0z4p5L6ewe7m9SdCC3X7+AfA==',
  ],
  [
    'pbkdf2-sha512',
    1000,
    'x'.repeat(200),
    'q2TVypTkrLl0HfFwIq/9Bg==',
    'hSDxxGdeLFkykmyXhN1AB6cFNhFAqZWQXnnMRZt98aBd3SnXVhj7pzvK6zl0rs6K3PeRNSRLMSIn9IpBu1M+rQ==',
  ],
  [
    'pbkdf2-sha512',
    1000,
    'й̈e\u0301 ﬁ ǅ',
    'YB4OiO/XgRVT/jXwB76itA==',
    '4FoFz8ou4CFRqs47vrF66h2c40Cxds1ePvBHBbifzCqKB3SLPVGCp8n9ljvDmlU9266qy78+pm2Ok3p56x53IQ==',
  ],
  [
    'pbkdf2-sha512',
    1000,
    'пароль+%: &=',
    'Xf0UJpsT1QCyTErD80I+DA==',
    'y/aEw1VnOMyfgFg7Knwg58tvI1K+14aJOVOb21FcJTiPrcRoLfLOm3n6veJZ5Fc8UoqJVGrCgTiz9YunT0XzKg==',
  ],
  [
    'pbkdf2-sha512',
    1000,
    '😀pass\u00a0word',
    '5r+Q0KjMPLkpagkeCigdsw==',
    'Zukt1WmOMZRxkJmtcEpu4cZDUC3XY9CqGE+ByEnyZNbNOI9uKdYRQ02A7m/5cPg2j69rwN/iXFZXakFloOQNCw==',
  ],
  [
    'pbkdf2-sha512',
    210000,
    'пароль+%: &=',
    'V/PIDouVkr3CRvwiYpL50A==',
    'rsuEv1vh/KEd6baI8M8C27Y7j+ZtAt/NpPNUxZyzrZox/VHSytu4nmd1/o8kJ2cTotaXHAdkiLZ7QqNUZY0BSA==',
  ],
]

const recordedCredential = ([algorithm, hashIterations, , salt, value]: (typeof recorded)[number]): PasswordCredential => ({
  secretData: JSON.stringify({ value, salt, additionalParameters: {} }),
  credentialData: JSON.stringify({ hashIterations, algorithm, additionalParameters: algorithm === 'argon2' ? argon2Parameters : {} }),
})

for (const row of recorded) {
  const [algorithm, iterations, password] = row
  test(`a hash of the reference server verifies: ${algorithm}, ${iterations} iterations, ${JSON.stringify(password)}`, async () => {
    assert.equal(await hasher.verify(password, recordedCredential(row)), true)
    assert.equal(await hasher.verify(`${password}.`, recordedCredential(row)), false)
    assert.equal(await hasher.verify(password.normalize('NFD').slice(0, -1), recordedCredential(row)), false)
  })
}

test('a new password is argon2id with the parameters of the reference server, in its member order', async () => {
  const credential = await hasher.hash('пароль+%: &=')
  assert.equal(
    credential.credentialData,
    '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
  )
  const secret = JSON.parse(credential.secretData)
  assert.deepEqual(Object.keys(secret), ['value', 'salt', 'additionalParameters'])
  assert.equal(Buffer.from(secret.value, 'base64').length, 32)
  assert.equal(Buffer.from(secret.salt, 'base64').length, 16)
  assert.equal(await hasher.verify('пароль+%: &=', credential), true)
  assert.equal(await hasher.verify('Пароль+%: &=', credential), false)
})

test('the same password hashed twice has two salts and two values', async () => {
  const [one, two] = await Promise.all([hasher.hash('secret'), hasher.hash('secret')])
  assert.notEqual(one.secretData, two.secretData)
})

test('the policy chooses algorithm and iterations; hash lengths are those of the reference server', async () => {
  for (const [algorithm, bytes] of [
    ['pbkdf2', 64],
    ['pbkdf2-sha256', 32],
    ['pbkdf2-sha512', 64],
  ] as const) {
    const credential = await hasher.hash('x', { algorithm, iterations: 7 })
    assert.equal(credential.credentialData, `{"hashIterations":7,"algorithm":"${algorithm}","additionalParameters":{}}`)
    assert.equal(Buffer.from(JSON.parse(credential.secretData).value, 'base64').length, bytes)
    assert.equal(await hasher.verify('x', credential), true)
  }
})

test('iterations of -1 mean the default of the algorithm', async () => {
  const credential = await hasher.hash('x', { algorithm: 'argon2', iterations: -1 })
  assert.equal(JSON.parse(credential.credentialData).hashIterations, 5)
})

test('a policy with an algorithm that makes no hashes is refused', async () => {
  await assert.rejects(hasher.hash('x', { algorithm: 'bcrypt' }), TypeError)
})

test('argon2 is verified as parametrised: type, version, memory, parallelism and length come from the credential', async () => {
  const { hashRaw } = await import('@node-rs/argon2')
  const salt = Buffer.from('0123456789abcdef')
  for (const [type, algorithm, version, number, memory, parallelism, length] of [
    ['d', 0, '1.3', 1, 1024, 1, 32],
    ['i', 1, '1.3', 1, 1024, 2, 32],
    ['id', 2, '1.0', 0, 1024, 1, 16],
    ['id', 2, '1.3', 1, 64, 1, 64],
  ] as const) {
    const value = await hashRaw('pw', { salt, algorithm, version: number, memoryCost: memory, timeCost: 3, parallelism, outputLen: length })
    const credential = (wanted: string): PasswordCredential => ({
      secretData: JSON.stringify({ value: value.toString('base64'), salt: salt.toString('base64') }),
      credentialData: JSON.stringify({
        hashIterations: 3,
        algorithm: 'argon2',
        additionalParameters: {
          hashLength: [String(length)],
          memory: [String(memory)],
          type: [wanted],
          version: [version],
          parallelism: [String(parallelism)],
        },
      }),
    })
    assert.equal(await hasher.verify('pw', credential(type)), true)
    assert.equal(await hasher.verify('pw', credential(type === 'id' ? 'i' : 'id')), false)
  }
})

test('pbkdf2 values of other lengths verify: older versions of the reference server made 64 bytes with SHA-256', async () => {
  const salt = Buffer.from('0123456789abcdef')
  for (const length of [8, 20, 64]) {
    const value = pbkdf2Sync('пароль', salt, 100, length, 'sha256')
    const credential = {
      secretData: JSON.stringify({ value: value.toString('base64'), salt: salt.toString('base64') }),
      credentialData: '{"hashIterations":100,"algorithm":"pbkdf2-sha256"}',
    }
    assert.equal(await hasher.verify('пароль', credential), true)
    assert.equal(await hasher.verify('пароли', credential), false)
  }
})

test('an imported scrypt hash verifies', async () => {
  const salt = Buffer.from('NaCl')
  const credential = {
    secretData: JSON.stringify({
      value: scryptSync('password', salt, 64, { N: 1024, r: 8, p: 16 }).toString('base64'),
      salt: salt.toString('base64'),
    }),
    credentialData: '{"hashIterations":1024,"algorithm":"scrypt","additionalParameters":{"blockSize":["8"],"parallelism":["16"]}}',
  }
  assert.equal(await hasher.verify('password', credential), true)
  assert.equal(await hasher.verify('Password', credential), false)
})

test('a credential that can not be read verifies no password, the empty one included', async () => {
  const secretData = '{"value":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","salt":"MDEyMzQ1Njc4OWFiY2RlZg=="}'
  const argon2 = (parameters: object): string =>
    JSON.stringify({ hashIterations: 5, algorithm: 'argon2', additionalParameters: parameters })
  const unreadable: readonly PasswordCredential[] = [
    { secretData, credentialData: 'garbage' },
    { secretData: 'garbage', credentialData: argon2(argon2Parameters) },
    { secretData, credentialData: '{"hashIterations":1,"algorithm":"bcrypt"}' },
    { secretData, credentialData: '{"hashIterations":5,"algorithm":"argon2"}' },
    { secretData, credentialData: argon2({ ...argon2Parameters, memory: ['99999999999'] }) },
    { secretData, credentialData: argon2({ ...argon2Parameters, hashLength: ['16'] }) },
    { secretData, credentialData: '{"hashIterations":0,"algorithm":"pbkdf2-sha256"}' },
    { secretData, credentialData: '{"hashIterations":1000,"algorithm":"scrypt"}' },
    { secretData: '{"value":"","salt":""}', credentialData: '{"hashIterations":1,"algorithm":"pbkdf2-sha256"}' },
    { secretData: '{"value":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","salt":""}', credentialData: argon2(argon2Parameters) },
  ]
  for (const credential of unreadable) assert.equal(await hasher.verify('', credential), false, credential.credentialData)
})

test('a credential follows the policy only when algorithm, iterations and parameters are the ones of today', async () => {
  const credential = await hasher.hash('x')
  assert.equal(followsPolicy(credential, {}), true)
  assert.equal(followsPolicy(credential, { iterations: -1 }), true)
  assert.equal(followsPolicy(credential, { iterations: 6 }), false)
  assert.equal(followsPolicy(credential, { algorithm: 'pbkdf2-sha512' }), false)
  assert.equal(followsPolicy({ credentialData: credential.credentialData.replace('7168', '1024') }, {}), false)
  assert.equal(followsPolicy({ credentialData: 'garbage' }, {}), false)
})

test('beyond concurrency and queue a hash is refused with HashQueueFull, and the places come back', async () => {
  const narrow = createPasswordHasher({ concurrency: 1, queueMax: 1, random: systemRandom })
  const running = narrow.hash('a')
  const waiting = narrow.hash('b')
  await Promise.resolve()
  assert.equal(narrow.waiting(), 1)
  await assert.rejects(narrow.hash('c'), HashQueueFull)
  assert.equal(await hasher.verify('b', await waiting), true)
  assert.equal(await narrow.verify('a', await running), true)
})

test('a number of iterations that is not meant for Argon2 becomes its default', async () => {
  const iterationsOf = async (iterations: number): Promise<unknown> =>
    JSON.parse((await hasher.hash('x', { iterations })).credentialData).hashIterations
  assert.deepEqual([await iterationsOf(7), await iterationsOf(101), await iterationsOf(27_500)], [7, 5, 5])
})
