import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserRepresentation } from '../../src/representations/user.ts'
import type { Json } from '../server/call.ts'
import { password } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountEvents, accountRealm, holder, listOf, logIn, userIds } from './people.ts'

const name = 'w-account-credentials'
const otp = (id: string, userLabel: string) => ({
  id,
  type: 'otp',
  userLabel,
  secretData: '{"value":"abc"}',
  credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
})
const webauthn = (id: string, type: string, more: Json) => ({
  id,
  type,
  userLabel: id,
  secretData: '{}',
  credentialData: JSON.stringify({ credentialId: id, counter: 0, credentialPublicKey: 'abc', attestationStatementFormat: 'none', ...more }),
})
const codes = {
  id: 'all-codes',
  type: 'recovery-authn-codes',
  secretData: '{"codes":[]}',
  credentialData: '{"algorithm":"SHA-512","totalCodes":12,"remainingCodes":2}',
}
const withCredentials = (username: string, ...credentials: NonNullable<UserRepresentation['credentials']>): UserRepresentation =>
  holder(username, undefined, { credentials: [{ type: 'password', value: password }, ...credentials] })
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      users: [
        withCredentials('olena', otp('olena-1', 'one'), otp('olena-2', 'two')),
        withCredentials('taras', otp('taras-1', 'his')),
        withCredentials(
          'all',
          codes,
          webauthn('all-key', 'webauthn', { transports: ['usb', 'nfc'] }),
          webauthn('all-pass', 'webauthn-passwordless', {}),
        ),
        holder('viewer', ['view-profile']),
      ],
    }),
  ],
})
const call = accountCall(server, name)

const flow = async (alias: string): Promise<Json[]> =>
  listOf(await server.admin('GET', `/realms/${name}/authentication/flows/${alias}/executions`))
async function require(alias: string, isMeant: (execution: Json) => boolean, requirement: string): Promise<void> {
  for (const execution of (await flow(alias)).filter(isMeant))
    await server.admin('PUT', `/realms/${name}/authentication/flows/${alias}/executions`, { ...execution, requirement })
}
// Nobody here has the device that makes the codes.
await require('direct%20grant', ({ displayName }) => String(displayName).includes('Conditional'), 'DISABLED')

const types = async (bearer: string, query = ''): Promise<Json[]> => listOf(await call('GET', `/credentials${query}`, bearer))

test('credentials are listed by their types, without what is secret', async () => {
  const list = await types(await logIn(server, name, 'olena'))
  const [secret, codesOfDevice] = list
  const { userCredentialMetadatas: passwords, ...passwordType } = secret ?? {}
  assert.deepEqual(passwordType, {
    type: 'password',
    category: 'basic-authentication',
    displayName: 'password-display-name',
    helptext: 'password-help-text',
    iconCssClass: 'kcAuthenticatorPasswordClass',
    updateAction: 'UPDATE_PASSWORD',
    removeable: false,
  })
  assert.deepEqual(Object.keys((passwords as { credential: Json }[])[0]?.credential ?? {}), ['id', 'type', 'createdDate', 'credentialData'])
  const { userCredentialMetadatas: devices, ...otpType } = codesOfDevice ?? {}
  assert.deepEqual(otpType, {
    type: 'otp',
    category: 'two-factor',
    displayName: 'otp-display-name',
    helptext: 'otp-help-text',
    iconCssClass: 'kcAuthenticatorOTPClass',
    createAction: 'CONFIGURE_TOTP',
    removeable: true,
  })
  const labels = (devices as { credential: Json }[]).map(({ credential }) => [credential['id'], credential['userLabel']])
  assert.deepEqual(labels, [
    ['olena-1', 'one'],
    ['olena-2', 'two'],
  ])
  assert.equal(list.length, 2)
  assert.equal(JSON.stringify(list).includes('secretData'), false)
})

test('the list is narrowed', async () => {
  const bearer = await logIn(server, name, 'olena')
  const names = async (query: string): Promise<unknown[]> => (await types(bearer, query)).map(({ type }) => type)
  assert.deepEqual(await names('?type=otp'), ['otp'])
  assert.deepEqual(await names('?type=webauthn'), [])
  const brief = await types(bearer, '?user-credentials=false')
  assert.deepEqual(
    brief.map((type) => 'userCredentialMetadatas' in type),
    [false, false],
  )
})

