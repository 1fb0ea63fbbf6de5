import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absoluteClientUrl } from './client-url.ts'

const base = 'https://id.example/auth'
const of = (rootUrl: string | undefined, url: string | undefined): string | undefined =>
  absoluteClientUrl({ doc: rootUrl === undefined ? {} : { rootUrl } }, base, url)

test('an absolute address is taken as it is', () => {
  assert.equal(of('https://root.example', 'https://app.example/out?x=1'), 'https://app.example/out?x=1')
  assert.equal(of(undefined, 'http://127.0.0.1:8080/out'), 'http://127.0.0.1:8080/out')
})

test('a path belongs to the root URL, and without one to the host of the server', () => {
  assert.equal(of('https://root.example/app', '/out'), 'https://root.example/app/out')
  assert.equal(of(undefined, '/out'), 'https://id.example/out')
})

test('placeholders stand for the server', () => {
  const placeholder = (name: string): string => `\${${name}}`
  assert.equal(of(placeholder('authBaseUrl'), '/realms/x/account/'), 'https://id.example/auth/realms/x/account/')
  assert.equal(of(undefined, `${placeholder('authAdminUrl')}/admin`), 'https://id.example/auth/admin')
})

test('what is no web address leads nowhere', () => {
  for (const url of [undefined, '', 'javascript:alert(1)', 'data:text/html,x', 'myapp:/out', 'https://'])
    assert.equal(of(undefined, url), undefined)
  assert.equal(of('javascript:', '//alert(1)'), undefined)
})
