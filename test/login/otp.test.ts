import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { authOtpForm } from '../../src/login/authenticators/auth-otp-form.ts'
import { directGrantValidateOtp } from '../../src/login/authenticators/direct-grant.ts'
import { serverOfFile } from '../server.ts'
import { app, drawn, formOf, person, type StepOptions, stepOn } from './step.ts'

const settings = { algorithm: 'HmacSHA1', digits: 6 } as const
const device = (label: string, secret: string, data: object = {}) => ({
  type: 'otp',
  userLabel: label,
  secretData: JSON.stringify({ value: secret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1', ...data }),
})

const realm = {
  realm: 'otp',
  enabled: true,
  clients: [app],
  users: [
    person('one', [device('phone', 'secret of one')]),
    person('two', [device('phone', 'first secret'), device('tablet', 'second secret')]),
    person('counted', [device('token', 'counted secret', { subType: 'hotp', counter: 5 })]),
    person('none'),
  ],
}
const server = await serverOfFile({
  realms: [realm, { ...realm, realm: 'reuse', otpPolicyType: 'totp', otpPolicyCodeReusable: true, otpPolicyLookAheadWindow: 0 }],
})

const codeOf = (secret: string, steps = 0): string => hotp(Buffer.from(secret), totpCounter(server.clock.now(), 30) + steps, settings)

async function submit(username: string, fields: Readonly<Record<string, string>>, options: Partial<StepOptions> = {}) {
  const step = await stepOn(server, { realm: 'otp', username, ...options })
  return { step, result: await authOtpForm.submit?.(step, formOf(fields)) }
}

test('a code of the user’s device is accepted once, and its neighbours too', async () => {
  for (const steps of [0, 1, -1]) {
    const { result, step } = await submit('one', { otp: codeOf('secret of one', steps) })
    assert.equal(result?.kind, 'success', `${steps}`)
    assert.deepEqual(JSON.parse(step.session.notes['authn.credentials'] ?? ''), { [step.execution]: 'otp' })
    const again = (await submit('one', { otp: codeOf('secret of one', steps) })).result
    assert.deepEqual(again?.kind === 'challenge' && again.error, 'invalid_user_credentials')
  }
  server.clock.advance(60)
})

test('of many uses of one code at once exactly one succeeds', async () => {
  server.clock.advance(300)
  const results = await Promise.all(Array.from({ length: 20 }, () => submit('one', { otp: codeOf('secret of one') })))
  assert.equal(results.filter(({ result }) => result?.kind === 'success').length, 1)
})

test('a code is accepted again where the realm lets codes be reused, within its own window', async () => {
  server.clock.advance(300)
  const at = { realm: 'reuse' }
  for (let i = 0; i < 2; i++) assert.equal((await submit('one', { otp: codeOf('secret of one') }, at)).result?.kind, 'success')
  assert.equal((await submit('one', { otp: codeOf('secret of one', 1) }, at)).result?.kind, 'challenge')
})

test('a wrong, an empty and a very long code show the form again with the reference’s text', async () => {
  for (const otp of ['', 'x'.repeat(5_000), '12345', `${codeOf('first secret')} `]) {
    const { result, step } = await submit('one', { otp })
    assert.ok(result?.kind === 'challenge')
    assert.equal(result.error, 'invalid_user_credentials')
    assert.match(drawn(step, result.page), /id="input-error-otp"[^<]*<span[^>]*>Invalid authenticator code\./)
  }
})

test('a form without the field is no attempt', async () => {
  const { result } = await submit('one', {})
  assert.ok(result?.kind === 'challenge')
  assert.equal(result.error, undefined)
})

test('with several devices the selected one counts, or else the first', async () => {
  server.clock.advance(300)
  const start = await stepOn(server, { realm: 'otp', username: 'two' })
  const shown = await authOtpForm.start(start)
  assert.ok(shown.kind === 'challenge')
  const ids = [...drawn(start, shown.page).matchAll(/name="selectedCredentialId" value="([^"]+)"/g)].map((match) => match[1] ?? '')
  const [first = '', second = ''] = ids
  assert.equal(ids.length, 2)
  const otp = codeOf('second secret')
  for (const selected of [{}, { selectedCredentialId: first }, { selectedCredentialId: 'nobody’s' }])
    assert.equal((await submit('two', { otp, ...selected })).result?.kind, 'challenge')
  const { result, step } = await submit('two', { otp, selectedCredentialId: second })
  assert.equal(result?.kind, 'success')
  assert.equal(step.details['selected_credential_id'], second)
  assert.equal((await submit('two', { otp: codeOf('first secret') })).result?.kind, 'success')
})

test('a counter moves on with each code, and no code behind it or too far ahead is taken', async () => {
  const code = (counter: number): string => hotp(Buffer.from('counted secret'), counter, settings)
  assert.equal((await submit('counted', { otp: code(6) })).result?.kind, 'success')
  const [, stored] = await (await stepOn(server, { realm: 'otp', username: 'counted' })).credentials()
  assert.equal(stored?.credential_data, '{"subType":"hotp","digits":6,"counter":7,"period":30,"algorithm":"HmacSHA1"}')
  for (const counter of [5, 6, 9]) assert.equal((await submit('counted', { otp: code(counter) })).result?.kind, 'challenge', `${counter}`)
  const results = await Promise.all(Array.from({ length: 10 }, () => submit('counted', { otp: code(8) })))
  assert.equal(results.filter(({ result }) => result?.kind === 'success').length, 1)
})

test('only who has a device has set it up', async () => {
  for (const [username, expected] of [
    ['one', true],
    ['counted', true],
    ['none', false],
  ] as const)
    assert.equal(await authOtpForm.configuredFor?.(await stepOn(server, { realm: 'otp', username })), expected, username)
})

test('a token request is checked against the first device, by either parameter', async () => {
  server.clock.advance(300)
  const ask = async (body: Readonly<Record<string, string>>) =>
    directGrantValidateOtp.start(await stepOn(server, { realm: 'otp', username: 'two', body }))
  assert.equal((await ask({ totp: codeOf('first secret') })).kind, 'success')
  assert.equal((await ask({ otp: codeOf('first secret', 1) })).kind, 'success')
  for (const body of [{}, { totp: codeOf('second secret') }, { totp: codeOf('first secret') }]) {
    const result = await ask(body)
    assert.ok(result.kind === 'failure')
    assert.deepEqual(
      [result.error, result.oauth?.code, result.oauth?.description, result.oauth?.status],
      ['invalid_user_credentials', 'invalid_grant', 'Invalid user credentials', 400],
    )
  }
})
