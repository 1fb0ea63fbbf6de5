import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { users as userRows } from '../../src/storage/users.ts'
import { type AccountResult, createUser, removeUser, storedValues, updateUser } from '../../src/users/accounts.ts'
import type { ProfileValues } from '../../src/users/profile.ts'
import { service } from '../server/samples.ts'
import { serverOfFile, startTestServer, type TestServer } from '../server.ts'
import { snapshotOf } from './realms.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'accounts',
      enabled: true,
      editUsernameAllowed: true,
      groups: [{ name: 'people' }, { name: 'staff' }],
      defaultGroups: ['/people'],
      clients: [service('machine')],
    },
    { realm: 'by-address', enabled: true, registrationEmailAsUsername: true },
    { realm: 'twice', enabled: true, duplicateEmailsAllowed: true, loginWithEmailAllowed: false },
    {
      realm: 'terms',
      enabled: true,
      requiredActions: [
        { alias: 'TERMS_AND_CONDITIONS', name: 'T', providerId: 'TERMS_AND_CONDITIONS', enabled: true, defaultAction: true, priority: 1 },
        { alias: 'CONFIGURE_TOTP', name: 'O', providerId: 'CONFIGURE_TOTP', enabled: false, defaultAction: true, priority: 2 },
      ],
    },
  ] satisfies RealmRepresentation[],
})

const partsOf = ({ services }: TestServer) => ({ ...services, sql: services.database })
const values = (username: string, email?: string, more: ProfileValues = {}): ProfileValues => ({
  username: [username],
  ...(email === undefined ? {} : { email: [email] }),
  ...more,
})

async function create(realm: string, given: ProfileValues, more: object = {}, on = server): Promise<AccountResult> {
  return createUser(partsOf(on), await snapshotOf(on, realm), { context: 'admin', values: given, ...more })
}

async function created(realm: string, given: ProfileValues, more: object = {}) {
  const result = await create(realm, given, more)
  assert.ok(result.kind === 'done', JSON.stringify(result))
  return result.user
}

const outcome = (result: AccountResult): unknown =>
  result.kind === 'done' ? 'done' : (result.taken ?? result.errors.map(({ key }) => key))

test('a new user has a lower-case name and address, and the roles, groups and actions of the realm', async () => {
  const user = await created('accounts', values('TARAS', 'Taras@Example.COM'))
  const facts = await server.services.users.facts(await snapshotOf(server, 'accounts'), user.id)
  assert.deepEqual([facts?.username, facts?.email, facts?.enabled, facts?.emailVerified], ['taras', 'taras@example.com', true, false])
  assert.ok(facts?.roles.some(({ name }) => name === 'default-roles-accounts'))
  assert.deepEqual(
    facts?.groups.map(({ path }) => path),
    ['/people'],
  )
  const owing = await created('terms', values('owing'), { requiredActions: ['UPDATE_PASSWORD'] })
  const actions = await userRows(server.services.database).requiredActions(owing.id)
  assert.deepEqual(
    actions.map(({ action }) => action),
    ['TERMS_AND_CONDITIONS', 'UPDATE_PASSWORD'],
  )
})

test('a name or an address that somebody has is refused, the one as the other where people log in by e-mail', async () => {
  await created('accounts', values('lesya', 'lesya@example.com'))
  await created('accounts', values('mail@like.example'))
  const rows: readonly (readonly [ProfileValues, unknown])[] = [
    [values('Lesya'), 'username'],
    [values('other', 'LESYA@example.com'), 'email'],
    [values('lesya@example.com'), 'username'],
    [values('third', 'mail@like.example'), 'email'],
    [values('a<', 'x'), ['error-invalid-length', 'error-username-invalid-character', 'error-invalid-email']],
  ]
  for (const [given, expected] of rows) assert.deepEqual(outcome(await create('accounts', given)), expected, JSON.stringify(given))
  await created('twice', values('one', 'same@example.com'))
  assert.equal(outcome(await create('twice', values('two', 'same@example.com'))), 'done')
})

