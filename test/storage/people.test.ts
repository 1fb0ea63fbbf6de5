import assert from 'node:assert/strict'
import { clients } from '../../src/storage/clients.ts'
import { consentRows } from '../../src/storage/consents.ts'
import { credentials } from '../../src/storage/credentials.ts'
import { adminEventRows, type EventFilter, type EventRow, eventRows } from '../../src/storage/events.ts'
import { loginFailures } from '../../src/storage/login-failures.ts'
import { realms } from '../../src/storage/realms.ts'
import { roleOrigins } from '../../src/storage/role-origins.ts'
import { roles } from '../../src/storage/roles.ts'
import type { Database } from '../../src/storage/sql.ts'
import { userChanges } from '../../src/storage/user-changes.ts'
import { userPermissions } from '../../src/storage/user-permissions.ts'
import { users } from '../../src/storage/users.ts'
import { everyEngine } from './suite.ts'

const on = everyEngine()

/** A realm of its own for each test, with a user and a client whose ids begin with its name. */
async function people(database: Database, name: string, doc: object = {}): Promise<{ realm: string; user: string; client: string }> {
  const ids = { realm: name, user: `${name}-user`, client: `${name}-client` }
  await realms(database).insert({ id: name, name, enabled: true, doc: JSON.stringify(doc) })
  await addUser(database, name, ids.user, 'taras', 'taras@example.com')
  await clients(database).insert(name, { id: ids.client, clientId: 'app', doc: '{}' })
  return ids
}

const addUser = (database: Database, realm: string, id: string, username: string, email: string | undefined): Promise<number> =>
  users(database).insert(realm, {
    id,
    username,
    email,
    emailVerified: false,
    firstName: undefined,
    lastName: undefined,
    enabled: true,
    createdAtMs: 1,
    notBefore: 0,
    serviceAccountClientId: undefined,
    federationLink: undefined,
    doc: '{}',
  })

on('failed logins are put, replaced, found and forgotten', async (database) => {
  const { realm, user } = await people(database, 'failing')
  const row = {
    user_id: user,
    realm_id: realm,
    failures: 1,
    secondary_failures: 1,
    temporary_lockouts: 0,
    not_before_ms: 0,
    last_failure_ms: 1_795_000_000_000,
    last_address: '10.0.0.1',
  }
  await loginFailures(database).put(row)
  await loginFailures(database).put({ ...row, failures: 2, not_before_ms: 5, last_address: null })
  assert.deepEqual(await loginFailures(database).find(realm, user), { ...row, failures: 2, not_before_ms: 5, last_address: null })
  assert.equal(await loginFailures(database).find('another', user), undefined)
  assert.equal(await loginFailures(database).removeAll('another'), 0)
  assert.equal(await loginFailures(database).remove(realm, user), 1)
  await loginFailures(database).put(row)
  assert.equal(await loginFailures(database).removeAll(realm), 1)
})

on('a consent keeps the time when it was first given, and goes with its user', async (database) => {
  const { realm, user, client } = await people(database, 'consenting')
  const rows = consentRows(database)
  const consent = { user_id: user, client_id: client, created_at_ms: 1, updated_at_ms: 1, doc: '{"scopeIds":["a"]}' }
  await rows.put(consent)
  await rows.put({ ...consent, created_at_ms: 9, updated_at_ms: 9, doc: '{"scopeIds":["a","b"]}' })
  assert.deepEqual(await rows.listOf(user), [{ ...consent, updated_at_ms: 9, doc: '{"scopeIds":["a","b"]}' }])
  assert.equal(await rows.remove(user, client), 1)
  assert.equal(await rows.find(user, client), undefined)
  await rows.put(consent)
  await users(database).remove(realm, user)
  assert.deepEqual(await rows.listOf(user), [])
})

