import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { exportRealms, importRealms, type Services } from '../../src/server.ts'
import { clients } from '../../src/storage/clients.ts'
import { statement } from '../../src/storage/sql.ts'
import { users } from '../../src/storage/users.ts'
import { importRealm } from '../../src/transfer/import-realm.ts'
import type { Json } from '../server/call.ts'
import { bring, exported, fixture, openMemory, temporaryFolder } from './transfers.ts'

const folder = temporaryFolder()
const services = await openMemory()

function write(name: string, content: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
  return file
}

const count = statement('test.count-users', 'select count(*) as n from user_account where realm_id = $1')

/** All rows of the tables that an import writes to. */
async function rows({ database }: Services): Promise<unknown[]> {
  const tables = [
    'realm',
    'client',
    'role',
    'role_composite',
    'component',
    'user_account',
    'client_scope',
    'authentication_flow',
    'credential',
  ]
  return Promise.all(tables.map((table) => database.one(statement(`test.count-${table}`, `select count(*) as n from ${table}`))))
}

const secret = 'never-in-a-message'
const wrong: readonly (readonly [title: string, content: string | Buffer, named: RegExp])[] = [
  ['an empty file', '', /: the text is empty \(line 1, column 1\)$/],
  ['a text', 'realm: x', /: a value is expected \(line 1, column \d+\)$/],
  ['half a realm', `{\n "realm": "x",\n "clients": [{"clientId": "a", "secret": "${secret}"`, /clients\[0\].*\(line 3, column \d+\)$/],
  [
    'a wrong type',
    `{"realm":"x",\n"clients":[{"clientId":"a","enabled":"${secret}"}]}`,
    /clients\[0\]\.enabled: .*\(line 2, column \d+\)$/,
  ],
  [
    'a wrong type far inside',
    '{"realm":"x","users":[{},{"credentials":{"a":1}}]}',
    /users\[1\]\.credentials: a list is expected \(line 1, column \d+\)$/,
  ],
  ['a number where an object belongs', '{"realm":"x","roles":5}', /roles: RolesRepresentation is expected/],
  ['a list with something else', '[{"realm":"x"},7]', /\[1\].* is expected/],
  ['null', 'null', /: null/],
  ['bytes that are no text', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), /wrong\.json: /],
]

for (const [title, content, named] of wrong) {
  test(`${title} is refused with the file, the member and the line, and without a value`, async () => {
    const file = write('wrong.json', content)
    const before = await rows(services)
    await assert.rejects(bring(services, file), (error: Error) => {
      assert.ok(error.message.startsWith(`${file}: `), error.message)
      assert.match(error.message, named)
      assert.ok(!error.message.includes(secret) && !error.message.includes('\n'))
      return true
    })
    assert.deepEqual(await rows(services), before)
  })
}

test('a mistake in a file of users names that file', async () => {
  const dir = join(folder, 'with-users')
  mkdirSync(dir)
  writeFileSync(join(dir, 'y-realm.json'), '{"realm":"y"}')
  writeFileSync(join(dir, 'y-users-0.json'), '{"realm":"y","users":[{"username":"a"}]}')
  writeFileSync(join(dir, 'y-users-1.json'), '{"realm":"y","users":5}')
  await assert.rejects(bring(services, dir), new RegExp(`^Error: ${join(dir, 'y-users-1.json')}: users: `))
  assert.equal(await services.realms.find('y'), undefined)
})

test('a file that is not there, or may not be read, is told by its path', async () => {
  await assert.rejects(bring(services, join(folder, 'nowhere.json')), { code: 'ENOENT', path: join(folder, 'nowhere.json') })
  const closed = write('closed.json', '{"realm":"z"}')
  chmodSync(closed, 0)
  if (process.getuid?.() !== 0) await assert.rejects(bring(services, closed), { code: 'EACCES', path: closed })
})