test('a label is changed, and taken away', async () => {
  const bearer = await logIn(server, name, 'olena')
  const label = async (): Promise<unknown> => {
    const [type] = (await types(bearer, '?type=otp')) as { userCredentialMetadatas?: { credential: Json }[] }[]
    return type?.userCredentialMetadatas?.[1]?.credential['userLabel']
  }
  const put = (body: string, type = 'application/json') =>
    call('PUT', '/credentials/olena-2/label', bearer, { body, headers: { 'content-type': type } })
  const done = await put('"new label"')
  assert.deepEqual([done.status, done.headers['cache-control'], await label()], [204, 'no-cache', 'new label'])
  assert.deepEqual([(await put('5')).status, await label()], [204, '5'])
  assert.deepEqual([(await put('null')).status, await label()], [204, undefined])
  for (const body of ['', 'unquoted', '{"a":1}']) {
    const { status, json } = await put(body)
    assert.deepEqual([body, status, json], [body, 400, { errorMessage: 'invalidRequestMessage' }])
  }
  assert.equal((await put('plain', 'text/plain')).status, 415)
  if (!server.onReference) assert.equal((await put(JSON.stringify('x'.repeat(300)))).status, 400)
})

test('nobody reaches the credentials of others', async () => {
  const bearer = await logIn(server, name, 'olena')
  for (const id of ['taras-1', 'nothing']) {
    const label = await call('PUT', `/credentials/${id}/label`, bearer, { json: 'mine' })
    assert.deepEqual([label.status, label.json], [404, { error: 'Credential not found' }])
    const removed = await call('DELETE', `/credentials/${id}`, bearer)
    assert.deepEqual([removed.status, removed.json], [404, { error: 'Credential not found' }])
  }
  const viewer = await logIn(server, name, 'viewer')
  assert.equal((await call('DELETE', '/credentials/olena-1', viewer)).status, 403)
  const id = (await userIds(server, name))['taras']
  const left = listOf(await server.admin('GET', `/realms/${name}/users/${id}/credentials`))
  assert.deepEqual(
    left.map(({ userLabel }) => userLabel),
    [undefined, 'his'],
  )
})

test('a credential is taken away, but for the password', async () => {
  const bearer = await logIn(server, name, 'olena')
  const [own] = (await types(bearer, '?type=password')) as { userCredentialMetadatas: { credential: Json }[] }[]
  const id = own?.userCredentialMetadatas[0]?.credential['id']
  const kept = await call('DELETE', `/credentials/${id}`, bearer)
  assert.deepEqual([kept.status, kept.json], [400, { error: 'Credential type cannot be removed' }])
  await accountEvents(server, name)
  const removed = await call('DELETE', '/credentials/olena-1', bearer)
  assert.deepEqual([removed.status, removed.headers['cache-control']], [204, 'no-cache'])
  const details = { credential_type: 'otp', selected_credential_id: 'olena-1', credential_user_label: 'one' }
  const told = await accountEvents(server, name)
  assert.deepEqual(
    told.toSorted((a, b) => (String(a['type']) < String(b['type']) ? 1 : -1)),
    [
      { type: 'REMOVE_TOTP', clientId: 'account', ...details },
      { type: 'REMOVE_CREDENTIAL', clientId: 'account', ...details },
    ],
  )
  assert.equal((await call('DELETE', '/credentials/olena-1', bearer)).status, 404)
})

