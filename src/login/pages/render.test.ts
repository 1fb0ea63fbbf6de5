import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PageError } from '../../http/errors.ts'
import { html } from '../../http/html.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { builtInFiles } from '../resources.ts'
import { errorPage } from './error.ts'
import { aRealm, aRequest } from './fixtures/realm.ts'
import { samples } from './fixtures/samples.ts'
import type { PageContent } from './page.ts'
import { type RenderContext, renderPage } from './render.ts'

const nasty = "\"><script>alert(1)</script><b onclick='x'>&amp;"
const plain = (text: string): string => text

const render = (content: PageContent, more: Partial<RenderContext> = {}): string =>
  String(renderPage({ realm: aRealm(), client: undefined, request: aRequest(), ...more }, content).body)

const spoken = (locale: string, more: RealmRepresentation = {}) =>
  aRealm({ internationalizationEnabled: true, supportedLocales: ['en', 'uk'], defaultLocale: locale, ...more })

const sampleOf = (name: string): PageContent => {
  const sample = samples.find((one) => one.name === name)
  assert.ok(sample, name)
  return sample.make(plain)
}

const tags = (page: string): string[] => page.match(/<[a-z][^\s>]*(?:"[^"]*"|[^">])*>/g) ?? []
const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
const valuesOf = (page: string, name: string): string[] => tags(page).flatMap((tag) => attribute(tag, name) ?? [])

test('every page function has a sample', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const exported = await Promise.all(files.map(async (file) => Object.keys(await import(join(import.meta.dirname, file)))))
  const drawing = ['renderPage', 'renderBarePage', 'errorPage']
  const functions = exported.flat().filter((name) => /(?:Page|Content)$/.test(name) && !drawing.includes(name))
  assert.deepEqual([...new Set(samples.map(({ of }) => of))].sort(), functions.sort())
})