test('what does not fit together is refused with its file and leaves nothing behind', async () => {
  const misfits: readonly (readonly [realm: RealmRepresentation, named: RegExp])[] = [
    [{ clients: [{ clientId: 'a' }, { clientId: 'a' }] }, /Duplicate resource error/],
    [{ users: [{ username: 'a' }, { username: 'A' }] }, /Duplicate resource error/],
    [{ users: [{ username: 'a', groups: ['/nope'] }] }, /Unable to find group specified by path: \/nope/],
    [{ users: [{ username: 'a', clientRoles: { nope: ['r'] } }] }, /nope/],
    [{ roles: { realm: [{ name: 'a', composites: { realm: ['nope'] } }] } }, /nope/],
    [{ roles: { client: { nope: [{ name: 'a' }] } } }, /nope/],
    [{ clientScopeMappings: { account: [{ client: 'nope', roles: ['view-profile'] }] } }, /nope/],
    [{ directGrantFlow: 'nope' }, /directGrantFlow/],
    [{ realm: 'a/b' }, /Character '\/' not allowed\./],
  ]
  const before = await rows(services)
  for (const [realm, named] of misfits) {
    const file = write('misfit.json', { realm: 'misfit', enabled: true, ...realm })
    await assert.rejects(bring(services, file), (error: Error) => error.message.startsWith(`${file}: `) && named.test(error.message))
    assert.equal(await services.realms.find('misfit'), undefined)
  }
  assert.deepEqual(await rows(services), before)
})

test('of a list the realms before the bad one are there, and the bad one is not', async () => {
  const file = write('list.json', [{ realm: 'good' }, { realm: 'bad', browserFlow: 'nope' }, { realm: 'never' }])
  await assert.rejects(bring(services, file), /browserFlow/)
  const found = await Promise.all(['good', 'bad', 'never'].map((name) => services.realms.find(name)))
  assert.deepEqual(
    found.map((realm) => realm?.name),
    ['good', undefined, undefined],
  )
})

test('a list behind a byte order mark and white space is a list', async () => {
  const file = write('mark.json', Buffer.from('\ufeff \n\t[{"realm":"marked"}]'))
  assert.deepEqual((await bring(services, file)).imported, ['marked'])
})

test('a file without a realm is passed over', async () => {
  const file = write('nothing.json', { displayName: 'x' })
  assert.deepEqual(await bring(services, file), { imported: [], kept: [], skipped: [file] })
})

test('a realm that exists is kept, or replaced as a whole when that is asked for', async () => {
  const first = write('twice.json', {
    realm: 'twice',
    displayName: 'first',
    clients: [{ clientId: 'only-first' }],
    users: [{ username: 'a' }],
  })
  await bring(services, first)
  const second = write('twice.json', { realm: 'twice', displayName: 'second', clients: [{ clientId: 'only-second' }] })
  assert.deepEqual(await bring(services, second), { imported: [], kept: ['twice'], skipped: [] })
  assert.equal((await services.realms.find('twice'))?.settings.displayName, 'first')
  assert.deepEqual(await bring(services, second, true), { imported: ['twice'], kept: [], skipped: [] })
  const realm = await services.realms.find('twice')
  assert.equal(realm?.settings.displayName, 'second')
  assert.equal(await realm?.client('only-first'), undefined)
  assert.notEqual(await realm?.client('only-second'), undefined)
  assert.equal((await services.database.one<{ n: number }>(count, realm?.id ?? ''))?.n, 0)
})

test('a realm whose replacement fails stays as it was', async () => {
  await bring(services, write('stays.json', { realm: 'stays', displayName: 'old', users: [{ username: 'a' }] }))
  const before = await exported(services, 'stays', folder)
  const bad = write('stays.json', { realm: 'stays', displayName: 'new', users: [{ username: 'a', groups: ['/nope'] }] })
  await assert.rejects(bring(services, bad, true), /nope/)
  assert.deepEqual(await exported(services, 'stays', folder), before)
})

