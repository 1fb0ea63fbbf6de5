import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { parseResponseType } from '../response-type.ts'
import { formPage } from './form-post.ts'
import { inFragment, inQuery } from './response-mode.ts'
import { findResponseMode } from './response-modes.ts'

const answer = [
  ['state', 'a b&c=d%20+ü#/?"<>'],
  ['code', 'x.y.z'],
] as const
const encoded = 'state=a+b%26c%3Dd%2520%2B%C3%BC%23%2F%3F%22%3C%3E&code=x.y.z'

test('an answer in the query follows the redirect URI and its own query, before a fragment', () => {
  assert.equal(inQuery('https://app.example/cb', answer), `https://app.example/cb?${encoded}`)
  assert.equal(inQuery('https://app.example/cb?', answer), `https://app.example/cb?${encoded}`)
  assert.equal(inQuery('https://app.example/cb?a=1', answer), `https://app.example/cb?a=1&${encoded}`)
  assert.equal(inQuery('https://app.example/cb?a=1#f', answer), `https://app.example/cb?a=1&${encoded}#f`)
  assert.equal(inQuery('myapp:cb', answer), `myapp:cb?${encoded}`)
})

test('an answer in the fragment follows the redirect URI and its own fragment', () => {
  assert.equal(inFragment('https://app.example/cb?a=1', answer), `https://app.example/cb?a=1#${encoded}`)
  assert.equal(inFragment('https://app.example/cb#f', answer), `https://app.example/cb#f&${encoded}`)
})

test('a redirect URI beyond ASCII is percent-encoded, and nothing of it twice', () => {
  assert.equal(inQuery('https://app.example/ü/%20?é=1', [['a', '1']]), 'https://app.example/%C3%BC/%20?%C3%A9=1&a=1')
})

test('the mode is the one that was named, else query for a code and fragment for tokens; jwt is the same, signed', () => {
  const mode = (named: string | undefined, type: string) => findResponseMode(named, parseResponseType(type))?.id
  assert.deepEqual([mode(undefined, 'code'), mode(undefined, 'none'), mode(undefined, 'code token')], ['query', 'query', 'fragment'])
  assert.deepEqual([mode('jwt', 'code'), mode('jwt', 'id_token'), mode('jwt', 'magic')], ['query.jwt', 'fragment.jwt', 'query.jwt'])
  for (const id of ['query', 'fragment', 'form_post', 'query.jwt', 'fragment.jwt', 'form_post.jwt']) assert.equal(mode(id, 'code'), id)
  for (const id of ['', 'QUERY', 'magic', 'query_jwt']) assert.equal(mode(id, 'code'), undefined)
})

test('the form_post page escapes every value and runs no script but its own', () => {
  const hostile = '"><script>alert(1)</script>&\''
  const { body, headers } = formPage(`https://app.example/cb?a=${hostile}`, [
    ['state', hostile],
    [hostile, 'x'],
  ])
  const text = String(body)
  const scripts = [...text.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script ?? '')
  assert.equal(scripts.length, 1)
  const policy = String(headers?.['content-security-policy'])
  assert.ok(policy.includes(`script-src 'sha256-${createHash('sha256').update(String(scripts[0])).digest('base64')}'`), policy)
  assert.ok(policy.includes("default-src 'none'") && !policy.includes('unsafe-'), policy)
  assert.ok(text.includes('name="state" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;"'))
  assert.equal(text.match(/<form/g)?.length, 1)
})

test('the form_post page works without JavaScript: a button posts the same form', () => {
  const text = String(formPage('https://app.example/cb', [['code', 'x']]).body)
  assert.match(
    text,
    /<form method="post" action="https:\/\/app\.example\/cb">[\s\S]*<noscript>[\s\S]*<button type="submit">[\s\S]*<\/noscript>[\s\S]*<\/form>/,
  )
})
