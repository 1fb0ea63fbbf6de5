import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { HttpResponse } from '../http/values.ts'
import { aRequest } from './pages/fixtures/realm.ts'
import { builtInFiles, readStaticFiles, resourceRoutes, staticFileLimits } from './resources.ts'
import { noThemes, openThemes, type Themes } from './themes.ts'

async function get(
  path: string,
  { themes = noThemes, headers = {} }: { readonly themes?: Themes; readonly headers?: Record<string, string> } = {},
): Promise<HttpResponse> {
  const [, , version = '', , theme = '', ...rest] = path.split('/')
  const [route] = resourceRoutes
  assert.ok(route)
  return route.handle(aRequest({ path, params: { version, theme, '*': rest.join('/') }, headers }), { themes })
}

const { version } = builtInFiles

test('a file of the built-in look is served for ever under its version', async () => {
  const answer = await get(`/resources/${version}/login/ostiary/ostiary.css`)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers?.['content-type'], 'text/css;charset=utf-8')
  assert.equal(answer.headers?.['cache-control'], 'public, max-age=31536000, immutable')
  assert.match(String(answer.body), /--pf-v5-global--/)
})

test('a browser that has the file is told so', async () => {
  const path = `/resources/${version}/login/ostiary/ostiary.js`
  const { headers } = await get(path)
  const again = await get(path, { headers: { 'if-none-match': String(headers?.['etag']) } })
  assert.equal(again.status, 304)
  assert.equal(again.body, undefined)
  assert.equal((await get(path, { headers: { 'if-none-match': '"other"' } })).status, 200)
})

test('another version’s address gets the file, which must not be kept', async () => {
  const { status, headers } = await get('/resources/older/login/ostiary/ostiary.css')
  assert.equal(status, 200)
  assert.equal(headers?.['cache-control'], 'no-cache')
})

test('what is not in the table does not exist', async () => {
  for (const file of ['', 'none.css', '../resources.ts', '..%2Fresources.ts', '/etc/passwd', 'constructor'])
    assert.equal((await get(`/resources/${version}/login/ostiary/${file}`)).status, 404, file)
  assert.equal((await get(`/resources/${version}/login/none/ostiary.css`)).status, 404)
})

test('an image that can hold scripts is served with a policy that forbids them', async () => {
  const { headers } = await get(`/resources/${version}/login/ostiary/favicon.svg`)
  assert.equal(headers?.['content-security-policy'], "default-src 'none'; style-src 'unsafe-inline'; sandbox")
})

test('the built-in look asks no other server for anything', () => {
  for (const [name, { body }] of builtInFiles.files) {
    const text = String(body).replaceAll('http://www.w3.org/2000/svg', '')
    assert.doesNotMatch(text, /https?:\/\/|url\("?\/\//, name)
  }
})

test('the version changes with the content of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-test-'))
  try {
    mkdirSync(join(folder, 'css'))
    writeFileSync(join(folder, 'css', 'a.css'), 'a{}')
    writeFileSync(join(folder, 'notes.txt'), 'not served')
    const before = readStaticFiles(folder)
    assert.deepEqual([...before.files.keys()], ['css/a.css'])
    writeFileSync(join(folder, 'css', 'a.css'), 'b{}')
    assert.notEqual(readStaticFiles(folder).version, before.version)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a folder with more bytes than the limit is refused by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-test-'))
  try {
    writeFileSync(join(folder, 'big.png'), Buffer.alloc(staticFileLimits.bytesMax + 1))
    assert.throws(() => readStaticFiles(folder), new RegExp(`${folder}: more than ${staticFileLimits.bytesMax} bytes`))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a theme’s files are served from its own folder', async () => {
  const themes = openThemes(join(import.meta.dirname, '..', '..', 'examples', 'themes'))
  const theme = themes.find('registry')
  assert.ok(theme)
  const { status, headers } = await get(`/resources/${theme.resources.version}/login/registry/css/registry.css`, { themes })
  assert.equal(status, 200)
  assert.equal(headers?.['cache-control'], 'public, max-age=31536000, immutable')
})
