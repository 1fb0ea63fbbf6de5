import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aClient, aRealm, aRequest } from './pages/fixtures/realm.ts'
import { loginPage } from './pages/login.ts'
import { renderPage } from './pages/render.ts'
import { openThemes, themeOf } from './themes.ts'

/** A folder of themes that is gone after the test. */
function themesFolder(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-test-'))
  context.after(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const files = {
  'town/login/theme.properties': 'parent=keycloak.v2\nstyles=css/login.css css/town.css css/more.css\nlogo=img/logo.svg\n',
  'town/login/resources/css/town.css': ':root{}',
  'town/login/resources/css/more.css': 'a{}',
  'town/login/resources/img/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'town/login/messages/messages_en.properties': "loginAccountTitle=Enter the town hall\ndoLogIn=Don''t wait\n",
  'town/login/messages/messages_pt_BR.properties': 'doLogIn=Entrar\n',
  'empty/login/theme.properties': '',
  'account-only/account/theme.properties': '',
}

const page = loginPage({ actionUrl: '/x', usernameEditable: true, rememberMe: { allowed: false, checked: false } })

test('a realm’s theme adds its style sheets after the built-in one, its logo and its texts', (context) => {
  const themes = openThemes(themesFolder(context, files))
  const realm = aRealm({ loginTheme: 'town', displayName: 'Town "A"' })
  const body = String(renderPage({ realm, client: undefined, request: aRequest(), themes }, page).body)
  const version = themes.find('town')?.resources.version
  assert.deepEqual([...body.matchAll(/<link rel="stylesheet" href="[^"]*\/([\w.]+\/[\w./]+)">/g)].length, 3)
  assert.match(body, /ostiary\.css">\n.*town\.css">\n.*more\.css">\n/)
  assert.match(body, new RegExp(`<img class="kc-logo" src="/auth/resources/${version}/login/town/img/logo.svg" alt="Town &quot;A&quot;">`))
  assert.match(body, /id="kc-page-title">Enter the town hall</)
  assert.match(body, /id="kc-login" name="login">Don&#39;t wait</)
  assert.match(body, />Username or email</)
})

test('a theme may bring a language that is not built in', (context) => {
  const themes = openThemes(themesFolder(context, files))
  const realm = aRealm({ loginTheme: 'town', internationalizationEnabled: true, supportedLocales: ['pt-BR'], defaultLocale: 'pt-BR' })
  const body = String(renderPage({ realm, client: undefined, request: aRequest(), themes }, page).body)
  assert.match(body, /lang="pt-BR"/)
  assert.match(body, />Entrar</)
})

test('a realm that names no theme, or one that there is not, has the built-in look', (context) => {
  const themes = openThemes(themesFolder(context, files))
  for (const loginTheme of [undefined, '', 'keycloak.v2', 'none', '../town', 'account-only', 'constructor']) {
    const realm = aRealm(loginTheme === undefined ? {} : { loginTheme })
    assert.equal(themeOf(themes, realm, undefined), undefined, String(loginTheme))
  }
})

test('a client’s own theme wins over the realm’s', (context) => {
  const themes = openThemes(themesFolder(context, files))
  const client = aClient({ attributes: { login_theme: 'empty' } })
  assert.equal(themeOf(themes, aRealm({ loginTheme: 'town' }), client)?.name, 'empty')
  assert.equal(themeOf(themes, aRealm({ loginTheme: 'town' }), aClient())?.name, 'town')
})

test('themes are read once at start; those who write one have them read for each page', (context) => {
  const folder = themesFolder(context, files)
  const once = openThemes(folder)
  const always = openThemes(folder, { fresh: true })
  writeFileSync(join(folder, 'town/login/messages/messages_en.properties'), 'doLogIn=Go\n')
  assert.equal(once.find('town')?.texts['en']?.['doLogIn'], "Don''t wait")
  assert.equal(always.find('town')?.texts['en']?.['doLogIn'], 'Go')
})

test('without a folder there are no themes', () => {
  assert.equal(openThemes(join(tmpdir(), 'ostiary-no-such-folder')).find('town'), undefined)
})