test('all realms of one installation replace those of another, master among them', async () => {
  const [from, to] = await Promise.all([openMemory(), openMemory()])
  // Names before and after master, since files are taken in the order of their names.
  for (const name of ['aaa', 'zzz']) await bring(from, write('one.json', { realm: name, enabled: true }))
  await bring(to, write('one.json', { realm: 'kept', enabled: true }))
  const dir = join(folder, 'all')
  await exportRealms(from, { dir, users: 'different_files' })
  const done = await importRealms(to, { paths: [dir], override: true, onKept: () => undefined })
  assert.deepEqual(done.imported, ['aaa', 'master', 'zzz'])
  const before = await from.realms.find('master')
  const after = await to.realms.find('master')
  assert.equal(after?.id, before?.id)
  assert.equal(after?.defaultRoleId, before?.defaultRoleId)
  const found = await clients(to.database).listAll(after?.id ?? '')
  const standing = found.map((client) => client.client_id).filter((clientId) => clientId.endsWith('-realm'))
  assert.deepEqual(standing.sort(), ['aaa-realm', 'kept-realm', 'master-realm', 'zzz-realm'])
  const admin = await users(to.database).find(after?.id ?? '', 'admin')
  const roles = await users(to.database).grantedRoles(admin?.id ?? '')
  for (const client of standing)
    assert.ok(
      roles.some((role) => role.client === client && role.name === 'manage-realm'),
      client,
    )
  const { clients: given = [] } = (await exported(to, 'master', folder)) as { clients?: Json[] }
  assert.equal(
    given.some((client) => client['clientId'] === 'realm-management'),
    false,
  )
})

test('a client of master that waits for a realm is not taken for the realm’s by those who make realms', async () => {
  const target = await openMemory()
  const master = await target.realms.find('master')
  await clients(target.database).insert(master?.id ?? '', { id: 'trap', clientId: 'future-realm', doc: '{}' })
  await assert.rejects(importRealm(target, { realm: 'future', enabled: true }, 'create'), { status: 409 })
  assert.equal(await target.realms.find('future'), undefined)
})

test('2,000 users come in one transaction, a few statements for each thousand of them', async () => {
  const target = await openMemory()
  const people = (n: number): RealmRepresentation['users'] =>
    Array.from({ length: n }, (_, index) => ({
      username: `user-${index}`,
      enabled: true,
      email: `user-${index}@example.com`,
      attributes: { edrpou: [String(index)] },
      realmRoles: ['reader'],
      groups: ['/all'],
      credentials: [
        { type: 'password', secretData: '{"value":"x","salt":"eA=="}', credentialData: '{"hashIterations":1,"algorithm":"pbkdf2-sha256"}' },
      ],
    }))
  const statementsFor = async (name: string, n: number): Promise<number> => {
    const realm = { realm: name, roles: { realm: [{ name: 'reader' }] }, groups: [{ name: 'all' }], users: people(n) }
    const file = write('people.json', realm)
    let statements = 0
    target.database.onStatement = () => {
      statements += 1
    }
    await bring(target, file)
    target.database.onStatement = undefined
    const made = await target.realms.find(name)
    assert.equal((await target.database.one<{ n: number }>(count, made?.id ?? ''))?.n, n)
    return statements
  }
  const none = await statementsFor('people-0', 0)
  const some = await statementsFor('people-10', 10)
  const many = await statementsFor('people-2000', 2_000)
  // Users, attributes, roles, groups, credentials.
  assert.ok(some - none <= 5, `${some - none} statements for 10 users`)
  assert.equal(many - none, 2 * (some - none))
  const memoryBefore = process.memoryUsage().heapUsed
  let read = 0
  target.database.onStatement = () => {
    read += 1
  }
  const file = join(folder, 'people-out.json')
  await exportRealms(target, { realm: 'people-2000', file, users: 'realm_file' })
  target.database.onStatement = undefined
  assert.ok(read < 80, `an export reads users by the page: ${read} statements`)
  assert.ok(process.memoryUsage().heapUsed - memoryBefore < 200 * 1024 * 1024)
})

test('an import tells what it keeps without acting on it', async () => {
  const lines: string[] = []
  const target = await openMemory()
  await importRealms(target, { paths: [fixture('realm-rich')], override: false, onKept: (line) => lines.push(line) })
  assert.equal(lines.length, 1)
  const told = lines[0]?.replace(`${fixture('realm-rich')}: kept, but not acted on: `, '').split(', ') ?? []
  for (const path of ['futureMember', 'clients[].futureClientMember']) assert.ok(told.includes(path), path)
})
