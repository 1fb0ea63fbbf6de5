import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { testClock } from '../server/clock.ts'
import { serverOfFile } from '../server.ts'
import { outputOf } from './life.ts'
import { kcadm } from './tools.ts'

// The command compares tokens with the machine's clock.
const server = await serverOfFile({ clock: testClock(Date.now()) })
const folder = await mkdtemp(join(tmpdir(), 'ostiary-kcadm-'))
after(() => rm(folder, { recursive: true, force: true }))
const java = kcadm()
const realm = ['-r', 'life-kcadm']

/** Runs `kcadm.sh` with the words of a line and further arguments; gives what it prints. */
async function run(line: string, ...more: string[]): Promise<string> {
  const words = [...line.split(' '), ...more]
  const { code, output } = await outputOf('java', [...java, ...words, '--config', join(folder, 'kcadm.config')])
  assert.equal(code, 0, `kcadm ${words.join(' ')}\n${output}`)
  return output.trim()
}

const json = async (line: string, ...more: string[]): Promise<unknown> => {
  const output = await run(line, ...more)
  return JSON.parse(output.slice(output.search(/[[{]/)))
}

test('kcadm logs in, and makes and changes a realm', async () => {
  await run(`config credentials --server ${server.url} --realm master --user admin --password admin`)
  await run('create realms -s realm=life-kcadm -s enabled=true')
  await run('update realms/life-kcadm -s displayName=Life')
  const read = (await json('get realms/life-kcadm')) as { displayName: string }
  assert.equal(read.displayName, 'Life')
})

test('kcadm makes clients, reads them by fields and query, and their secret', async () => {
  const id = await run('create clients -s clientId=machine -s serviceAccountsEnabled=true -i', ...realm)
  assert.deepEqual(await json('get clients -q clientId=machine --fields id,clientId', ...realm), [{ id, clientId: 'machine' }])
  const secret = (await json(`get clients/${id}/client-secret`, ...realm)) as { value: string }
  assert.equal(secret.value.length > 20, true)
  await run(`create clients/${id}/roles -s name=operate`, ...realm)
  await run(`update clients/${id}`, ...realm, '-s', 'redirectUris=["https://app.example/*"]')
  const read = (await json(`get clients/${id}`, ...realm)) as { redirectUris: string[] }
  assert.deepEqual(read.redirectUris, ['https://app.example/*'])
})

test('kcadm makes roles, groups and people, gives roles and passwords', async () => {
  await run('create roles -s name=reader', ...realm)
  const group = await run('create groups -s name=staff -i', ...realm)
  const user = await run('create users -s username=olena -s enabled=true -s email=olena@example.org -i', ...realm)
  await run('set-password --username olena --new-password Secret-42!', ...realm)
  await run('add-roles --uusername olena --rolename reader', ...realm)
  await run('add-roles --uusername olena --cclientid machine --rolename operate', ...realm)
  await run('add-roles --gname staff --rolename reader', ...realm)
  const roles = (await json('get-roles --uusername olena --effective', ...realm)) as { name: string }[]
  assert.ok(roles.some(({ name }) => name === 'reader'))
  await run(
    `update users/${user}/groups/${group}`,
    ...realm,
    '-s',
    'realm=life-kcadm',
    '-s',
    `userId=${user}`,
    '-s',
    `groupId=${group}`,
    '-n',
  )
  const members = (await json(`get groups/${group}/members`, ...realm)) as { username: string }[]
  assert.deepEqual(
    members.map(({ username }) => username),
    ['olena'],
  )
  await run('remove-roles --uusername olena --rolename reader', ...realm)
})

test('kcadm copies flows, imports a part of a realm, and removes everything', async () => {
  await run('create authentication/flows/browser/copy -s newName=copied', ...realm)
  const executions = (await json('get authentication/flows/copied/executions', ...realm)) as unknown[]
  assert.ok(executions.length > 5)
  const part = join(folder, 'part.json')
  await writeFile(part, JSON.stringify({ ifResourceExists: 'OVERWRITE', users: [{ username: 'imported' }] }))
  await run(`create partialImport -f ${part}`, ...realm)
  const users = (await json('get users --fields username', ...realm)) as { username: string }[]
  assert.deepEqual(
    users.map(({ username }) => username),
    ['imported', 'olena'],
  )
  await run('delete realms/life-kcadm')
  assert.equal((await outputOf('java', [...java, 'get', 'realms/life-kcadm', '--config', join(folder, 'kcadm.config')])).code, 1)
})