on('events are found by type, client, user, address and time, in both directions and by pages', async (database) => {
  const { realm } = await people(database, 'eventful')
  const event = (id: string, more: Partial<EventRow>): EventRow => ({
    id: `eventful-${id}`,
    realm_id: realm,
    time_ms: 0,
    type: 'LOGIN',
    client_id: 'app',
    user_id: 'u',
    session_id: null,
    ip_address: '10.0.0.1',
    error: null,
    details: '{}',
    ...more,
  })
  const rows = [
    event('1', { time_ms: 10, details: '{"username":"Тарас"}' }),
    event('2', { time_ms: 20, type: 'LOGIN_ERROR', user_id: null, error: 'user_not_found' }),
    event('3', { time_ms: 30, client_id: 'other', ip_address: '10.0.0.2' }),
    event('4', { time_ms: 40, type: 'LOGOUT' }),
  ]
  for (const row of rows) await eventRows(database).insert(row)
  const found = async (filter: Partial<EventFilter>): Promise<string> => {
    const list = await eventRows(database).find(realm, { direction: 'desc', first: 0, max: 100, ...filter })
    return list.map(({ id }) => id.slice('eventful-'.length)).join('')
  }
  const expected: readonly (readonly [Partial<EventFilter>, string])[] = [
    [{}, '4321'],
    [{ direction: 'asc' }, '1234'],
    [{ types: ['LOGIN'] }, '31'],
    [{ types: ['LOGIN_ERROR', 'LOGOUT'] }, '42'],
    [{ clientId: 'app' }, '421'],
    [{ userId: 'u' }, '431'],
    [{ ipAddress: '10.0.0.2' }, '3'],
    [{ fromMs: 20, toMs: 30 }, '32'],
    [{ first: 1, max: 2 }, '32'],
    [{ max: 0 }, ''],
  ]
  for (const [filter, ids] of expected) assert.equal(await found(filter), ids, JSON.stringify(filter))
  const [oldest] = await eventRows(database).find(realm, { direction: 'asc', first: 0, max: 1 })
  assert.deepEqual(oldest, rows[0])
  assert.equal(await eventRows(database).removeBefore(realm, 30), 2)
  assert.equal(await eventRows(database).removeAll(realm), 2)
})

on('admin events are found by a path with stars, and percent signs mean themselves', async (database) => {
  const { realm } = await people(database, 'changed')
  const paths = ['users/1', 'users/1/reset-password', 'groups/%', 'groups/x']
  for (const [index, path] of paths.entries()) {
    await adminEventRows(database).insert({
      id: `changed-${index}`,
      realm_id: realm,
      time_ms: index,
      operation: index === 0 ? 'CREATE' : 'UPDATE',
      resource_type: path.startsWith('users') ? 'USER' : 'GROUP',
      resource_path: path,
      auth_realm_id: 'master',
      auth_client_id: 'c',
      auth_user_id: 'u',
      auth_ip_address: '10.0.0.1',
      error: null,
      representation: index === 0 ? '{"username":"x"}' : null,
      details: JSON.stringify(index === 0 ? { username: 'x' } : {}),
    })
  }
  const found = async (filter: object): Promise<number[]> =>
    (await adminEventRows(database).find(realm, { direction: 'asc', first: 0, max: 9, ...filter })).map(({ time_ms }) => time_ms)
  assert.deepEqual(await found({ resourcePath: 'users/*' }), [0, 1])
  assert.deepEqual(await found({ resourcePath: 'users/1' }), [0])
  assert.deepEqual(await found({ resourcePath: 'groups/%' }), [2])
  assert.deepEqual(await found({ operations: ['UPDATE'], resourceTypes: ['GROUP'] }), [2, 3])
  assert.deepEqual(await found({ authUserId: 'u', authRealmId: 'master', authClientId: 'c', ipAddress: '10.0.0.1' }), [0, 1, 2, 3])
  const details = (await adminEventRows(database).find(realm, { direction: 'asc', first: 0, max: 2 })).map((row) => row.details)
  assert.deepEqual(details, ['{"username":"x"}', '{}'])
  assert.deepEqual(await found({ authUserId: 'nobody' }), [])
  assert.equal(await adminEventRows(database).removeBefore(realm, 2), 2)
  assert.equal(await adminEventRows(database).removeAll(realm), 2)
})

on('retentions are told of the realms that have one', async (database) => {
  await people(database, 'keeping', { eventsExpiration: 60, attributes: { adminEventsExpiration: '120' } })
  await people(database, 'for-ever', {})
  const mine = (await eventRows(database).retentions()).filter(({ id }) => id === 'keeping' || id === 'for-ever')
  assert.deepEqual(
    mine.map(({ id, seconds, admin_seconds }) => [id, Number(seconds), Number(admin_seconds)]),
    [['keeping', 60, 120]],
  )
})

