import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { launch, script } from '../cli/ostiary.ts'

/** The guides are lines for a shell: they are run as they stand, against the program as it is started. */
const tools = ['bash', 'curl', 'jq', 'openssl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
const skip =
  process.env['OSTIARY_TEST_REFERENCE'] !== undefined ? 'for our own program' : tools.length > 0 ? `no ${tools.join(', ')}` : false
const page = (name: string): string => readFileSync(new URL(`../../docs/guides/${name}.md`, import.meta.url), 'utf8')
const blocks = (name: string, language: string): string[] =>
  Array.from(page(name).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')), ([, text = '']) => text)
const written = 'http://127.0.0.1:8080'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-guides-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Starts the program with what the guide says beside `start-dev`. */
async function start(...args: string[]): Promise<string> {
  const server = launch(process.execPath, [script, 'start-dev', '--db=memory', `--data-dir=${folder}`, '--http-port=0', ...args])
  after(async () => {
    server.process.kill('SIGTERM')
    await server.ended
  })
  const [, base = ''] = await server.said(/Base URL\s+(\S+)/)
  return base.replace(/\/$/, '')
}

/** Runs all shell lines of a page; returns what they print. */
function follow(name: string, base: string, before = ''): string {
  const lines = blocks(name, 'bash').filter((text) => !text.includes('start-dev'))
  const program = `set -eo pipefail\n${before}\n${lines.join('\n').replaceAll(written, base)}`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', program], { encoding: 'utf8', cwd: folder })
  assert.equal(status, 0, `${stdout}\n${stderr}`)
  return stdout
}

test('the guide to ProcessMaker works word for word', { skip }, async () => {
  const base = await start()
  const said = follow('processmaker', base)
  for (const expected of ['201 Created', `"issuer": "${base}/realms/process"`, '"refresh_token"', '"olena"', '"Bearer"'])
    assert.ok(said.includes(expected), `${expected} in ${said}`)
  assert.ok(!said.includes('error'), said)
})

test('the guide to Archie works word for word', { skip }, async () => {
  const [started = ''] = blocks('archie', 'bash')
  const option = /--oauth2-realm=\S+/.exec(started)?.[0] ?? ''
  const base = await start(option)
  const said = follow('archie', base)
  const answers = Array.from(said.matchAll(/\{"user_name".*?\}(?=\{|http|$)/g), ([text]) => JSON.parse(text) as Record<string, unknown>)
  assert.equal(answers.length, 3, said)
  assert.deepEqual(
    answers.map((answer) => [answer['user_name'], answer['client_id']]),
    answers.map(() => ['olena', 'editor']),
  )
  // The clock goes on while the guide is followed.
  for (const answer of answers) assert.match(String(answer['expires_in']), /^(?:300|2[89]\d)$/)
  assert.deepEqual(answers[1]?.['permissions'], [{ resource: 'reviews', entity: 'CD000001', grants: ['read', 'write'] }])
  assert.equal(answers[1]?.['email'], 'olena@example.org')
})

test('the guide to explanations works word for word', { skip }, async () => {
  const file = join(folder, 'registry.json')
  writeFileSync(file, blocks('external-system', 'json')[0] ?? '')
  const base = await start(`--import-realm=${file}`)
  const told = JSON.parse(follow('explain', base)) as { valid: boolean; roles: { role: string; in: boolean }[] }
  assert.equal(told.valid, true)
  assert.deepEqual(
    told.roles.map((role) => [role.role, role.in]),
    [['citizen-reader', true]],
  )
})

test('the guide to signed assertions works word for word', { skip }, async () => {
  const said = follow('signed-assertions', await start())
  assert.match(said, /"access_token":"/)
})
