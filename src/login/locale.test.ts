import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLocale, type LocaleWishes, matchLocale, requestedLocale } from './locale.ts'
import { aRealm } from './pages/fixtures/realm.ts'

const path = '/realms/demo/login-actions/authenticate'
const realm = aRealm({ internationalizationEnabled: true, supportedLocales: ['en', 'uk', 'de', 'pt-BR'], defaultLocale: 'de' })

interface Wishes extends Omit<LocaleWishes, 'request'> {
  readonly cookie?: string
  readonly accept?: string
}

const choose = ({ cookie, accept, ...wishes }: Wishes, of = realm): string =>
  chooseLocale(of, {
    ...wishes,
    request: {
      headers: {
        ...(cookie === undefined ? {} : { cookie: `KEYCLOAK_LOCALE=${cookie}` }),
        ...(accept === undefined ? {} : { 'accept-language': accept }),
      },
    },
  })

test('the language of a page: each wish with those that it wins over, as the reference answers', () => {
  const table: [Wishes, string][] = [
    [{}, 'de'],
    [{ accept: 'uk' }, 'uk'],
    [{ accept: 'fr;q=0.9, uk;q=0.5' }, 'uk'],
    [{ accept: 'en;q=0.3, uk;q=0.5' }, 'uk'],
    [{ accept: 'en-US' }, 'en'],
    [{ accept: 'pt' }, 'pt-BR'],
    [{ accept: 'uk-UA,en;q=0.9' }, 'uk'],
    [{ accept: '*' }, 'de'],
    [{ accept: 'uk;q=0, en;q=0.1' }, 'en'],
    [{ cookie: 'uk', accept: 'en' }, 'uk'],
    [{ cookie: 'fr', accept: 'uk' }, 'uk'],
    [{ uiLocales: 'en', cookie: 'uk', accept: 'uk' }, 'en'],
    [{ uiLocales: 'fr uk' }, 'uk'],
    [{ uiLocales: 'en-GB' }, 'en'],
    [{ uiLocales: 'fr' }, 'de'],
    [{ uiLocales: 'UK' }, 'uk'],
    [{ uiLocales: 'pt-br' }, 'pt-BR'],
    [{ uiLocales: 'pt_BR' }, 'de'],
    [{ userLocale: 'uk', uiLocales: 'en' }, 'uk'],
    [{ chosen: 'en', userLocale: 'uk', uiLocales: 'de' }, 'en'],
    [{ chosen: 'fr', userLocale: 'uk' }, 'uk'],
  ]
  for (const [wishes, expected] of table) assert.equal(choose(wishes), expected, JSON.stringify(wishes))
})

test('a realm without internationalization speaks English, whatever is wished', () => {
  const plain = aRealm({ supportedLocales: ['uk'], defaultLocale: 'uk' })
  assert.equal(choose({ chosen: 'uk', userLocale: 'uk', uiLocales: 'uk', cookie: 'uk', accept: 'uk' }, plain), 'en')
  assert.equal(requestedLocale(plain, { path, queryText: 'kc_locale=uk' }), undefined)
})

test('without a default the language is English; without languages of the realm it is the default', () => {
  assert.equal(choose({}, aRealm({ internationalizationEnabled: true, supportedLocales: ['uk'] })), 'en')
  assert.equal(choose({ accept: 'uk' }, aRealm({ internationalizationEnabled: true, defaultLocale: 'de' })), 'de')
})

test('kc_locale asks for a language of the realm, and for nothing else', () => {
  assert.equal(requestedLocale(realm, { path, queryText: 'client_id=a&kc_locale=uk' }), 'uk')
  assert.equal(requestedLocale(realm, { path, queryText: 'kc_locale=fr' }), undefined)
  assert.equal(requestedLocale(realm, { path, queryText: '' }), undefined)
  assert.equal(requestedLocale(realm, { path: '/realms/demo/protocol/openid-connect/auth', queryText: 'kc_locale=uk' }), undefined)
})

test('what is no language matches nothing', () => {
  for (const wish of ['', '-', '--', '*', '../en', 'e', '__proto__']) assert.equal(matchLocale(['en', 'uk'], wish), undefined, wish)
})
