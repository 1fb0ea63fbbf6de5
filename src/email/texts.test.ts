import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RealmRepresentation } from '../representations/realm.ts'
import { eventLetter, eventLetterTypes } from './letters.ts'
import { en } from './messages/en.ts'
import { uk } from './messages/uk.ts'
import { mailTexts, realmTitle } from './texts.ts'

const realmOf = (settings: RealmRepresentation) => ({ name: 'shop', settings }) as Parameters<typeof eventLetter>[0]
const translated = { internationalizationEnabled: true, supportedLocales: ['en', 'uk'], defaultLocale: 'en' }

test('every text has a translation with the same places for values', () => {
  const places = (text = ''): string => [...new Set(text.match(/\{\d\}/g))].sort().join()
  const plural = /\.(?:one|few|many|other)$/
  const keys = (texts: Readonly<Record<string, string>>): string[] => Object.keys(texts).filter((key) => !plural.test(key))
  assert.deepEqual(keys(uk), keys(en))
  for (const key of keys(en)) assert.equal(places(uk[key]), places(en[key]), key)
})

test('a period is told in the largest unit without a fraction, in the plural form of the language', () => {
  const period = (seconds: number, locale: string): string => mailTexts(realmOf(translated), locale).period(seconds)
  assert.deepEqual(
    [45, 60, 90, 300, 3_600, 43_200, 86_400, 172_800].map((seconds) => period(seconds, 'en')),
    ['45 seconds', '1 minute', '90 seconds', '5 minutes', '1 hour', '12 hours', '1 day', '2 days'],
  )
  assert.deepEqual(
    [60, 120, 300, 1_260].map((seconds) => period(seconds, 'uk')),
    ['1 хвилина', '2 хвилини', '5 хвилин', '21 хвилина'],
  )
})

test("the realm's own text comes first, and its values are escaped in markup alone", () => {
  const texts = mailTexts(realmOf({ ...translated, localizationTexts: { en: { emailVerificationSubject: "It''s {0}" } } }), 'en')
  assert.equal(texts.text('emailVerificationSubject', '<b>'), "It's <b>")
  assert.equal(texts.markup('emailVerificationSubject', '<b>'), "It's &lt;b&gt;")
  assert.equal(texts.text('noSuchKey'), 'noSuchKey')
})

test('a language that the realm does not have is the default one, and without internationalization all is English', () => {
  assert.equal(mailTexts(realmOf({ ...translated, defaultLocale: 'uk' }), 'fr').locale, 'uk')
  assert.equal(mailTexts(realmOf({ ...translated, internationalizationEnabled: false, defaultLocale: 'uk' }), 'uk').locale, 'en')
})

test('the realm is called by its display name, else by its name with a capital letter', () => {
  assert.equal(realmTitle(realmOf({ displayName: 'The Shop' })), 'The Shop')
  assert.equal(realmTitle(realmOf({ displayName: '' })), 'Shop')
})

test('each event that people are told of has a letter without an empty place', () => {
  const event = { timeMs: Date.UTC(2026, 0, 2, 3, 4), ipAddress: '192.0.2.7', credentialType: 'password' }
  for (const locale of ['en', 'uk']) {
    for (const type of eventLetterTypes) {
      const letter = eventLetter(realmOf(translated), { email: 'ann@example.test', locale }, { ...event, type })
      assert.ok(letter, type)
      assert.doesNotMatch(`${letter.subject}${letter.text}${letter.html}`, /\{\d\}|event[A-Z]/)
      assert.match(letter.text, /2026-01-02 03:04 UTC/)
    }
  }
  assert.equal(eventLetter(realmOf(translated), { email: 'ann@example.test' }, { ...event, type: 'LOGIN' }), undefined)
})