on('a user is changed column by column, and attributes are replaced whole', async (database) => {
  const { realm, user } = await people(database, 'changing')
  const row = await users(database).findById(realm, user)
  assert.ok(row)
  const next = { ...row, username: 'lesya', email: null, email_verified: 1, first_name: 'Леся', enabled: 0, not_before: 7 }
  assert.equal(await userChanges(database).update(realm, user, next), 1)
  assert.deepEqual(await users(database).findById(realm, user), next)
  await userChanges(database).setAttribute(user, 'a', ['1', '2'])
  await userChanges(database).setAttribute(user, 'a', ['3'])
  await userChanges(database).setAttribute(user, 'b', ['4'])
  await userChanges(database).setAttribute(user, 'b', [])
  assert.deepEqual(await users(database).attributesOf([user]), [{ user_id: user, name: 'a', value: '3' }])
  await userChanges(database).addRequiredAction(user, 'X')
  await userChanges(database).addRequiredAction(user, 'A')
  await userChanges(database).addRequiredAction(user, 'X')
  assert.deepEqual(await users(database).requiredActions(user), [{ action: 'X' }, { action: 'A' }])
  await userChanges(database).setEnabled(realm, user, true)
  await userChanges(database).setEmailVerified(realm, user, false)
  await userChanges(database).setNotBefore(realm, user, 8)
  const changed = await users(database).findById(realm, user)
  assert.deepEqual([changed?.enabled, changed?.email_verified, changed?.not_before], [1, 0, 8])
})

on('others with a name are found by username and by e-mail address', async (database) => {
  const { realm, user } = await people(database, 'named')
  await addUser(database, realm, 'named-2', 'taras@example.com', undefined)
  const found = async (id: string, ...names: string[]): Promise<string[]> =>
    (await userChanges(database).othersWithNames(realm, id, names)).map((row) => row.id)
  assert.deepEqual(await found('', 'taras@example.com'), ['named-2', user].sort())
  assert.deepEqual(await found(user, 'taras@example.com', 'taras'), ['named-2'])
  assert.deepEqual(await found(user, 'nobody'), [])
})

on('a credential is replaced only by who knows what is stored', async (database) => {
  const { user } = await people(database, 'secretive')
  const rows = credentials(database)
  const row = {
    id: 'secretive-1',
    user_id: user,
    type: 'password',
    user_label: null,
    created_at_ms: 1,
    priority: 10,
    secret_data: '{"value":"a"}',
    credential_data: '{}',
  }
  await rows.insert(row)
  const to = { secretData: '{"value":"b"}', credentialData: '{"x":1}', createdAtMs: 2 }
  assert.equal(await rows.update(row, to), 1)
  assert.equal(await rows.update(row, to), 0)
  await rows.setLabel(user, row.id, 'laptop')
  await rows.setPriority(user, row.id, 5)
  const [stored] = await rows.listOf(user)
  assert.deepEqual([stored?.secret_data, stored?.user_label, stored?.priority, stored?.created_at_ms], ['{"value":"b"}', 'laptop', 5, 2])
  assert.equal(await rows.remove(user, 'another'), 0)
  assert.equal(await rows.remove(user, row.id), 1)
})

on('permissions are put, replaced, brought with others, and gone with the person', async (database) => {
  const { realm, user } = await people(database, 'permitted')
  await addUser(database, realm, 'permitted-2', 'second', undefined)
  const rows = userPermissions(database)
  const doc = '[{"resource":"a","entity":"","grants":["b"]}]'
  assert.equal(await rows.find(user), undefined)
  await rows.put(user, '[]')
  await rows.put(user, doc)
  await rows.insertMany([
    { user_id: user, doc: [] },
    { user_id: 'permitted-2', doc: JSON.parse(doc) },
  ])
  const all = await rows.listOfMany([user, 'permitted-2', 'nobody'])
  assert.deepEqual(
    new Map(all.map((row) => [row.user_id, JSON.parse(row.doc)])),
    new Map([user, 'permitted-2'].map((id) => [id, JSON.parse(doc)])),
  )
  assert.equal(await rows.remove(user), 1)
  await users(database).remove(realm, 'permitted-2')
  assert.deepEqual(await rows.listOfMany([user, 'permitted-2']), [])
})

on('roles tell who gives them: the user himself, a group, a composite role', async (database) => {
  const { realm, user, client } = await people(database, 'origins')
  const role = (id: string, clientId: string | null = null): Promise<unknown> =>
    roles(database).insert(realm, { id: `origins-${id}`, clientId, name: id, doc: '{}' })
  await role('own')
  await role('outer', client)
  await role('inner')
  await users(database).addRole(user, 'origins-own')
  await roles(database).addComposite('origins-outer', 'origins-inner')
  assert.deepEqual(await roleOrigins(database).given(user, []), [{ role_id: 'origins-own', group_id: null }])
  assert.deepEqual(await roleOrigins(database).composites(['origins-outer', 'origins-own']), [
    { parent_id: 'origins-outer', child_id: 'origins-inner', name: 'outer', client: 'app' },
  ])
  assert.deepEqual(await roleOrigins(database).composites([]), [])
})
