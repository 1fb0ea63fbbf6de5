import assert from 'node:assert/strict'
import { test } from 'node:test'
import { directGrantValidatePassword, directGrantValidateUsername } from '../../src/login/authenticators/direct-grant.ts'
import { usedCredentials } from '../../src/login/used-credentials.ts'
import { serverOfFile } from '../server.ts'
import { app, person, stepOn } from './step.ts'

const server = await serverOfFile({
  realms: [
    { realm: 'dg', enabled: true, clients: [app], users: [person('ann'), person('off', [], { enabled: false })] },
    { realm: 'guarded', enabled: true, clients: [app], users: [person('ann')], bruteForceProtected: true, failureFactor: 2 },
  ],
})

async function ask(body: Readonly<Record<string, string>>, realm = 'dg') {
  const step = await stepOn(server, { realm, body })
  const name = await directGrantValidateUsername.start(step)
  return { step, result: name.kind === 'success' ? await directGrantValidatePassword.start(step) : name }
}

test('name or e-mail and password are right', async () => {
  for (const username of ['ann', 'ANN', 'ann@example.org']) {
    const { step, result } = await ask({ username, password: 'pw' })
    assert.deepEqual(result, { kind: 'success' })
    assert.equal((await step.user())?.username, 'ann')
    step.session.executions['execution'] = 'SUCCESS'
    assert.deepEqual([...usedCredentials(step)], ['password'])
  }
})

test('every failure has the reference’s answer and event', async () => {
  const wrong = ['invalid_grant', 'Invalid user credentials', 400]
  const cases = [
    [{ password: 'pw' }, ['invalid_request', 'Missing parameter: username', 401], 'user_not_found'],
    [{ username: '', password: 'pw' }, wrong, 'user_not_found'],
    [{ username: 'nobody', password: 'pw' }, wrong, 'user_not_found'],
    [{ username: 'ann' }, wrong, 'invalid_user_credentials'],
    [{ username: 'ann', password: '' }, wrong, 'invalid_user_credentials'],
    [{ username: 'ann', password: 'wrong' }, wrong, 'invalid_user_credentials'],
    [{ username: 'off', password: 'wrong' }, wrong, 'user_disabled'],
    [{ username: 'off', password: 'pw' }, ['invalid_grant', 'Account disabled', 400], 'user_disabled'],
  ] as const
  for (const [body, answer, event] of cases) {
    const { result } = await ask(body as unknown as Readonly<Record<string, string>>)
    assert.ok(result.kind === 'failure', JSON.stringify(body))
    assert.deepEqual([result.oauth?.code, result.oauth?.description, result.oauth?.status], answer)
    assert.deepEqual([result.error, result.oauth?.event], [event, event], JSON.stringify(body))
  }
})

test('too many wrong passwords lock the user, who is told the same as before', async () => {
  for (let i = 0; i < 2; i++) await ask({ username: 'ann', password: 'wrong' }, 'guarded')
  const { result } = await ask({ username: 'ann', password: 'pw' }, 'guarded')
  assert.ok(result.kind === 'failure')
  assert.deepEqual([result.error, result.oauth?.description], ['user_temporarily_disabled', 'Invalid user credentials'])
})
