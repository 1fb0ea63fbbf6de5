import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { createLogger } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'ostiary-welcome-'))
const log = createLogger({ level: 'off', categories: {}, output: 'default' })
const args = [`--data-dir=${dataDir}`, '--http-enabled=true', '--http-port=0', '--hostname-strict=false', '--proxy-headers=xforwarded']
const server = await startServer(loadConfig({ command: 'start', args, env: {} }), { log })
after(async () => {
  await server.close()
  await rm(dataDir, { recursive: true })
})
const root = `http://127.0.0.1:${server.port}/`

interface Sent {
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
}

const ask = ({ form, headers = {} }: Sent = {}) =>
  fetch(root, {
    method: form === undefined ? 'GET' : 'POST',
    headers,
    redirect: 'manual',
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  })

/** The state of the form and the cookie that goes with it. */
async function newForm() {
  const answer = await ask()
  const page = await answer.text()
  const stateChecker = /name="stateChecker" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page.slice(0, 500))
  return { stateChecker, cookie: (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
}

const first = { username: 'olena', password: 'a-long-password', passwordConfirmation: 'a-long-password' }

test('a server without an administrator shows the form for the first one, on its own machine alone', async () => {
  const here = await ask()
  assert.equal(here.status, 200)
  assert.match(here.headers.get('set-cookie') ?? '', /^WELCOME_STATE_CHECKER=[\w-]+;.*HttpOnly;SameSite=Strict/)
  assert.match(await here.text(), /id="kc-create-admin-form"/)
  for (const headers of [{ 'x-forwarded-for': '203.0.113.7' }, { 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }]) {
    const page = await (await ask({ headers: headers as Record<string, string> })).text()
    assert.match(page, /id="kc-local-access"/)
    assert.doesNotMatch(page, /<form/)
  }
})

test('a form that another site has filled in, or that comes through a proxy, makes nobody', async () => {
  const { stateChecker, cookie } = await newForm()
  for (const sent of [
    { form: first },
    { form: { ...first, stateChecker } },
    { form: first, headers: { cookie } },
    { form: { ...first, stateChecker: 'other' }, headers: { cookie } },
    { form: { ...first, stateChecker }, headers: { cookie, 'x-forwarded-for': '127.0.0.1' } },
  ])
    assert.equal((await ask(sent as Sent)).status, 403)
})

test('mistakes in the form are told beside the field', async () => {
  for (const [mistake, text] of [
    [{ username: ' ' }, /id="input-error-username"[\s\S]*Please specify username/],
    [{ password: '', passwordConfirmation: '' }, /id="input-error-password"[\s\S]*Please specify password/],
    [{ passwordConfirmation: 'other' }, /id="input-error-password-confirmation"[\s\S]*Passwords don&#39;t match/],
  ] as const) {
    const { stateChecker, cookie } = await newForm()
    const answer = await ask({ form: { ...first, ...mistake, stateChecker }, headers: { cookie } })
    assert.equal(answer.status, 400)
    const page = await answer.text()
    assert.match(page, text)
    assert.ok(!page.includes('a-long-password'))
  }
})

test('the first administrator is made once; from then on the address leads to the console', async () => {
  const { stateChecker, cookie } = await newForm()
  const made = await ask({ form: { ...first, stateChecker }, headers: { cookie } })
  assert.equal(made.status, 200)
  assert.match(await made.text(), /User created/)
  const login = await fetch(`${root}realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'olena', password: 'a-long-password' }),
  })
  assert.equal(login.status, 200)
  for (const sent of [{}, { form: { ...first, username: 'second', stateChecker }, headers: { cookie } }] as Sent[]) {
    const again = await ask(sent)
    assert.equal(again.status, 302)
    assert.equal(again.headers.get('location'), `${root}admin/`)
  }
})
