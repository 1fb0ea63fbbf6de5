import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Authenticator } from '../../src/login/authenticator.ts'
import { allowAccessAuthenticator } from '../../src/login/authenticators/allow-access-authenticator.ts'
import { conditionalClientScope } from '../../src/login/authenticators/conditional-client-scope.ts'
import { conditionalCredential } from '../../src/login/authenticators/conditional-credential.ts'
import { conditionalLevelOfAuthentication } from '../../src/login/authenticators/conditional-level-of-authentication.ts'
import { conditionalSubFlowExecuted } from '../../src/login/authenticators/conditional-sub-flow-executed.ts'
import { conditionalUserAttribute } from '../../src/login/authenticators/conditional-user-attribute.ts'
import { conditionalUserConfigured } from '../../src/login/authenticators/conditional-user-configured.ts'
import { conditionalUserRole } from '../../src/login/authenticators/conditional-user-role.ts'
import { denyAccessAuthenticator } from '../../src/login/authenticators/deny-access-authenticator.ts'
import { identityProviderRedirector } from '../../src/login/authenticators/identity-provider-redirector.ts'
import { executionsOf, topFlow } from '../../src/login/top-flow.ts'
import { noteCredential } from '../../src/login/used-credentials.ts'
import { serverOfFile } from '../server.ts'
import { app, drawn, person, type StepOptions, stepOn } from './step.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'cond',
      enabled: true,
      attributes: { 'acr.loa.map': '{"silver":1,"gold":2}' },
      clients: [app, { clientId: 'dotted.app', publicClient: true }],
      roles: {
        realm: [{ name: 'boss' }, { name: 'wide', composite: true, composites: { realm: ['boss'] } }, { name: 'a.role' }],
        client: { app: [{ name: 'own' }], 'dotted.app': [{ name: 'other' }] },
      },
      groups: [{ name: 'parent', attributes: { color: ['red'] }, realmRoles: ['a.role'], subGroups: [{ name: 'child' }] }],
      users: [
        person('alice', [], {
          realmRoles: ['wide'],
          clientRoles: { app: ['own'], 'dotted.app': ['other'] },
          attributes: { lvl: ['one', 'two'] },
          groups: ['/parent/child'],
        }),
        person('bob'),
      ],
    },
  ],
})

interface Row extends Partial<StepOptions> {
  readonly holds: boolean
}

function table(name: string, authenticator: Authenticator, rows: readonly Row[]): void {
  for (const { holds, ...options } of rows) {
    const words = JSON.stringify({ ...options.config, ...options.request })
    test(`${name} ${words} is ${holds} for ${options.username ?? 'alice'}`, async () => {
      const step = await stepOn(server, { realm: 'cond', username: 'alice', ...options })
      assert.equal(await authenticator.condition?.(step), holds)
    })
  }
}

// All rows were recorded at the reference server.
table('the condition of a role', conditionalUserRole, [
  { config: { condUserRole: 'boss' }, holds: true },
  { config: { condUserRole: 'boss' }, username: 'bob', holds: false },
  { config: { condUserRole: 'boss', negate: 'true' }, username: 'bob', holds: true },
  { config: { condUserRole: 'app.own' }, holds: true },
  { config: { condUserRole: 'app.own' }, username: 'bob', holds: false },
  { config: { condUserRole: 'dotted.app.other' }, holds: true },
  { config: { condUserRole: 'a.role' }, holds: true },
  { config: { condUserRole: 'nope' }, holds: false },
  { config: { condUserRole: 'nope', negate: 'true' }, holds: false },
  { config: {}, holds: false },
  { config: { negate: 'true' }, holds: false },
])

const attribute = (attribute_name: string, attribute_expected_value: string, rest: Readonly<Record<string, string>> = {}) => ({
  attribute_name,
  attribute_expected_value,
  ...rest,
})
table('the condition of an attribute', conditionalUserAttribute, [
  { config: attribute('lvl', 'two'), holds: true },
  { config: attribute('lvl', 't.o'), holds: false },
  { config: attribute('lvl', 't.o', { regex: 'true' }), holds: true },
  { config: attribute('lvl', 't', { regex: 'true' }), holds: false },
  { config: attribute('lvl', '[', { regex: 'true' }), holds: false },
  { config: attribute('lvl', 'x', { not: 'true' }), holds: true },
  { config: attribute('lvl', 'one', { not: 'true' }), holds: false },
  { config: attribute('color', 'red'), holds: false },
  { config: attribute('color', 'red', { include_group_attributes: 'true' }), holds: true },
  { config: attribute('email', 'alice@example.org'), holds: true },
  { config: attribute('username', 'alice'), holds: true },
  { config: attribute('firstName', 'First'), holds: true },
  { config: attribute('nope', ''), holds: false },
  { config: attribute('constructor', 'x', { not: 'true' }), holds: true },
  { config: { attribute_name: 'lvl' }, holds: false },
])

table('the condition of a scope', conditionalClientScope, [
  { config: { client_scope: 'profile' }, holds: true },
  { config: { client_scope: 'phone' }, holds: false },
  { config: { client_scope: 'phone' }, request: { scope: 'openid phone' }, holds: true },
  { config: { client_scope: 'phone', negate: 'true' }, holds: true },
  { config: { client_scope: 'nope' }, holds: false },
  { config: { client_scope: 'nope', negate: 'true' }, holds: false },
  { config: { client_scope: 'openid' }, request: { scope: 'openid' }, holds: false },
  { config: {}, holds: false },
])

