import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuthenticationFlow, FlowExecution, RealmAuthentication, RealmSnapshot } from '../realm/model.ts'
import { levelOfType, usedTypes } from './credential-types.ts'

type Part = Partial<FlowExecution>

const flowOf = (alias: string, ...parts: readonly Part[]): AuthenticationFlow => ({
  id: alias,
  alias,
  providerId: 'basic-flow',
  executions: parts.map((part, priority) => ({
    id: `${alias}-${priority}`,
    authenticator: undefined,
    flowAlias: undefined,
    requirement: 'REQUIRED',
    priority,
    config: {},
    ...part,
  })),
})

function authenticationOf(...flows: readonly AuthenticationFlow[]): RealmAuthentication {
  const find = (name: string): AuthenticationFlow | undefined => flows.find(({ alias }) => alias === name)
  return { flow: find, flowById: find, flows, requiredActions: [] }
}

const realm = (settings: RealmSnapshot['settings'] = {}): RealmSnapshot => ({ settings }) as unknown as RealmSnapshot
const level = (number: string): Part => ({
  authenticator: 'conditional-level-of-authentication',
  config: { 'loa-condition-level': number },
})

const byLevels = authenticationOf(
  flowOf('browser', { authenticator: 'auth-cookie' }, { flowAlias: 'first' }, { flowAlias: 'second' }),
  flowOf('first', level('1'), { authenticator: 'auth-username-password-form' }),
  flowOf('second', level('2'), { authenticator: 'auth-otp-form' }),
)

test('a credential has the level at which the browser flow asks for it', () => {
  assert.equal(levelOfType(realm(), byLevels, 'password'), 1)
  assert.equal(levelOfType(realm(), byLevels, 'otp'), 2)
  assert.equal(levelOfType(realm(), byLevels, 'webauthn'), -1)
  assert.equal(levelOfType(realm({ browserFlow: 'nowhere' }), byLevels, 'otp'), -1)
})

test('flows that run in a circle end', () => {
  const circle = authenticationOf(
    flowOf('browser', { flowAlias: 'inner' }, { authenticator: 'auth-otp-form' }),
    flowOf('inner', { flowAlias: 'browser' }),
  )
  assert.equal(levelOfType(realm(), circle, 'otp'), -1)
  assert.ok(usedTypes(realm(), circle).has('otp'))
})

test('what is disabled, also around it, is not asked for', () => {
  const flows = (requirement: string, outer: string): RealmAuthentication =>
    authenticationOf(
      flowOf('browser', { flowAlias: 'forms', requirement: outer }),
      flowOf('forms', { flowAlias: 'second' }),
      flowOf('second', { authenticator: 'webauthn-authenticator', requirement }),
    )
  assert.ok(usedTypes(realm(), flows('REQUIRED', 'ALTERNATIVE')).has('webauthn'))
  assert.equal(usedTypes(realm(), flows('DISABLED', 'ALTERNATIVE')).has('webauthn'), false)
  assert.equal(usedTypes(realm(), flows('REQUIRED', 'DISABLED')).has('webauthn'), false)
})

test('passkeys count where the realm takes them in place of a password', () => {
  const flows = authenticationOf(flowOf('browser', { authenticator: 'auth-username-password-form' }))
  assert.deepEqual([...usedTypes(realm(), flows)], ['password'])
  const withPasskeys = usedTypes(realm({ webAuthnPolicyPasswordlessPasskeysEnabled: true }), flows)
  assert.deepEqual([...withPasskeys], ['password', 'webauthn-passwordless'])
})
