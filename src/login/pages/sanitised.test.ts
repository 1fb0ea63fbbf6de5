import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sanitised } from './sanitised.ts'

const link = (href: string): string => `<a href="${href}" rel="nofollow noopener noreferrer">`

test('markup that an administrator may write stays', () => {
  const table: [string, string][] = [
    ['plain', 'plain'],
    ['<div class="kc-logo-text"><span>Keycloak</span></div>', '<div class="kc-logo-text"><span>Keycloak</span></div>'],
    ['<b>a</b><br/><i>b</i>', '<b>a</b><br><i>b</i>'],
    ['<img src="https://x.example/l.png" alt="logo">', '<img src="https://x.example/l.png" alt="logo">'],
    ['<a href="https://x.example/?a=1&amp;b=2">x</a>', `${link('https://x.example/?a=1&amp;b=2')}x</a>`],
    ['<a href="/terms">x</a>', `${link('/terms')}x</a>`],
    ['© &copy; &amp; & a<b', '© &copy; &amp; &amp; a&lt;b'],
    ['<p>a<p>b', '<p>a<p>b</p></p>'],
  ]
  for (const [given, expected] of table) assert.equal(sanitised(given).text, expected, given)
})

test('scripts, styles, forms and strange addresses do not', () => {
  const table: [string, string][] = [
    ['<script>alert(1)</script>x', 'x'],
    ['<SCRIPT src=//x.example/a.js></SCRIPT >x', 'x'],
    ['<script>alert(1)', ''],
    ['<style>*{display:none}</style>x', 'x'],
    ['<svg><a href="javascript:1">x</a></svg>y', 'y'],
    ['<b onclick="x()" style="color:red">x</b>', '<b>x</b>'],
    ['<img src=x onerror=alert(1)>', '<img>'],
    ['<img src="data:image/svg+xml,<svg onload=alert(1)>">', '<img>'],
    ['<a href="javascript:alert(1)">x</a>', '<a rel="nofollow noopener noreferrer">x</a>'],
    ['<a href="java&#115;cript:alert(1)">x</a>', '<a rel="nofollow noopener noreferrer">x</a>'],
    ['<a href=" javascript:alert(1)">x</a>', '<a rel="nofollow noopener noreferrer">x</a>'],
    ['<a href="//evil.example">x</a>', '<a rel="nofollow noopener noreferrer">x</a>'],
    ['<a href="/\\evil.example">x</a>', '<a rel="nofollow noopener noreferrer">x</a>'],
    ['<form action="https://evil.example"><input name=a><button>x</button></form>', 'x'],
    ['<b/onclick=alert(1)>x</b>', '<b>x</b>'],
    ['</div></main>x', 'x'],
    ['<b>x</i></b></b>', '<b>x</b>'],
    ['<!-- <b> -->x', 'x'],
    ['<!--', ''],
    ['<b title="a>b">x</b>', '<b title="a&gt;b">x</b>'],
    ['<b title="&quot; onclick=&quot;x">x</b>', '<b title="&quot; onclick=&quot;x">x</b>'],
    ['<b title="unclosed>x', '&lt;b title=&quot;unclosed&gt;x'],
    ['<<b>x', '&lt;<b>x</b>'],
    ['<a href="&colon;&Tab;java">x</a>', '<a rel="nofollow noopener noreferrer">x</a>'],
  ]
  for (const [given, expected] of table) assert.equal(sanitised(given).text, expected, given)
})

test('nothing that looks like an event handler, a script or an open element comes out of broken markup', () => {
  const pieces = [
    '<',
    '>',
    '"',
    "'",
    '<b',
    '<a href=',
    'javascript:',
    '<script',
    '</script>',
    'onerror=',
    '=',
    ' ',
    '<img src=',
    '/',
    '&',
    '<!--',
  ]
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed
  }
  for (let round = 0; round < 5_000; round += 1) {
    const given = Array.from({ length: 1 + (random() % 9) }, () => pieces[random() % pieces.length]).join('')
    const { text } = sanitised(given)
    const tags = text.match(/<[^>]*>/g) ?? []
    for (const tag of tags) {
      assert.match(tag, /^<\/?(?:a|b|img)(?: (?:href|src|rel)="[^"<>]*")*>$/, `${given} → ${text}`)
      assert.doesNotMatch(tag, /(?:href|src)="\s*javascript/i, given)
    }
    assert.doesNotMatch(text.replace(/<[^>]*>/g, ''), /[<>]/, `${given} → ${text}`)
  }
})

test('a text that is too long is shown as it is written', () => {
  assert.match(sanitised('<b>'.repeat(20_000)).text, /^&lt;b&gt;/)
})