test('types are shown that a flow of the realm asks for', async () => {
  const bearer = await logIn(server, name, 'all')
  const names = async (): Promise<unknown[]> => (await types(bearer)).map(({ type }) => type)
  assert.deepEqual(await names(), ['password', 'otp'])
  const asked = ['webauthn-authenticator', 'auth-recovery-authn-code-form']
  await require('browser', ({ providerId }) => asked.includes(String(providerId)), 'ALTERNATIVE')
  assert.deepEqual(await names(), ['password', 'otp', 'recovery-authn-codes', 'webauthn'])
  const [key] = (await types(bearer, '?type=webauthn')) as { userCredentialMetadatas: Json[] }[]
  assert.deepEqual(key?.userCredentialMetadatas[0]?.['infoProperties'], [{ key: 'webauthn-transports', parameters: ['usb, nfc'] }])
  const [list] = (await types(bearer, '?type=recovery-authn-codes')) as { userCredentialMetadatas: Json[] }[]
  const { credential: _credential, ...texts } = list?.userCredentialMetadatas[0] ?? {}
  assert.deepEqual(texts, {
    infoMessage: { key: 'recovery-codes-number-used', parameters: ['10/12'] },
    warningMessageTitle: { key: 'recovery-codes-number-remaining', parameters: ['2'] },
    warningMessageDescription: { key: 'recovery-codes-generate-new-codes' },
  })
  await require('browser', ({ displayName }) => String(displayName).includes('Conditional 2FA'), 'DISABLED')
  // The flow that resets a forgotten device asks for it, too.
  assert.deepEqual(await names(), ['password', 'otp'])
  await require('browser', ({ displayName }) => String(displayName).includes('Conditional 2FA'), 'CONDITIONAL')
})

test('a type without its required action is shown to those who have such a credential', async () => {
  const path = `/realms/${name}/authentication/required-actions/CONFIGURE_TOTP`
  const { json: action } = await server.admin('GET', path)
  await server.admin('PUT', path, { ...action, enabled: false })
  const [own] = await types(await logIn(server, name, 'taras'), '?type=otp')
  assert.deepEqual([own?.['createAction'], own?.['removeable']], [undefined, true])
  assert.deepEqual(await types(await logIn(server, name, 'all'), '?type=otp'), [])
  await server.admin('PUT', path, { ...action, enabled: true })
})

/** A browser flow that asks for the password at level 1 and for the device at level 2. */
async function bindLevels(): Promise<void> {
  const path = `/realms/${name}/authentication`
  await server.admin('POST', `${path}/flows`, { alias: 'levels', providerId: 'basic-flow', topLevel: true, builtIn: false })
  for (const [level, proof] of [
    ['1', 'auth-username-password-form'],
    ['2', 'auth-otp-form'],
  ] as const) {
    const alias = `level-${level}`
    const type = { alias, type: 'basic-flow', provider: 'registration-page-form', description: '' }
    assert.equal((await server.admin('POST', `${path}/flows/levels/executions/flow`, type)).status, 201)
    for (const provider of ['conditional-level-of-authentication', proof])
      assert.equal((await server.admin('POST', `${path}/flows/${alias}/executions/execution`, { provider })).status, 201)
    await require(alias, () => true, 'REQUIRED')
    const [condition] = await flow(alias)
    const config = { alias, config: { 'loa-condition-level': level, 'loa-max-age': '36000' } }
    assert.equal((await server.admin('POST', `${path}/executions/${condition?.['id']}/config`, config)).status, 201)
  }
  await require('levels', ({ level }) => level === 0, 'CONDITIONAL')
  await server.realm(name).change({ browserFlow: 'levels' })
}

test('who has not proved himself by a device may not take it away, where levels of authentication are asked for', async () => {
  await bindLevels()
  const bearer = await logIn(server, name, 'taras')
  const { status, json } = await call('DELETE', '/credentials/taras-1', bearer)
  assert.deepEqual([status, json], [403, { error: "Insufficient level of authentication for removing credential of type 'otp'." }])
  await server.realm(name).change({ browserFlow: 'browser' })
  assert.equal((await call('DELETE', '/credentials/taras-1', bearer)).status, 204)
})

test('the list costs one statement, whatever somebody has', { skip: server.onReference }, async () => {
  const bearer = await logIn(server, name, 'all')
  await types(bearer)
  const names = await server.statements(() => types(bearer))
  assert.equal(names.filter((statement) => statement.startsWith('credential.')).length, 1, names.join(', '))
  assert.ok(names.length <= 3, names.join(', '))
})
