import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../realm/model.ts'
import { allowsPostLogoutRedirect, postLogoutRedirectUris, withState } from './post-logout-redirect.ts'

const base = 'https://id.example/auth'
const clientWith = (listed: string | undefined, redirectUris: string[] = ['https://app.example/*'], rootUrl = ''): Client =>
  ({ attributes: listed === undefined ? {} : { 'post.logout.redirect.uris': listed }, doc: { redirectUris, rootUrl } }) as unknown as Client
const urisOf = (listed: string | undefined, redirectUris?: string[], rootUrl?: string): readonly string[] =>
  postLogoutRedirectUris(clientWith(listed, redirectUris, rootUrl), base)

test('an absent or empty list, and +, stand for the redirect URIs', () => {
  for (const listed of [undefined, '', '+']) assert.deepEqual(urisOf(listed), ['https://app.example/*'])
  assert.deepEqual(urisOf('+##https://other.example/out'), ['https://app.example/*', 'https://other.example/out'])
  assert.deepEqual(urisOf(undefined, []), [])
})

test('a list that begins with - is empty, whatever follows', () => {
  assert.deepEqual(urisOf('-'), [])
  assert.deepEqual(urisOf('-##https://app.example/out'), [])
})

test('a path belongs to the root URL', () => {
  assert.deepEqual(urisOf('/out##/more/*', [], 'https://root.example'), ['https://root.example/out', 'https://root.example/more/*'])
})

test('a list replaces the redirect URIs', () => {
  const client = clientWith('https://app.example/bye')
  assert.equal(allowsPostLogoutRedirect(client, base, 'https://app.example/bye'), true)
  for (const uri of ['https://app.example/cb', 'https://app.example/bye/', 'https://app.example/bye?x=1', 'https://evil.example/bye'])
    assert.equal(allowsPostLogoutRedirect(client, base, uri), false, uri)
})

test('the state goes behind the query and before the fragment', () => {
  assert.equal(withState('https://app.example/bye', undefined), 'https://app.example/bye')
  assert.equal(withState('https://app.example/bye', 'a b&é'), 'https://app.example/bye?state=a+b%26%C3%A9')
  assert.equal(withState('https://app.example/bye?x=1', 's'), 'https://app.example/bye?x=1&state=s')
  assert.equal(withState('https://app.example/#/bye', 's'), 'https://app.example/?state=s#/bye')
  assert.equal(withState('myapp:/out', 's'), 'myapp:/out?state=s')
})

test('characters that a header cannot have are encoded', () => {
  assert.equal(withState('https://app.example/é\r\nset-cookie: a=b', undefined), 'https://app.example/%C3%A9%0D%0Aset-cookie:%20a=b')
})
