import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { answerTo, appClient, baseOf, callback, entrance } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const name = 'org-login'
const path = `/realms/${name}`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      organizationsEnabled: true,
      clients: [appClient],
      users: ['anna', 'bohdan', 'kateryna'].map((username) => person(username)),
    },
    {
      realm: 'org-members',
      enabled: true,
      organizationsEnabled: true,
      clients: [appClient],
      users: [person('anna'), person('bohdan'), person('petro', { email: 'petro@acme.com' })],
      organizations: [
        { name: 'Acme', alias: 'acme', domains: [{ name: 'acme.com' }], members: [{ username: 'anna' }] },
        { name: 'beta', alias: 'beta' },
      ],
      browserFlow: 'members',
      authenticatorConfig: [{ alias: 'must', config: { requiresUserMembership: 'true' } }],
      authenticationFlows: [
        {
          alias: 'members',
          providerId: 'basic-flow',
          topLevel: true,
          builtIn: false,
          authenticationExecutions: [
            {
              authenticator: 'organization',
              authenticatorConfig: 'must',
              requirement: 'ALTERNATIVE',
              priority: 10,
              authenticatorFlow: false,
            },
            { flowAlias: 'words', requirement: 'ALTERNATIVE', priority: 20, authenticatorFlow: true },
          ],
        },
        {
          alias: 'words',
          providerId: 'basic-flow',
          topLevel: false,
          builtIn: false,
          authenticationExecutions: [
            { authenticator: 'auth-username-password-form', requirement: 'REQUIRED', priority: 10, authenticatorFlow: false },
          ],
        },
      ],
    },
    { realm: 'org-empty', enabled: true, organizationsEnabled: true, clients: [appClient], users: [person('anna')] },
  ],
})
const { admin } = server
const realm = server.realm(name)
const list = (answer: Answer): Json[] => answer.json as unknown as Json[]
const users = new Map(list(await admin('GET', `${path}/users`)).map((user) => [String(user['username']), String(user['id'])]))
for (const [alias, members] of [
  ['acme', ['anna', 'bohdan']],
  ['beta', ['anna']],
] as const) {
  const made = await admin('POST', `${path}/organizations`, { name: alias, domains: [{ name: `${alias}.com` }] })
  const id = String(made.headers.location).split('/').pop()
  for (const member of members) await admin('POST', `${path}/organizations/${id}/members`, users.get(member))
}

const text = (page: Answer): string => visibleText(page.text)
const fields = (page: Answer): string[] => formsOf(page.text, baseOf(realm)).flatMap(({ names }) => [...names])

async function begin(username: string, params: Record<string, string> = {}, at = realm): Promise<{ browser: Browser; page: Answer }> {
  const browser = openBrowser(baseOf(realm))
  const first = await browser.follow(await browser.get(entrance(at, params)))
  assert.ok(fields(first).includes('username') && !fields(first).includes('password'), text(first))
  return { browser, page: await browser.follow(await browser.submit(first, 'username', { username })) }
}

async function organizationOf(answer: Answer): Promise<unknown> {
  const code = answerTo(answer)?.['code'] ?? assert.fail(text(answer))
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: 'app' }
  return jwtClaims((await realm.token(form)).json['access_token'])['organization']
}

test('a realm without any organization shows its usual form', async () => {
  const empty = server.realm('org-empty')
  const browser = openBrowser(baseOf(empty))
  const page = await browser.follow(await browser.get(entrance(empty)))
  assert.ok(fields(page).includes('username') && fields(page).includes('password'))
})

test('who it is is asked first, then the password alone', async () => {
  const { browser, page } = await begin('bohdan', { scope: 'openid organization' })
  assert.ok(fields(page).includes('password') && !fields(page).includes('username'))
  assert.deepEqual(await organizationOf(await browser.submit(page, 'password', { password })), ['acme'])
})

test('a name that nobody has is asked for a password, too', async () => {
  const { browser, page } = await begin('nobody')
  assert.ok(fields(page).includes('password') && !fields(page).includes('username'))
  const refused = await browser.submit(page, 'password', { password })
  assert.match(text(refused), /Invalid username or password\./)
  const { browser: other, page: known } = await begin('bohdan')
  const wrong = await other.submit(known, 'password', { password: 'wrong-password' })
  assert.match(text(wrong), /Invalid (username or )?password\./)
})

test('an address of an organization that has no account is told so', async () => {
  const { page } = await begin('nobody@acme.com')
  assert.match(text(page), /Your email domain matches an organization but you don't have an account yet\./)
  assert.ok(fields(page).includes('username'))
  const { page: empty } = await begin('')
  assert.match(text(empty), /Invalid username\./)
})

test('a member of several organizations chooses one when the application asks for any', async () => {
  const { browser, page } = await begin('anna', { scope: 'openid organization' })
  assert.match(text(page), /Select an organization to proceed:/)
  const again = await browser.submit(page, 'kc.org', { 'kc.org': 'nope' })
  assert.match(text(again), /Select an organization to proceed:/)
  const next = await browser.follow(await browser.submit(again, 'kc.org', { 'kc.org': 'beta' }))
  assert.ok(fields(next).includes('password'))
  assert.deepEqual(await organizationOf(await browser.submit(next, 'password', { password })), ['beta'])
})

test('nothing is to be chosen for named organizations, for all of them, or without a membership', async () => {
  for (const [username, scope, expected] of [
    ['anna', 'openid organization:acme', ['acme']],
    ['anna', 'openid organization:*', ['acme', 'beta']],
    ['anna', 'openid', undefined],
    ['kateryna', 'openid organization', undefined],
  ] as const) {
    const { browser, page } = await begin(username, { scope })
    assert.deepEqual(await organizationOf(await browser.submit(page, 'password', { password })), expected, scope)
  }
})

test('a hint stands for the first page', async () => {
  const browser = openBrowser(baseOf(realm))
  const page = await browser.follow(await browser.get(entrance(realm, { login_hint: 'bohdan' })))
  assert.ok(fields(page).includes('password') && !fields(page).includes('username'))
})

test('where a membership is required nobody else comes to the password', async () => {
  const members = server.realm('org-members')
  const refusal = async (username: string, scope = 'openid'): Promise<unknown[]> => {
    const { page } = await begin(username, { scope }, members)
    return [page.status, /User is not a member of (?:the organization \w+|any organization)/.exec(text(page))?.[0]]
  }
  assert.deepEqual(await refusal('bohdan'), [403, 'User is not a member of any organization'])
  assert.deepEqual(await refusal('bohdan', 'openid organization:acme'), [403, 'User is not a member of the organization Acme'])
  assert.deepEqual(await refusal('petro'), [403, 'User is not a member of the organization Acme'])
  assert.deepEqual(await refusal('anna', 'openid organization:beta'), [403, 'User is not a member of the organization beta'])
  const { page } = await begin('anna', {}, members)
  assert.ok(fields(page).includes('password'))
})
