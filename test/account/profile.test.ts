import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeholder } from '../../src/realm/defaults/placeholder.ts'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountEvents, accountRealm, holder, logIn, userIds } from './people.ts'

const name = 'w-account-profile'
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      internationalizationEnabled: true,
      supportedLocales: ['en', 'uk'],
      users: ['olena', 'taras', 'ivan', 'lesya', 'petro'].map((username) => holder(username)),
    }),
  ],
})
const realm = server.realm(name)
const call = accountCall(server, name)

const read = async (bearer: string): Promise<Json> => (await call('GET', '/?userProfileMetadata=false', bearer)).json
const post = (bearer: string, body: unknown): Promise<Answer> => call('POST', '/', bearer, { json: body })

/** Fields and keys of what was refused. */
const faults = ({ status, json }: Answer): unknown[] => [
  status,
  ...((json['errors'] ?? []) as Json[]).map(({ field, errorMessage }) => `${field}: ${errorMessage}`),
]

test('somebody reads who he is, with what a form is drawn from', async () => {
  const bearer = await logIn(server, name, 'olena')
  const { json, headers } = await call('GET', '/', bearer)
  const { userProfileMetadata: metadata, ...profile } = json as { userProfileMetadata: { attributes: Json[]; groups: Json[] } }
  const ids = await userIds(server, name)
  assert.deepEqual(profile, {
    id: ids['olena'],
    username: 'olena',
    firstName: 'Тарас',
    lastName: 'Шевченко',
    email: 'olena@example.com',
    emailVerified: true,
  })
  assert.deepEqual([headers['content-type'], headers['cache-control']], ['application/json;charset=UTF-8', 'no-cache'])
  const rules = metadata.attributes.map((one) => [one['name'], one['required'], one['readOnly']])
  assert.deepEqual(rules.toSorted(), [
    ['email', true, false],
    ['firstName', true, false],
    ['lastName', true, false],
    ['locale', false, false],
    ['username', true, true],
  ])
  assert.deepEqual(metadata.groups.length, 1)
  assert.equal('userProfileMetadata' in (await read(bearer)), false)
})

test('a change is stored and told', async () => {
  const bearer = await logIn(server, name, 'olena')
  const me = await read(bearer)
  await accountEvents(server, name)
  const { status, headers, text } = await post(bearer, { ...me, firstName: 'Olena', attributes: { locale: ['uk'], other: ['x'] } })
  assert.deepEqual([status, headers['cache-control'], text], [204, 'no-cache', ''])
  assert.deepEqual(await read(bearer), { ...me, firstName: 'Olena', attributes: { locale: ['uk'] } })
  const details = {
    context: 'ACCOUNT',
    previous_first_name: 'Тарас',
    updated_first_name: 'Olena',
    updated_locale: 'uk',
  }
  assert.deepEqual(await accountEvents(server, name), [{ type: 'UPDATE_PROFILE', clientId: 'account', ...details }])
  assert.equal((await post(bearer, { ...me, emailVerified: true, email: 'other@example.com' })).status, 204)
  const after = await read(bearer)
  assert.deepEqual([after['email'], after['emailVerified'], after['attributes']], ['other@example.com', false, undefined])
})

test('what a profile may not be is refused, field by field', async () => {
  const bearer = await logIn(server, name, 'taras')
  const me = await read(bearer)
  const required = 'error-user-attribute-required'
  assert.deepEqual(faults(await post(bearer, {})), [400, `firstName: ${required}`, `lastName: ${required}`, `email: ${required}`])
  const one = await post(bearer, { ...me, firstName: '' })
  const fault = { field: 'firstName', errorMessage: required, params: [`\${firstName}`] }
  assert.deepEqual([one.status, one.json], [400, { ...fault, errors: [fault] }])
  assert.deepEqual(faults(await post(bearer, { ...me, email: 'bad' })), [400, 'email: error-invalid-email'])
  assert.deepEqual(faults(await post(bearer, { ...me, email: 'Ivan@example.com' })), [409, 'email: emailExistsMessage'])
  const renamed = [400, 'username: error-user-attribute-read-only', 'username: readOnlyUsernameMessage']
  assert.deepEqual(faults(await post(bearer, { ...me, username: 'taras2' })), renamed)
  assert.equal((await post(bearer, { ...me, username: 'TARAS' })).status, 204)
  assert.equal((await post(bearer, { ...me, username: undefined })).status, 204)
  assert.deepEqual(await read(bearer), me)
})