test('who registers is told of everything that is taken, and only of the address where it is the name', async () => {
  const register = async (realm: string, given: ProfileValues): Promise<unknown> => {
    const result = await create(realm, { ...given, firstName: ['А'], lastName: ['Б'] }, { context: 'registration' })
    return result.kind === 'refused' && result.errors.map(({ key }) => key)
  }
  await created('accounts', values('orysia', 'orysia@example.com'))
  assert.deepEqual(await register('accounts', values('orysia', 'orysia@example.com')), ['usernameExistsMessage', 'emailExistsMessage'])
  await created('by-address', { email: ['orysia@example.com'] })
  assert.deepEqual(await register('by-address', { email: ['Orysia@example.com'] }), ['emailExistsMessage'])
  assert.deepEqual(await register('by-address', { email: [''] }), ['missingEmailMessage', 'error-user-attribute-required'])
  assert.deepEqual(await register('by-address', { email: ['x'] }), ['error-invalid-email'])
})

test('a user keeps the own name and address, and cannot take those of others', async () => {
  const realm = await snapshotOf(server, 'accounts')
  const user = await created('accounts', values('ivan', 'ivan@example.com'), { emailVerified: true })
  await created('accounts', values('petro', 'petro@example.com'))
  const change = (context: 'user' | 'admin', given: ProfileValues) => updateUser(partsOf(server), realm, user, { context, values: given })
  const names = { firstName: ['І'], lastName: ['Ф'] }
  assert.deepEqual(outcome(await change('admin', values('petro', 'ivan@example.com'))), 'username')
  const taken = await change('user', values('ivan', 'petro@example.com', names))
  assert.deepEqual(taken.kind === 'refused' && taken.errors.map(({ field, key }) => [field, key]), [['email', 'emailExistsMessage']])
  const same = await change('user', values('ivan', 'ivan@example.com', names))
  assert.deepEqual([same.kind === 'done' && same.user.email_verified, same.kind === 'done' && same.emailChanged], [1, false])
  const byAdmin = await change('admin', values('ivan', 'new@example.com', names))
  assert.equal(byAdmin.kind === 'done' && byAdmin.user.email_verified, 1)
  const byUser = await change('user', values('ivan', 'newer@example.com', names))
  assert.equal(byUser.kind === 'done' && byUser.user.email_verified, 0)
})

test('a user who is switched on again after a lock begins anew', async () => {
  const realm = await snapshotOf(server, 'accounts')
  const user = await created('accounts', values('locked'), { enabled: false })
  const { database } = server.services
  await userRows(database).addAttribute(user.id, 'disabledReason', 0, 'permanentLockout')
  const result = await updateUser(partsOf(server), realm, user, { context: 'admin', values: {}, enabled: true })
  assert.ok(result.kind === 'done')
  assert.equal(result.user.enabled, 1)
  assert.equal((await storedValues(database, result.user))['disabledReason'], undefined)
})

test('a change of a service account shows in the next token, and its removal too', async () => {
  const { services } = server
  const realm = await snapshotOf(server, 'accounts')
  const client = await realm.client('machine')
  assert.ok(client)
  const row = await userRows(services.database).findServiceAccount(client.id)
  assert.ok(row)
  assert.ok(await realm.serviceAccount(client))
  await updateUser(partsOf(server), realm, row, { context: 'admin', values: { email: ['machine@example.com'] } })
  const after = await snapshotOf(server, 'accounts')
  const changed = await after.client('machine')
  assert.equal(changed && (await after.serviceAccount(changed))?.email, 'machine@example.com')
  await removeUser(partsOf(server), after, row)
  const last = await snapshotOf(server, 'accounts')
  const left = await last.client('machine')
  assert.equal(left && (await last.serviceAccount(left)), undefined)
})

for (const engine of ['memory', 'postgres'] as const) {
  test(`${engine}: of 20 users made at once with one address exactly one is made, and so with one name`, async () => {
    await using crowded = await startTestServer({ engine, realms: [{ realm: 'crowded', enabled: true }] })
    const count = async (make: (index: number) => ProfileValues): Promise<number> => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, index) => create('crowded', make(index), {}, crowded)))
      return results.filter(({ kind }) => kind === 'done').length
    }
    assert.equal(await count((index) => values(`user-${index}`, 'same@example.com')), 1)
    assert.equal(await count((index) => values('same', `user-${index}@example.com`)), 1)
  })
}
