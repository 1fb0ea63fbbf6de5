import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exportRealms, importRealms } from '../../src/server.ts'
import type { Database, Sql } from '../../src/storage/sql.ts'
import type { Json } from '../server/call.ts'
import { bring, exported, fixture, missing, openMemory, readJson, temporaryFolder } from './transfers.ts'

const folder = temporaryFolder()
const source = await openMemory()

/** What an import changes on purpose, by path: passwords are hashed, names are brought to lower case, empty things left out. */
const lost: Readonly<Record<string, RegExp>> = {
  'realm-demo':
    /^\.users\[[^\]]+\]\.credentials\[password\]\.(value|temporary)$|^\.defaultRole\.composites|^\.roles\.realm\[default-roles-wiredemo\]\.description$/,
  'realm-alt': /^\.users\[[^\]]+\]\.credentials\[password\]\.value$/,
  'realm-rich': /^\.users\[[^\]]+\]\.credentials\[password\]\.value$|^\.users\[Olena\]\.(username|email)$/,
}

/** Settings that an import adds to what an export of an older file shows. */
const settled = /^\.(attributes|clients\[\d+\]\.(secret|attributes)|clientScopes\[\d+\]\.protocolMappers\[\d+\]\.config)\b/

function differences(a: unknown, b: unknown, path = ''): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [path]
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  const step = (name: string): string => (Array.isArray(a) ? `[${name}]` : `.${name}`)
  return [...names].flatMap((name) => differences((a as Json)[name], (b as Json)[name], path + step(name)))
}

for (const [name, expected] of Object.entries(lost)) {
  test(`${name}: everything that the file holds is in the export`, async () => {
    const services = await openMemory()
    const given = readJson(fixture(name))
    assert.deepEqual(await bring(services, fixture(name)), { imported: [given['realm']], kept: [], skipped: [] })
    const out = await exported(services, String(given['realm']), folder)
    assert.deepEqual(
      missing(given, out).filter((path) => !expected.test(path)),
      [],
    )
  })

  test(`${name}: an export makes the same realm under another name in another database`, async () => {
    const [first, second, third] = await Promise.all([openMemory(), openMemory(), openMemory()])
    const { realm } = readJson(fixture(name))
    await bring(first, fixture(name))
    const one = await exported(first, String(realm), folder)
    const file = join(folder, 'renamed.json')
    writeFileSync(file, JSON.stringify({ ...one, realm: 'renamed' }))
    await bring(second, file)
    const two = await exported(second, 'renamed', folder)
    assert.deepEqual(
      differences(one, two).filter((path) => !settled.test(path)),
      ['.realm'],
    )
    writeFileSync(file, JSON.stringify(two))
    await bring(third, file)
    assert.deepEqual(await exported(third, 'renamed', folder), two)
  })
}

test('the same export is refused in its own database, where its ids are taken, and nothing of it stays', async () => {
  const services = await openMemory()
  await bring(services, fixture('realm-rich'))
  const before = await exported(services, 'rich', folder)
  const file = join(folder, 'twin.json')
  writeFileSync(file, JSON.stringify({ ...before, realm: 'twin' }))
  await assert.rejects(bring(services, file), { message: `${file}: Duplicate resource error` })
  assert.equal(await services.realms.find('twin'), undefined)
  assert.deepEqual(await exported(services, 'rich', folder), before)
})

test('a folder holds each realm and its users as the strategy says, and every way gives the same realm', async () => {
  await bring(source, fixture('realm-demo'))
  const whole = await exported(source, 'wiredemo', folder)
  const ways = {
    realm_file: ['wiredemo-realm.json'],
    same_file: ['wiredemo-realm.json', 'wiredemo-users-0.json'],
    different_files: ['wiredemo-realm.json', 'wiredemo-users-0.json', 'wiredemo-users-1.json', 'wiredemo-users-2.json'],
    skip: ['wiredemo-realm.json'],
  } as const
  for (const [users, files] of Object.entries(ways) as [keyof typeof ways, readonly string[]][]) {
    const dir = join(folder, users)
    const { files: written } = await exportRealms(source, { dir, realm: 'wiredemo', users, usersPerFile: 10 })
    assert.deepEqual(
      written,
      files.map((name) => join(dir, name)),
    )
    assert.deepEqual(readdirSync(dir).sort(), files)
    for (const name of files) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name)
    const target = await openMemory()
    await bring(target, dir)
    const out = await exported(target, 'wiredemo', folder)
    const again = users === 'skip' ? { ...out, users: [] } : out
    const expected = users === 'skip' ? { ...whole, users: [] } : whole
    assert.deepEqual(
      differences(expected, again).filter((path) => !settled.test(path)),
      [],
      users,
    )
  }
})

test('an export with fewer users takes away the users’ files of the one before', async () => {
  const dir = join(folder, 'again')
  await exportRealms(source, { dir, realm: 'wiredemo', users: 'different_files', usersPerFile: 2 })
  assert.ok(readdirSync(dir).length > 8)
  await exportRealms(source, { dir, realm: 'wiredemo', users: 'same_file' })
  assert.deepEqual(readdirSync(dir).sort(), ['wiredemo-realm.json', 'wiredemo-users-0.json'])
  await exportRealms(source, { dir, realm: 'wiredemo', users: 'realm_file' })
  assert.deepEqual(readdirSync(dir), ['wiredemo-realm.json'])
})

test('all realms go to one file as a list, and come back from it', async () => {
  const file = join(folder, 'all.json')
  await exportRealms(source, { file, users: 'realm_file' })
  const list = JSON.parse(readFileSync(file, 'utf8')) as Json[]
  assert.deepEqual(
    list.map((realm) => realm['realm']),
    ['master', 'wiredemo'],
  )
  const target = await openMemory()
  const done = await importRealms(target, { paths: [file], override: false, onKept: () => undefined })
  assert.deepEqual(done, { imported: ['wiredemo'], kept: ['master'], skipped: [] })
})

test('a realm that is not there is no empty export', async () => {
  const file = join(folder, 'nobody.json')
  await assert.rejects(exportRealms(source, { realm: 'nobody', file, users: 'skip' }), /--realm=nobody: there is no such realm/)
  assert.equal(readdirSync(folder).includes('nobody.json'), false)
})

test('what cannot be written whole is not written at all', async () => {
  const file = join(folder, 'broken.json')
  let statements = 0
  const failing: Sql['all'] = (...call) => {
    statements += 1
    return statements > 12 ? Promise.reject(new Error('the database is gone')) : source.database.all(...call)
  }
  const one: Sql['one'] = async (...call) => source.database.one(...call)
  const snapshot: Database['snapshot'] = (work) => work({ ...source.database, all: failing, one } as Sql)
  const database = { ...source.database, snapshot } as Database
  await assert.rejects(exportRealms({ ...source, database }, { file, users: 'realm_file' }), /the database is gone/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('broken')),
    [],
  )
  // An older export stays as it was.
  copyFileSync(join(folder, 'all.json'), file)
  statements = 0
  await assert.rejects(exportRealms({ ...source, database }, { file, users: 'realm_file' }), /the database is gone/)
  assert.deepEqual(readFileSync(file), readFileSync(join(folder, 'all.json')))
})

test('a folder that cannot be made is told', async () => {
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  await assert.rejects(exportRealms(source, { dir: join(file, 'below'), users: 'skip' }), /ENOTDIR/)
  mkdirSync(join(folder, 'is-a-folder'))
  await assert.rejects(exportRealms(source, { file: join(folder, 'is-a-folder'), users: 'skip' }), /EISDIR|ENOTEMPTY/)
})