test('a body that is no profile is refused', async () => {
  const bearer = await logIn(server, name, 'taras')
  const unknown = await post(bearer, { zzz: 1 })
  assert.equal(unknown.status, 400)
  assert.match(String(unknown.json['error']), /^Invalid json representation for UserRepresentation\. Unrecognized field "zzz"/)
  for (const body of [[], { firstName: ['a'] }, 'x']) {
    const { status, json } = await post(bearer, body)
    assert.deepEqual([status, json], [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }])
  }
  const form = await call('POST', '/', bearer, { form: { firstName: 'x' } })
  assert.deepEqual([form.status, form.json], [415, { error: 'The content-type header value did not match the value in @Consumes' }])
})

test('an account cannot be made somebody else’s, nor verified', async () => {
  const bearer = await logIn(server, name, 'taras')
  const me = await read(bearer)
  const ids = await userIds(server, name)
  assert.equal((await post(bearer, { ...me, id: ids['ivan'], emailVerified: false })).status, 204)
  assert.deepEqual(await read(bearer), me)
})

test('attributes are seen and written as the profile lets users', async () => {
  const path = `/realms/${name}/users`
  const { json: before } = await server.admin('GET', `${path}/profile`)
  const attributes = [
    ...(before['attributes'] as Json[]),
    { name: 'secret', permissions: { view: ['admin'], edit: ['admin'] } },
    { name: 'rank', displayName: 'Rank', permissions: { view: ['admin', 'user'], edit: ['admin'] } },
  ]
  await server.admin('PUT', `${path}/profile`, { ...before, attributes, unmanagedAttributePolicy: 'ENABLED' })
  const id = (await userIds(server, name))['ivan']
  const { json: user } = await server.admin('GET', `${path}/${id}`)
  await server.admin('PUT', `${path}/${id}`, { ...user, attributes: { secret: ['s'], rank: ['1'], free: ['a', 'b'] } })
  const stored = async (): Promise<unknown> => (await server.admin('GET', `${path}/${id}`)).json['attributes']
  const bearer = await logIn(server, name, 'ivan')
  const me = await read(bearer)
  assert.deepEqual(me['attributes'], { rank: ['1'], free: ['a', 'b'] })
  const attempts: readonly (readonly [Json, unknown[]])[] = [
    [{ rank: ['2'] }, [400, 'rank: error-user-attribute-read-only']],
    [{ rank: ['1'], secret: ['x'] }, [400, 'secret: error-user-attribute-read-only']],
    [{ rank: ['1'], LDAP_ID: ['x'] }, [400, 'LDAP_ID: updateReadOnlyAttributesRejectedMessage']],
  ]
  for (const [given, expected] of attempts) assert.deepEqual(faults(await post(bearer, { ...me, attributes: given })), expected)
  assert.deepEqual(await stored(), { secret: ['s'], rank: ['1'], free: ['a', 'b'] })
  assert.equal((await post(bearer, { ...me, attributes: { rank: ['1'], free: ['c'] } })).status, 204)
  assert.deepEqual(await stored(), { secret: ['s'], rank: ['1'], free: ['c'] })
  assert.equal((await post(bearer, { ...me, attributes: {} })).status, 204)
  assert.deepEqual(await stored(), { secret: ['s'], rank: ['1'] })
  await server.admin('PUT', `${path}/profile`, before)
})

test('the client scopes of a token say which attributes it asks for, and which there are', async () => {
  const path = `/realms/${name}/users/profile`
  const { json: before } = await server.admin('GET', path)
  const permissions = { view: ['admin', 'user'], edit: ['admin', 'user'] }
  const attributes = [
    ...(before['attributes'] as Json[]),
    { name: 'call', permissions, required: { scopes: ['phone'] } },
    { name: 'street', permissions, selector: { scopes: ['address'] } },
  ]
  const plain = await logIn(server, name, 'taras')
  const wide = await logIn(server, name, 'taras', { form: { scope: 'phone address' } })
  await server.admin('PUT', path, { ...before, attributes })
  const me = await read(plain)
  const asked = async (bearer: string): Promise<unknown> => {
    const { userProfileMetadata: metadata } = (await call('GET', '/', bearer)).json as { userProfileMetadata: { attributes: Json[] } }
    return metadata.attributes.flatMap((one) =>
      one['name'] === 'call' || one['name'] === 'street' ? [[one['name'], one['required']]] : [],
    )
  }
  assert.deepEqual(await asked(plain), [['call', false]])
  const whole = [
    ['call', true],
    ['street', false],
  ]
  assert.deepEqual(await asked(wide), whole)
  assert.equal((await post(plain, me)).status, 204)
  assert.deepEqual(faults(await post(wide, me)), [400, 'call: error-user-attribute-required'])
  assert.equal((await post(wide, { ...me, attributes: { call: ['1'], street: ['2'] } })).status, 204)
  assert.deepEqual((await read(plain))['attributes'], { call: ['1'] })
  await server.admin('PUT', path, before)
})

