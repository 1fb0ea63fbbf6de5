import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionOf, cookiesOf } from './code.ts'

const answer = (body: string, cookies: string[] = []) => ({ status: 200, headers: { 'set-cookie': cookies }, body })

test('the login form is found by its id among others, and its address is read as HTML', () => {
  const page = '<form action="/other"></form><form class="x" id="kc-form-login" action="http://h/a?b=1&amp;c=2" method="post">'
  assert.equal(actionOf(answer(page)), 'http://h/a?b=1&c=2')
})

test('a page without the form is told by its status', () => {
  assert.throws(() => actionOf(answer('We are sorry')), /no login form: 200 We are sorry/)
})

test('cookies go back without their attributes', () => {
  assert.equal(cookiesOf(answer('', ['A=1; Path=/; HttpOnly', 'B="2"'])), 'A=1; B="2"')
})
