import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { baseOf } from '../server/login.ts'
import { person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { openSmtpSink } from '../smtp.ts'

const name = 'org-invites'
const path = `/realms/${name}`
const sink = await openSmtpSink()
after(() => sink.close())
const smtpServer = { host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' }
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      organizationsEnabled: true,
      registrationAllowed: false,
      smtpServer,
      users: ['anna', 'bohdan', 'halyna', 'ivan'].map((username) => person(username)),
    },
    { realm: 'org-silent', enabled: true, organizationsEnabled: true },
  ],
})
const { admin } = server
const realm = server.realm(name)
const list = (answer: Answer): Json[] => answer.json as unknown as Json[]
const users = new Map(list(await admin('GET', `${path}/users`)).map((user) => [String(user['username']), String(user['id'])]))
const made = await admin('POST', `${path}/organizations`, {
  name: 'Acme',
  alias: 'acme',
  redirectUrl: 'https://acme.example/home',
  domains: [{ name: 'acme.com' }],
})
const acme = `${path}/organizations/${String(made.headers.location).split('/').pop()}`
const bearer = async (): Promise<string> =>
  String(
    (await server.realm('master').token({ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' })).json[
      'access_token'
    ],
  )
const invite = async (endpoint: 'invite-user' | 'invite-existing-user', form: Record<string, string>, at = acme): Promise<Answer> =>
  server.call('POST', `/admin${at}/members/${endpoint}`, { bearer: await bearer(), form })
const invitations = async (query = ''): Promise<Json[]> => list(await admin('GET', `${acme}/invitations${query}`))
const linkOf = async (email: string): Promise<string> => String((await invitations(`?email=${email}`))[0]?.['inviteLink'])
const newBrowser = () => openBrowser(baseOf(realm))
const text = (page: Answer): string => visibleText(page.text)
const outcome = ({ status, json }: Answer): unknown[] => [status, json['errorMessage'] ?? json['error']]
const membership = async (username: string): Promise<unknown> =>
  list(await admin('GET', `${acme}/members?search=${username}&exact=true`))[0]?.['membershipType']

test('what cannot be invited is told in the reference words', async () => {
  assert.deepEqual(outcome(await invite('invite-user', {})), [400, 'Email is required to invite a member'])
  assert.deepEqual(outcome(await invite('invite-user', { email: 'bad' })), [400, 'Invalid email format'])
  assert.deepEqual(outcome(await invite('invite-existing-user', {})), [400, 'To invite a member you need to provide the user id'])
  assert.deepEqual(outcome(await invite('invite-existing-user', { id: 'nope' })), [400, 'User does not exist'])
  const silent = await admin('POST', '/realms/org-silent/organizations', { name: 'x' })
  const at = `/realms/org-silent/organizations/${String(silent.headers.location).split('/').pop()}`
  assert.deepEqual(outcome(await invite('invite-user', { email: 'a@b.com' }, at)), [500, 'Failed to send invite email'])
  assert.deepEqual(list(await admin('GET', `${at}/invitations`)), [])
})

test('an invitation is sent, listed, sent again and taken back', async () => {
  assert.equal((await invite('invite-user', { email: 'Nova@Acme.com', firstName: 'Но', lastName: 'Ва' })).status, 204)
  const mail = await sink.next()
  assert.deepEqual([mail.to, mail.headers.get('subject')], [['nova@acme.com'], 'Invitation to join the Acme organization'])
  assert.match(mail.text, /Ва/)
  const [invitation] = await invitations()
  const { id, sentDate, expiresAt, inviteLink, organizationId, ...rest } = invitation ?? {}
  assert.deepEqual(rest, { email: 'nova@acme.com', firstName: 'Но', lastName: 'Ва', status: 'PENDING' })
  assert.equal(Number(expiresAt) - Number(sentDate), 43_200)
  assert.ok(acme.endsWith(String(organizationId)))
  const claims = jwtClaims(new URL(String(inviteLink)).searchParams.get('token'))
  assert.deepEqual(
    [claims['jti'], claims['typ'], claims['eml'], claims['sub'], claims['reduri'], claims['org_id']],
    [id, 'ORGIVT', 'nova@acme.com', undefined, 'https://acme.example/home', organizationId],
  )
  assert.deepEqual(outcome(await invite('invite-user', { email: 'nova@acme.com' })), [409, 'User already has a pending invitation'])
  assert.equal((await invitations('?search=NOV')).length, 1)
  assert.equal((await invitations('?status=EXPIRED')).length, 0)
  assert.equal((await admin('POST', `${acme}/invitations/${id}/resend`)).status, 204)
  await sink.next()
  const [again] = await invitations()
  assert.notEqual(again?.['id'], id)
  assert.deepEqual(outcome(await admin('GET', `${acme}/invitations/${id}`)), [404, 'Invitation not found'])
  const link = String(again?.['inviteLink'])
  assert.equal((await admin('DELETE', `${acme}/invitations/${again?.['id']}`)).status, 204)
  assert.deepEqual(outcome(await admin('DELETE', `${acme}/invitations/${again?.['id']}`)), [404, 'Invitation not found'])
  const opened = await newBrowser().get(link)
  assert.equal(opened.status, 400)
  assert.match(text(opened), /The link you clicked is no longer valid\. It may have expired or already been used\./)
})

test('somebody without an account registers by the link and is a managed member', async () => {
  assert.equal((await invite('invite-user', { email: 'olena@acme.com' })).status, 204)
  await sink.next()
  const link = await linkOf('olena@acme.com')
  const browser = newBrowser()
  const form = await browser.follow(await browser.get(link))
  assert.match(text(form), /Create an account to join the Acme organization/)
  assert.ok(formsOf(form.text, baseOf(realm)).length > 0)
  const word = 'olena-password-1'
  const fields = { username: 'olena', firstName: 'О', lastName: 'Л', password: word, 'password-confirm': word }
  const other = await browser.follow(await browser.submit(form, 'email', { ...fields, email: 'other@acme.com' }))
  assert.match(text(other), /Email does not match the invitation/)
  const done = await browser.submit(other, 'email', { ...fields, email: 'olena@acme.com' })
  const last = done.headers.location?.startsWith('https://') ? done : await browser.follow(done)
  assert.match(String(last.headers.location), /^https:\/\/acme\.example\/home\?.*code=/)
  assert.equal(await membership('olena'), 'MANAGED')
  assert.deepEqual(await invitations('?email=olena@acme.com'), [])
  assert.equal((await newBrowser().get(link)).status, 400)
})

test('an address of another domain is as good for an invitation', async () => {
  await invite('invite-user', { email: 'petro@else.com' })
  await sink.next()
  const browser = newBrowser()
  const form = await browser.follow(await browser.get(await linkOf('petro@else.com')))
  const word = 'petro-password-1'
  const fields = { username: 'petro', email: 'petro@else.com', firstName: 'П', lastName: 'О', password: word, 'password-confirm': word }
  const answer = await browser.follow(await browser.submit(form, 'email', fields))
  assert.match(String(answer.headers.location), /^https:\/\/acme\.example\/home/)
  assert.equal(await membership('petro'), 'MANAGED')
})

test('somebody with an account becomes a member by a click behind the link', async () => {
  assert.equal((await invite('invite-existing-user', { id: users.get('bohdan') ?? '' })).status, 204)
  await sink.next()
  assert.deepEqual(outcome(await invite('invite-existing-user', { id: users.get('bohdan') ?? '' })), [409, 'conflict'])
  if (server.onReference) await sink.next()
  const link = await linkOf('bohdan@example.com')
  const browser = newBrowser()
  const page = await browser.get(link)
  assert.match(text(page), /You are about to join organization Acme/)
  assert.equal(await membership('bohdan'), undefined)
  const proceed = /href="([^"]*action-token[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail('no link')
  const joined = await browser.get(proceed)
  assert.deepEqual([joined.status, joined.headers.location], [302, 'https://acme.example/home'])
  assert.equal(await membership('bohdan'), 'UNMANAGED')
  const again = await browser.get(link)
  assert.equal(again.status, 400)
  assert.match(text(again), /You are already a member of the Acme organization\./)
})

test('who has an account is asked to join even when only the address is invited', async () => {
  await invite('invite-user', { email: 'halyna@example.com' })
  await sink.next()
  const [invitation] = await invitations('?email=halyna@example.com')
  assert.match(String(invitation?.['inviteLink']), /action-token\?key=/)
  await admin('POST', `${acme}/members`, users.get('halyna'))
  assert.deepEqual(outcome(await invite('invite-user', { email: 'halyna@example.com' })), [409, 'User already has a pending invitation'])
  await admin('DELETE', `${acme}/invitations/${invitation?.['id']}`)
  assert.deepEqual(outcome(await invite('invite-user', { email: 'halyna@example.com' })), [
    409,
    'User already a member of the organization',
  ])
})

test('a link is good in its realm alone, and not for another purpose', async () => {
  await invite('invite-existing-user', { id: users.get('ivan') ?? '' })
  await sink.next()
  const link = await linkOf('ivan@example.com')
  const elsewhere = await newBrowser().get(link.replace(`/realms/${name}/`, '/realms/org-silent/'))
  assert.equal(elsewhere.status, 400)
  const key = new URL(link).searchParams.get('key') ?? ''
  const forged = `${key.slice(0, -4)}AAAA`
  for (const token of ['abc', forged]) {
    const opened = await newBrowser().get(
      `${realm.url}/protocol/openid-connect/registrations?response_type=code&client_id=account&token=${token}`,
    )
    assert.equal(opened.status, 400)
  }
  assert.equal(await membership('ivan'), undefined)
})

test('a managed member is removed as a user, another one stays', async () => {
  const member = async (username: string): Promise<string> =>
    String(list(await admin('GET', `${acme}/members?search=${username}&exact=true`))[0]?.['id'])
  const olena = await member('olena')
  assert.equal((await admin('DELETE', `${acme}/members/${olena}`)).status, 204)
  assert.equal((await admin('GET', `${path}/users/${olena}`)).status, 404)
  const bohdan = await member('bohdan')
  assert.equal((await admin('DELETE', `${acme}/members/${bohdan}`)).status, 204)
  assert.equal((await admin('GET', `${path}/users/${bohdan}`)).status, 200)
})