test('a name that may not be changed is told as taken, too, and nothing of a fault is lost', async () => {
  const bearer = await logIn(server, name, 'petro')
  const me = await read(bearer)
  const fixed = ['username: error-user-attribute-read-only', 'username: readOnlyUsernameMessage']
  assert.deepEqual(faults(await post(bearer, { ...me, username: 'taras' })), [409, ...fixed, 'username: usernameExistsMessage'])
  const { json } = await post(bearer, { ...me, firstName: 'x'.repeat(256) })
  assert.deepEqual(json['params'], [placeholder('firstName'), null, '255'])
})

test('a name can be changed where the realm allows it', async () => {
  await realm.change({ editUsernameAllowed: true })
  const bearer = await logIn(server, name, 'lesya')
  const me = await read(bearer)
  await accountEvents(server, name)
  assert.equal((await post(bearer, { ...me, username: 'Lesya2' })).status, 204)
  const details = { context: 'ACCOUNT', previous_username: 'lesya', updated_username: 'lesya2' }
  assert.deepEqual(await accountEvents(server, name), [{ type: 'UPDATE_PROFILE', clientId: 'account', ...details }])
  assert.deepEqual(faults(await post(bearer, { ...me, username: 'taras' })), [409, 'username: usernameExistsMessage'])
  const twice = await post(bearer, { ...me, username: 'taras', email: 'taras@example.com' })
  assert.deepEqual(faults(twice), [409, 'email: emailExistsMessage', 'username: usernameExistsMessage'])
  assert.deepEqual(faults(await post(bearer, { ...me, username: undefined })), [400, 'username: missingUsernameMessage'])
  await realm.change({ editUsernameAllowed: false })
})

test('an e-mail address that is the name stays, when names may not be changed', async () => {
  await realm.change({ registrationEmailAsUsername: true })
  const bearer = await logIn(server, name, 'petro')
  const me = await read(bearer)
  assert.equal((await post(bearer, { ...me, email: 'new@example.com' })).status, 204)
  const after = await read(bearer)
  assert.deepEqual([after['email'], after['username']], ['petro@example.com', 'petro@example.com'])
  const { json } = await call('GET', '/', bearer)
  const email = (json as { userProfileMetadata: { attributes: Json[] } }).userProfileMetadata.attributes.find(
    (one) => one['name'] === 'email',
  )
  assert.equal(email?.['readOnly'], true)
  await realm.change({ registrationEmailAsUsername: false })
})

test('where an action changes the e-mail address, the profile does not', async () => {
  const path = `/realms/${name}/authentication/required-actions/UPDATE_EMAIL`
  const { json: action } = await server.admin('GET', path)
  await server.admin('PUT', path, { ...action, enabled: true })
  const bearer = await logIn(server, name, 'taras')
  const me = await read(bearer)
  assert.deepEqual(faults(await post(bearer, { ...me, email: 'new@example.com' })), [400, 'email: error-user-attribute-read-only'])
  assert.equal((await post(bearer, { ...me, email: undefined })).status, 204)
  assert.deepEqual(await read(bearer), me)
  const { json } = await call('GET', '/', bearer)
  const email = (json as { userProfileMetadata: { attributes: Json[] } }).userProfileMetadata.attributes.find(
    (one) => one['name'] === 'email',
  )
  assert.deepEqual([email?.['readOnly'], email?.['annotations']], [true, { 'kc.required.action.supported': true }])
  await server.admin('PUT', path, { ...action, enabled: false })
})

test('reading oneself costs no statement beyond that of the token', { skip: server.onReference }, async () => {
  const bearer = await logIn(server, name, 'taras')
  await read(bearer)
  const names = await server.statements(() => read(bearer))
  assert.ok(names.length <= 2, names.join(', '))
})
