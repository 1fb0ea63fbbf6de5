import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { en } from '../../login/messages/en.ts'
import { aRealm, aRequest } from '../../login/pages/fixtures/realm.ts'
import type { PageContent } from '../../login/pages/page.ts'
import { noThemes } from '../../login/themes.ts'
import { draw } from './draw.ts'
import { registrySamples } from './fixtures/samples.ts'

const nasty = "\"><script>alert(1)</script><b onclick='x'>&amp;"

const render = (content: PageContent, locale = 'en'): string => {
  const realm = aRealm({ internationalizationEnabled: true, supportedLocales: ['en', 'uk'], defaultLocale: locale })
  return String(draw({ realm, request: aRequest(), services: { themes: noThemes } }, content).body)
}

const tags = (page: string): string[] => page.match(/<[a-z][^\s>]*(?:"[^"]*"|[^">])*>/g) ?? []
const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
const valuesOf = (page: string, name: string): string[] => tags(page).flatMap((tag) => attribute(tag, name) ?? [])

for (const { name, make } of registrySamples) {
  test(`${name}: whatever is shown is escaped`, () => {
    const page = render(make((text) => text + nasty))
    assert.doesNotMatch(page, /<script>|<b |onclick='/)
    for (const script of page.match(/<script[^>]*>/g) ?? []) assert.match(script, /^<script type="module" src="[^"<>]+">$/)
  })

  test(`${name}: no inline script or style, every id once, every field labelled, every form of a person with its token`, () => {
    const page = render(
      make((text) => text),
      'uk',
    )
    for (const tag of tags(page)) assert.doesNotMatch(tag, /\s(?:on[a-z]+|style)=/, tag)
    const ids = valuesOf(page, 'id')
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    )
    const labelled = new Set(valuesOf(page, 'for'))
    for (const tag of tags(page).filter((one) => /^<(?:input|select|textarea)/.test(one) && attribute(one, 'type') !== 'hidden'))
      assert.ok(labelled.has(attribute(tag, 'id') ?? '') || attribute(tag, 'aria-label'), tag)
    for (const form of page.match(/<form\b[^>]*method="post"[\s\S]*?<\/form>/g) ?? []) assert.match(form, /name="csrf" value="c5rf"/)
  })

  test(`${name}: every text is there in Ukrainian`, () => {
    const words = render(
      make((text) => text),
      'uk',
    )
      .replace(/<(script|style|head|option)\b[\s\S]*?<\/\1>/g, '')
      .replace(/<nav id="kc-locale"[\s\S]*?<\/nav>/, '')
    assert.doesNotMatch(words, /registry[A-Z]\w+</)
  })
}

test('every message key of the pages has a text', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const keys = files.flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/'(registry[A-Z]\w+)'/g)].map(([, key = '']) => key),
  )
  assert.ok(keys.length > 50)
  assert.deepEqual(
    [...new Set(keys)].filter((key) => !Object.hasOwn(en, key)),
    [],
  )
  const used = new Set(keys)
  assert.deepEqual(
    Object.keys(en).filter((key) => /^registry[A-Z]/.test(key) && !used.has(key)),
    [],
  )
})