for (const [config, holds] of [
  [{ credentials: 'password' }, false],
  [{ credentials: 'password', included: 'true' }, true],
  [{ credentials: 'password', included: 'false' }, false],
  [{ credentials: 'otp##password', included: 'true' }, true],
  [{ credentials: 'otp' }, true],
  [{ credentials: 'otp', included: 'true' }, false],
  [{ credentials: 'none', included: 'true' }, false],
  [{ credentials: 'none' }, true],
  [{}, true],
] as const) {
  test(`after a password the condition of a credential ${JSON.stringify(config)} is ${holds}`, async () => {
    const step = await stepOn(server, { realm: 'cond', config })
    noteCredential({ ...step, execution: 'form' }, 'password')
    step.session.executions['form'] = 'SUCCESS'
    assert.equal(await conditionalCredential.condition?.(step), holds)
  })
}

test('what was proved before the flow began anew is not proved any more', async () => {
  const step = await stepOn(server, { realm: 'cond', config: { credentials: 'webauthn-passwordless', included: 'true' } })
  noteCredential({ ...step, execution: 'form' }, 'webauthn-passwordless')
  assert.equal(await conditionalCredential.condition?.(step), false)
})

test('the condition of a sub-flow looks at what became of it in the present flow', async () => {
  const ask = async (config: Readonly<Record<string, string>>, status?: 'SUCCESS' | 'SKIPPED'): Promise<boolean | undefined> => {
    const step = await stepOn(server, { realm: 'cond', config })
    const authentication = await step.realm.authentication()
    const all = executionsOf(authentication, topFlow(authentication, step.realm, step.client, 'authenticate'))
    const execution = all.find(({ flowAlias }) => flowAlias === 'forms')
    assert.ok(execution)
    if (status) step.session.executions[execution.id] = status
    return conditionalSubFlowExecuted.condition?.(step)
  }
  assert.equal(await ask({ flow_to_check: 'forms' }, 'SUCCESS'), true)
  assert.equal(await ask({ flow_to_check: 'forms', check_result: 'not-executed' }, 'SUCCESS'), false)
  assert.equal(await ask({ flow_to_check: 'forms' }, 'SKIPPED'), false)
  assert.equal(await ask({ flow_to_check: 'forms', check_result: 'not-executed' }), true)
  assert.equal(await ask({ flow_to_check: 'nope' }, 'SUCCESS'), false)
  assert.equal(await ask({ flow_to_check: 'nope', check_result: 'not-executed' }, 'SUCCESS'), true)
  assert.equal(await ask({}, 'SUCCESS'), false)
})

test('levels: the first one always runs for a newcomer, the next while it is asked for, and each is reached by its sub-flow', async () => {
  const request = { acr_values: 'gold' }
  const first = await stepOn(server, { realm: 'cond', request, config: { 'loa-condition-level': '1', 'loa-max-age': '300' } })
  const second = { ...first, config: { 'loa-condition-level': '2', 'loa-max-age': '0' } }
  const third = { ...first, config: { 'loa-condition-level': '3' } }
  const { condition, subFlowSucceeded } = conditionalLevelOfAuthentication
  assert.equal(await condition?.(first), true)
  await subFlowSucceeded?.(first)
  assert.equal(await condition?.(second), true)
  await subFlowSucceeded?.(second)
  assert.equal(await condition?.(third), false)
  const at = Math.floor(server.clock.now() / 1_000)
  assert.deepEqual(first.session.sessionNotes, { 'loa-map': `{"1":${at}}` })
  assert.equal(first.session.notes['level-of-authentication'], '2')
  // The same browser asks again: level 1 holds, level 2 never does.
  assert.equal(await condition?.(first), false)
  assert.equal(await condition?.(second), true)
  server.clock.advance(301)
  assert.equal(await condition?.(first), true)
})

test('the condition of what a user has set up is the engine’s to know', async () => {
  for (const configured of [true, false])
    assert.equal(await conditionalUserConfigured.condition?.(await stepOn(server, { realm: 'cond', configured })), configured)
})

test('deny tells the configured message, by its key or as it was written', async () => {
  for (const [message, text] of [
    [undefined, 'Access denied'],
    ['', 'Access denied'],
    ['invalidTotpMessage', 'Invalid authenticator code.'],
    ['Come back at nine', 'Come back at nine'],
    ['<script>alert(1)</script>no', 'no'],
  ] as const) {
    const step = await stepOn(server, { realm: 'cond', config: message === undefined ? {} : { denyErrorMessage: message } })
    const result = await denyAccessAuthenticator.start(step)
    assert.ok(result.kind === 'failure' && result.page)
    assert.deepEqual([result.error, result.page.status], ['access_denied', 401])
    const html = drawn(step, result.page)
    assert.ok(html.includes(text), text)
    assert.ok(!html.includes('<script>alert'))
  }
})

test('allow lets pass, and a redirector without identity providers passes on', async () => {
  const step = await stepOn(server, { realm: 'cond', request: { kc_idp_hint: 'unknown' } })
  assert.deepEqual(await allowAccessAuthenticator.start(step), { kind: 'success' })
  assert.deepEqual(await identityProviderRedirector.start(step), { kind: 'attempted' })
})
