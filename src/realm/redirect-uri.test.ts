import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Client } from '../realm/model.ts'
import { matchesRedirectUri, registeredRedirectUris, resolveRedirectUri } from './redirect-uri.ts'

interface Recorded {
  readonly clients: Readonly<Record<string, { readonly redirectUris: readonly string[]; readonly rootUrl?: string }>>
  readonly cases: readonly (readonly [client: string, uri: string, allowed: boolean])[]
}

const recorded = JSON.parse(readFileSync(new URL('redirect-uri.recorded.json', import.meta.url), 'utf8')) as Recorded
const baseUrl = 'http://127.0.0.1:8180/auth'
const clientOf = (doc: { readonly redirectUris: readonly string[]; readonly rootUrl?: string }): Client => ({ doc }) as unknown as Client

/** Allowed by the reference, refused here: browsers, servers and people read these in different ways. */
const hardened: ReadonlySet<string> = new Set([
  // Dots and bytes that are no UTF-8, encoded more than once.
  'https://app.example/cb/%252e%252e%252fx',
  'https://app.example/cb/%25252e%25252e/x',
  'https://app.example/cb/%c0%ae%c0%ae/x',
  // Control characters.
  'https://app.example/cb/%0d%0ax',
  'https://app.example/cb/\n',
  'https://app.example/cb/\tx',
  'https://app.example/cb/%00',
  // Our answer's parameters in the fragment.
  'https://app.example/cb/x#code=1',
  // A client with `*`: relative addresses, user info, a way out of the folder.
  ...['/x', '//evil.test/x', 'x', 'http:evil', 'https://a@b@evil.test/', 'https://u@evil.test/', 'https://evil.test/../x'],
  // Ports that are none.
  ...['http://127.0.0.1:99999/cb', 'http://localhost:/cb'],
])

/** Has a page of its own at the reference server. */
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

for (const [name, doc] of Object.entries(recorded.clients)) {
  test(`redirect URIs of a client with ${doc.redirectUris.join(' and ')} (${name}) are allowed as by the reference, or more strictly`, () => {
    const registered = registeredRedirectUris(clientOf(doc), baseUrl)
    const cases = recorded.cases.filter(([client, uri]) => client === name && uri !== outOfBand)
    assert.ok(cases.length > 0)
    for (const [, uri, allowed] of cases) {
      assert.equal(matchesRedirectUri(registered, uri), allowed && !hardened.has(uri), `${JSON.stringify(uri)} for ${registered.join(' ')}`)
    }
  })
}

test('every hardened redirect URI is one that the reference allows', () => {
  const allowed = new Set(recorded.cases.filter(([, , isAllowed]) => isAllowed).map(([, uri]) => uri))
  assert.deepEqual(
    [...hardened].filter((uri) => !allowed.has(uri)),
    [],
  )
})

test('a scheme that runs as script is refused even when it is registered', () => {
  for (const uri of ['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x', 'blob:https://app.example/1']) {
    assert.equal(matchesRedirectUri([uri, `${uri.split(':')[0]}:*`, '*'], uri), false, uri)
  }
})

test('a redirect URI of more than 4000 characters is refused', () => {
  const start = 'https://app.example/'
  assert.equal(matchesRedirectUri(['*'], start + 'x'.repeat(4_000 - start.length)), true)
  assert.equal(matchesRedirectUri(['*'], start + 'x'.repeat(4_001 - start.length)), false)
})

test('without a redirect_uri the only registered one is taken, its trailing wildcard left off, but not for OpenID Connect', () => {
  const sole = clientOf({ redirectUris: ['https://app.example/cb/*'] })
  assert.equal(resolveRedirectUri(sole, undefined, { baseUrl, required: false }), 'https://app.example/cb')
  assert.equal(resolveRedirectUri(sole, undefined, { baseUrl, required: true }), undefined)
  const two = clientOf({ redirectUris: ['https://app.example/a', 'https://app.example/b'] })
  assert.equal(resolveRedirectUri(two, undefined, { baseUrl, required: false }), undefined)
  assert.equal(resolveRedirectUri(clientOf({ redirectUris: ['*'] }), undefined, { baseUrl, required: false }), undefined)
  assert.equal(resolveRedirectUri(clientOf({ redirectUris: [] }), undefined, { baseUrl, required: false }), undefined)
})

test('a root URL may name the server itself by a placeholder', () => {
  const client = clientOf({ redirectUris: ['/realms/x/account/*'], rootUrl: '${' + 'authBaseUrl}' })
  assert.equal(resolveRedirectUri(client, `${baseUrl}/realms/x/account/y`, { baseUrl, required: true }), `${baseUrl}/realms/x/account/y`)
})
