import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser, visibleText } from '../server/browser.ts'
import type { Answer, Json } from '../server/call.ts'
import { appClient, callback, entrance } from '../server/login.ts'
import { serverOfFile } from '../server.ts'

const password = 'first-password'
const scope = (name: string, attributes: Record<string, string>) => ({
  name,
  protocol: 'openid-connect',
  attributes: { 'display.on.consent.screen': 'true', ...attributes },
})
const asking = {
  ...appClient,
  consentRequired: true,
  defaultClientScopes: ['basic', 'third', 'first', 'second', 'unseen'],
  attributes: {
    'display.on.consent.screen': 'true',
    'consent.screen.text': 'Your shelf of books',
    logoUri: 'https://app.example/logo.png',
    policyUri: 'https://app.example/policy',
    tosUri: 'https://app.example/terms',
  },
}

const name = 'consent-pages'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      users: [
        {
          ...{ username: 'ann', enabled: true, email: 'ann@example.test', emailVerified: true, firstName: 'Ann', lastName: 'Lee' },
          credentials: [{ type: 'password', value: password }],
        },
      ],
    },
  ],
})
const realm = server.realm(name)
for (const made of [
  scope('third', { 'consent.screen.text': 'Scope three' }),
  scope('second', { 'gui.order': '10', 'consent.screen.text': 'Scope two' }),
  scope('first', { 'gui.order': '2' }),
  scope('unseen', { 'display.on.consent.screen': 'false' }),
])
  assert.equal((await server.admin('POST', `/realms/${name}/client-scopes`, made)).status, 201)
for (const made of [asking, { ...asking, clientId: 'plain', name: 'Plain App', attributes: {} }])
  assert.equal((await server.admin('POST', `/realms/${name}/clients`, made)).status, 201)

async function consentPage(clientId: string, browser = openBrowser(server.url)): Promise<Answer> {
  const form = await browser.get(entrance(realm, { client_id: clientId }))
  return browser.follow(await browser.submit(form, 'password', { username: 'ann', password }))
}

test('the page of consent names what the client wants in the order of its scopes, and where its policy and terms are', async () => {
  const browser = openBrowser(server.url)
  const page = await consentPage('app', browser)
  assert.match(visibleText(page.text), /first.*Scope two.*Your shelf of books.*Scope three/)
  assert.doesNotMatch(visibleText(page.text), /unseen|basic/)
  for (const url of ['https://app.example/policy', 'https://app.example/terms']) assert.ok(page.text.includes(`href="${url}"`), url)
  assert.ok(page.text.includes('src="https://app.example/logo.png"'))
  const done = await browser.submit(page, 'accept', { accept: 'Yes' })
  assert.ok(String(done.headers.location).startsWith(callback))
  const [user] = (await server.admin('GET', `/realms/${name}/users?username=ann`)).json as unknown as [{ id: string }]
  const [given] = (await server.admin('GET', `/realms/${name}/users/${user.id}/consents`)).json as unknown as [Json]
  assert.deepEqual([...(given['grantedClientScopes'] as string[])].sort(), ['app', 'first', 'second', 'third'])
  const again = await browser.get(entrance(realm, { prompt: 'none' }))
  assert.ok(new URL(String(again.headers.location)).searchParams.has('code'))
})

test('a client that does not ask for itself, and has no pages, shows its scopes alone', async () => {
  const page = await consentPage('plain')
  assert.match(visibleText(page.text), /first.*Scope two.*Scope three/)
  assert.doesNotMatch(page.text, /target="_blank"|Your shelf|<img/)
})
