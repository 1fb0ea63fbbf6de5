import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aRealm } from '../pages/fixtures/realm.ts'
import { en } from './en.ts'
import { format } from './format.ts'
import { findText, languages } from './texts.ts'
import { uk } from './uk.ts'

const places = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort()

test('every language has the keys of English, no empty text, and the same places for values', () => {
  for (const [language, texts] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort(), language)
    for (const [key, text] of Object.entries(texts)) {
      assert.notEqual(text.trim(), '', `${language} ${key}`)
      assert.deepEqual(places(text), places(en[key as keyof typeof en]), `${language} ${key}`)
    }
  }
})

test('Ukrainian texts are Ukrainian: no Latin words but names, no letters of Russian, the typographic apostrophe', () => {
  const names =
    /^(?:FreeOTP|Google|Microsoft|Authenticator|USB|NFC|Bluetooth|HTTPS|URL|WebAuthn|reCAPTCHA|OAuth|ASCII|cookie|bearer|only|response_type|localhost|p|href)$/
  for (const [key, text] of Object.entries(uk)) {
    assert.doesNotMatch(text, /[ыэъё']/i, key)
    for (const word of text.match(/[a-z_]{2,}/gi) ?? []) assert.match(word, names, `${key}: ${word}`)
  }
})

/** Where a literal is a message key. */
const uses = [
  /\b(?:context|texts)\.(?:text|markup)\(\s*'([^']+)'/g,
  /\b(?:title|titleKey|helpKey|messageKey|linkText|problem|codeProblem|labelProblem|passwordProblem|confirmProblem): '([^']+)'/g,
  /\{ kind: '\w+', key: '([^']+)'/g,
  /\b(?:message|problem|\w+Problem|error): \{ key: '([^']+)'/g,
  /new PageError\(\s*'([^']+)'/g,
  /'([a-z][A-Za-z-]+(?:Message|Title))'/g,
]
/** In pages the function is often taken out of its context. */
const usesInPages = [/\btext\(\s*'([^']+)'/g]
/** Settings and notes that are called like messages. */
const notKeys = ['denyErrorMessage', 'errorMessage', 'forwardedSuccessMessage']

test('every message key that the program names has a text', () => {
  const source = join(import.meta.dirname, '..', '..')
  const files = ['login', 'oidc', 'users'].flatMap((room) =>
    readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => join(source, room, path)),
  )
  const missing = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const patterns = file.includes('/pages/') ? [...uses, ...usesInPages] : uses
    const keys = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, key = '']) => key))
    return keys.filter((key) => !notKeys.includes(key) && !Object.hasOwn(en, key)).map((key) => `${file.slice(source.length)}: ${key}`)
  })
  assert.deepEqual(missing, [])
  assert.ok(files.length > 20, 'the files were found')
})

test('a text is the realm’s own, then the theme’s, then the built-in one, then English, and unknown keys have none', () => {
  const realm = aRealm({ localizationTexts: { uk: { doYes: 'Авжеж' }, en: { doNo: 'Nope' } } })
  const theme = { texts: { uk: { doYes: 'Еге ж', doNo: 'Ба ні' }, en: { doLogIn: 'Enter' } } }
  const find = (locale: string, key: string) => findText({ realm, theme }, locale, key)
  assert.equal(find('uk', 'doYes'), 'Авжеж')
  assert.equal(find('uk', 'doNo'), 'Ба ні')
  assert.equal(find('uk', 'doLogIn'), 'Увійти')
  assert.equal(find('en', 'doNo'), 'Nope')
  assert.equal(find('en', 'doLogIn'), 'Enter')
  assert.equal(find('uk-UA', 'doCancel'), 'Скасувати')
  assert.equal(find('de', 'doCancel'), 'Cancel')
  assert.equal(find('en', 'noSuchKey'), undefined)
  assert.equal(find('constructor', 'constructor'), undefined)
})

test('values fill their places; apostrophes and quoted braces are those of the reference', () => {
  const cases: [string, string[], string][] = [
    ['Hello {0}, {1}!', ['a', 'b'], 'Hello a, b!'],
    ['{1} {0} {0}', ['a', 'b'], 'b a a'],
    ["Passwords don''t match.", [], "Passwords don't match."],
    ["Passwords don't match {0}.", ['x'], "Passwords don't match x."],
    ["'{'0}", ['x'], '{0}'],
    ["'{0}' {0}", ['x'], '{0} x'],
    ['{0} of {1,number}', ['1', '2'], '1 of 2'],
    ['{0} stays', [], '{0} stays'],
    ['{0}', ['{1}', 'no'], '{1}'],
    ['{0}', ['$&'], '$&'],
  ]
  for (const [text, values, expected] of cases) assert.equal(format(text, values), expected, text)
})
