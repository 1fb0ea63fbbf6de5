import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { authRecoveryAuthnCodeForm } from '../../src/login/authenticators/auth-recovery-authn-code-form.ts'
import { serverOfFile } from '../server.ts'
import { app, drawn, formOf, person, stepOn } from './step.ts'

const codes = ['AAAABBBBCCCC', 'DDDDEEEEFFFF', 'GGGGHHHHIIII']
/** As the reference server stores them. */
const stored = {
  type: 'recovery-authn-codes',
  userLabel: 'Recovery codes',
  secretData: JSON.stringify({
    codes: codes.map((code, index) => ({ number: index + 1, encodedHashedValue: hash('sha512', code, 'base64') })),
  }),
  credentialData: JSON.stringify({ algorithm: 'SHA-512', totalCodes: 3, remainingCodes: 3 }),
}
const server = await serverOfFile({
  realms: [{ realm: 'rec', enabled: true, clients: [app], users: [person('ann', [stored]), person('ben', [stored]), person('none')] }],
})

async function submit(username: string, recoveryCodeInput: string) {
  const step = await stepOn(server, { realm: 'rec', username })
  return { step, result: await authRecoveryAuthnCodeForm.submit?.(step, formOf({ recoveryCodeInput })) }
}

const left = async (username: string): Promise<unknown> => {
  const rows = await (await stepOn(server, { realm: 'rec', username })).credentials()
  const row = rows.find(({ type }) => type === 'recovery-authn-codes')
  return row && JSON.parse(row.credential_data)
}

test('codes are used in their order, each once; with the last one new ones are due', async () => {
  const shown = await stepOn(server, { realm: 'rec', username: 'ann' })
  const first = await authRecoveryAuthnCodeForm.start(shown)
  assert.ok(first.kind === 'challenge')
  assert.match(drawn(shown, first.page), /id="kc-recovery-code-login-form"[\s\S]*Recovery code #1[\s\S]*id="recoveryCodeInput"/)
  assert.equal((await submit('ann', 'AAAA-BBBB-CCCC')).result?.kind, 'success')
  assert.deepEqual(await left('ann'), { algorithm: 'SHA-512', totalCodes: 3, remainingCodes: 2 })
  for (const wrong of ['', 'AAAABBBBCCCC', 'GGGGHHHHIIII', 'ddddeeeeffff', 'x'.repeat(10_000)]) {
    const { result, step } = await submit('ann', wrong)
    assert.ok(result?.kind === 'challenge', wrong)
    assert.equal(result.error, 'invalid_user_credentials')
    assert.match(drawn(step, result.page), /Recovery code #2[\s\S]*Invalid recovery authentication code/)
  }
  const second = await submit('ann', 'DDDDEEEEFFFF')
  assert.equal(second.result?.kind, 'success')
  assert.equal(second.step.details['credential_type'], 'recovery-authn-codes')
  assert.deepEqual(second.step.session.requiredActions, [])
  const last = await submit('ann', ' GGGG HHHH IIII ')
  assert.equal(last.result?.kind, 'success')
  assert.deepEqual(last.step.session.requiredActions, ['CONFIGURE_RECOVERY_AUTHN_CODES'])
  assert.equal(await left('ann'), undefined)
  assert.equal((await submit('ann', 'GGGGHHHHIIII')).result?.kind, 'challenge')
})

test('of many uses of one code at once exactly one succeeds', async () => {
  for (const [index, code] of codes.entries()) {
    const results = await Promise.all(Array.from({ length: 20 }, () => submit('ben', code)))
    assert.equal(results.filter(({ result }) => result?.kind === 'success').length, 1, `${index}`)
  }
})

test('only who has codes has set them up', async () => {
  assert.equal(await authRecoveryAuthnCodeForm.configuredFor?.(await stepOn(server, { realm: 'rec', username: 'none' })), false)
  assert.equal(await authRecoveryAuthnCodeForm.configuredFor?.(await stepOn(server, { realm: 'rec', username: 'ann' })), false)
})