for (const { name, make } of samples) {
  test(`${name}: whatever is shown is escaped`, () => {
    for (const locale of ['en', 'uk']) {
      const realm = spoken(locale, { displayName: nasty })
      const page = render({ ...make((text) => text + nasty), url: `/x?a=${nasty}` }, { realm })
      assert.doesNotMatch(page, /<script>|<b |onclick='/, 'escaped')
      for (const script of page.match(/<script[^>]*>/g) ?? []) assert.match(script, /^<script type="module" src="[^"<>]+">$/)
      assert.equal(page.match(/<html/g)?.length, 1)
    }
  })

  test(`${name}: no inline script or style, every id once, every field labelled, one heading of the first level`, () => {
    const page = render(make(plain), { realm: spoken('uk') })
    for (const tag of tags(page)) {
      assert.doesNotMatch(tag, /\s(?:on[a-z]+|style)=/, tag)
      if (tag.startsWith('<script')) assert.match(tag, /\ssrc="/)
    }
    assert.doesNotMatch(page, /<style|javascript:/)
    const ids = valuesOf(page, 'id')
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    )
    const labelled = new Set(valuesOf(page, 'for'))
    for (const tag of tags(page).filter((one) => /^<(?:input|select|textarea)/.test(one) && attribute(one, 'type') !== 'hidden')) {
      assert.ok(labelled.has(attribute(tag, 'id') ?? '') || attribute(tag, 'aria-label'), tag)
    }
    for (const tag of tags(page).filter((one) => one.startsWith('<img'))) assert.match(tag, /\salt="/, tag)
    for (const tag of tags(page).filter((one) => one.startsWith('<iframe'))) assert.match(tag, /\stitle="[^"]/, tag)
    for (const id of valuesOf(page, 'aria-describedby').flatMap((list) => list.split(' '))) assert.ok(ids.includes(id), id)
    for (const id of valuesOf(page, 'aria-controls')) assert.ok(ids.includes(id), id)
    assert.equal(page.match(/<h1/g)?.length, 1)
    assert.match(page, /<html class="login-pf" lang="uk" dir="ltr">/)
    assert.match(page, /<main /)
    assert.equal(page.match(/<main/g)?.length, 1)
  })

  test(`${name}: every text is translated`, () => {
    const page = render(make(plain), { realm: spoken('uk', { displayName: 'Реєстр' }) })
    const heading = /<h1[^>]*>([^<]*)/.exec(page)?.[1] ?? ''
    assert.match(heading, /[а-щьюяєіїґ]/i)
    assert.doesNotMatch(page, />\s*[a-z]+(?:[A-Z-][a-z]+)+(?:Message|Title)?\s*</, 'a key instead of a text')
  })
}

test('the pages of a login have the element ids and field names that scripts know', () => {
  const table: [string, string[], string[]][] = [
    [
      'login',
      ['kc-header', 'kc-page-title', 'kc-content', 'kc-form-login', 'username', 'password', 'rememberMe', 'id-hidden-input', 'kc-login'],
      ['username', 'password', 'rememberMe', 'credentialId', 'login'],
    ],
    ['login-wrong', ['input-error-username', 'kc-form-login'], ['username', 'password', 'login']],
    ['login-again', ['kc-attempted-username', 'reset-login', 'password', 'kc-login'], ['password', 'credentialId', 'login']],
    ['login-providers', ['kc-social-providers', 'social-state', 'social-github'], ['username', 'password']],
    ['login-username', ['username', 'kc-registration', 'kc-login'], ['username', 'login']],
    ['login-password', ['kc-attempted-username', 'input-error-password', 'try-another-way'], ['password', 'tryAnotherWay']],
    ['login-otp', ['kc-otp-login-form', 'otp', 'kc-login', 'input-error-otp'], ['otp', 'login']],
    ['login-otp-devices', ['kc-otp-credential-0', 'kc-otp-credential-2'], ['selectedCredentialId', 'otp']],
    ['select-authenticator', ['kc-select-credential-form'], ['authenticationExecution']],
    ['login-page-expired', ['loginRestartLink', 'loginContinueLink'], []],
    ['login-oauth-grant', ['kc-oauth', 'kc-login', 'kc-cancel'], ['code', 'accept', 'cancel']],
    ['terms', ['kc-terms-text', 'kc-accept', 'kc-decline'], ['accept', 'cancel']],
    ['info', ['kc-info-message'], []],
    ['error', ['kc-error-message', 'backToApplication'], []],
  ]
  for (const [name, ids, names] of table) {
    const page = render(sampleOf(name))
    for (const id of ids) assert.ok(valuesOf(page, 'id').includes(id), `${name}: id ${id}`)
    for (const field of names) assert.ok(valuesOf(page, 'name').includes(field), `${name}: field ${field}`)
  }
})

test('headers are those of the reference', () => {
  const { status, headers } = renderPage({ realm: aRealm(), client: undefined, request: aRequest() }, sampleOf('login'))
  assert.equal(status, 200)
  assert.deepEqual(headers, {
    'content-type': 'text/html;charset=utf-8',
    'cache-control': 'no-store, must-revalidate, max-age=0',
    'content-language': 'en',
    'content-security-policy': "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'x-robots-tag': 'none',
  })
})

test('a realm’s own security headers take the place of the defaults', () => {
  const browserSecurityHeaders = {
    contentSecurityPolicy: "frame-ancestors 'self' https://app.example",
    contentSecurityPolicyReportOnly: '',
    xFrameOptions: '',
    xRobotsTag: 'noindex',
    unknownHeader: 'x',
  }
  const realm = aRealm({ browserSecurityHeaders })
  const { headers = {} } = renderPage({ realm, client: undefined, request: aRequest() }, sampleOf('login'))
  assert.equal(headers['content-security-policy'], "frame-ancestors 'self' https://app.example")
  assert.equal(headers['x-frame-options'], '')
  assert.equal(headers['x-robots-tag'], 'noindex')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  assert.deepEqual(
    ['content-security-policy-report-only', 'unknownHeader'].filter((name) => name in headers),
    [],
  )
})

test('scripts and styles may come from this server alone', () => {
  const page = render(sampleOf('login'))
  assert.match(page, /<meta http-equiv="Content-Security-Policy" content="script-src &#39;self&#39;; style-src &#39;self&#39;;/)
  const files = [
    ...valuesOf(page, 'src'),
    ...tags(page)
      .filter((tag) => tag.startsWith('<link'))
      .flatMap((tag) => attribute(tag, 'href') ?? []),
  ]
  assert.equal(files.length, 3)
  for (const file of files) {
    const path = new RegExp(`^/auth/resources/${builtInFiles.version}/login/ostiary/(.+)$`).exec(file)?.[1]
    assert.ok(builtInFiles.files.has(path ?? ''), file)
  }
})

test('the language links lead back to the same page and leave one-time parameters out', () => {
  const page = render(sampleOf('login'), { realm: spoken('en') })
  const links = [...page.matchAll(/<a id="language-\d" href="([^"]*)" lang="(\w+)"[^>]*>([^<]*)</g)]
  assert.deepEqual(
    links.map(([, href = '', lang, text]) => [href.replaceAll('&amp;', '&'), lang, text]),
    [
      ['/auth/realms/demo/login-actions/authenticate?execution=e1&client_id=app&tab_id=t1&kc_locale=en', 'en', 'English'],
      ['/auth/realms/demo/login-actions/authenticate?execution=e1&client_id=app&tab_id=t1&kc_locale=uk', 'uk', 'Українська'],
    ],
  )
  const elsewhere = render({ ...sampleOf('login'), url: 'https://id.example/auth/realms/demo/x?tab_id=t2' }, { realm: spoken('en') })
  assert.match(elsewhere, /href="\/auth\/realms\/demo\/x\?tab_id=t2&amp;kc_locale=uk"/)
})

test('kc_locale changes the language of a page of a login, but not at the authorization endpoint', () => {
  const asked = (path: string) => {
    const request = aRequest({ path, queryText: 'kc_locale=uk' })
    return renderPage({ realm: spoken('en'), client: undefined, request }, sampleOf('login')).headers?.['content-language']
  }
  assert.equal(asked('/realms/demo/login-actions/authenticate'), 'uk')
  assert.equal(asked('/realms/demo/protocol/openid-connect/auth'), 'en')
})

test('a realm without internationalization offers no languages', () => {
  assert.doesNotMatch(render(sampleOf('login'), { realm: aRealm({ supportedLocales: ['en', 'uk'] }) }), /kc-locale/)
})

test('the header shows the realm’s name, with markup when the realm has some', () => {
  const header = (settings: RealmRepresentation): string | undefined =>
    /<div id="kc-header-wrapper"[^>]*>(.*?)<\/div><\/header>/s.exec(render(sampleOf('login'), { realm: aRealm(settings) }))?.[1]
  assert.equal(header({ displayName: 'A & B' }), 'A &amp; B')
  assert.equal(header({ displayName: '' }), 'demo')
  assert.equal(header({ displayNameHtml: '<b onclick="x()">A</b><script>1</script>' }), '<b>A</b>')
})

test('a realm’s own text is shown instead of the built-in one', () => {
  const realm = aRealm({ localizationTexts: { en: { loginAccountTitle: "It''s {0} <b>here</b>", termsText: '<p>Be <b>good</b></p>' } } })
  assert.match(render(sampleOf('login'), { realm }), /id="kc-page-title">It&#39;s \{0\} &lt;b&gt;here&lt;\/b&gt;</)
  assert.match(render(sampleOf('terms'), { realm }), /<p>Be <b>good<\/b><\/p>/)
})

test('links of a client that are no web addresses are not shown', () => {
  const sample = samples.find(({ name }) => name === 'login-oauth-grant')
  const page = render(sample?.make((text) => text.replace(/^https:.*/, 'javascript:alert(1)')) ?? sampleOf('login'))
  assert.doesNotMatch(page, /javascript|terms of service/)
})

test('names of clients and scopes may be message keys', () => {
  const content: PageContent = {
    name: 'x',
    title: 'oauthGrantTitle',
    titleValues: [['$', '{client_account}'].join('')],
    body: () => html``,
  }
  assert.match(render(content), /Grant Access to Account</)
})

test('a page has the status and the message that its content says', () => {
  const content: PageContent = {
    name: 'x',
    title: 'errorTitle',
    message: { kind: 'error', key: 'missingParameterMessage', values: ['<id>'] },
    status: 410,
    body: () => html``,
  }
  const { status, body } = renderPage({ realm: aRealm(), client: undefined, request: aRequest() }, content)
  assert.equal(status, 410)
  assert.match(String(body), /pf-m-danger.*id="input-error">Missing parameters: &lt;id&gt;</s)
})

test('an error outside of any realm is a page in English with the status of the error', () => {
  const { status, headers, body } = errorPage(new PageError('pageNotFound', 404), aRequest({ params: {} }))
  assert.equal(status, 404)
  assert.equal(headers?.['content-type'], 'text/html;charset=utf-8')
  assert.match(String(body), /<h1[^>]*>We are sorry\.\.\.<.*id="kc-error-message">\s*<p class="instruction">Page not found</s)
})
