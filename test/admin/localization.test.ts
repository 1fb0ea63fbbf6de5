import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, CallOptions } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'

const name = 'rlm-texts'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      internationalizationEnabled: true,
      supportedLocales: ['en', 'de'],
      defaultLocale: 'de',
      users: [administrator('viewer', ['query-users']), administrator('nobody', [])],
    },
  ],
})
const path = `/realms/${name}/localization`
const admin = (method: string, place: string, json?: unknown): Promise<Answer> => server.admin(method, `${path}${place}`, json)
const texts = async (place: string): Promise<unknown> => (await admin('GET', place)).json

async function raw(method: string, place: string, options: CallOptions): Promise<Answer> {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const bearer = String((await server.realm('master').token(form)).json['access_token'])
  return server.call(method, `/admin${path}${place}`, { bearer, ...options })
}

test('texts of a body are added to those of the locale', async () => {
  assert.deepEqual([(await admin('GET', '')).text, (await admin('GET', '/en')).text], ['[]', '{}'])
  assert.equal((await admin('POST', '/en', { b: '1', a: '2' })).status, 204)
  assert.equal((await admin('POST', '/de', { a: 'x', c: 'y' })).status, 204)
  assert.equal((await admin('POST', '/en', { a: '9', d: 5 })).status, 204)
  assert.deepEqual(await texts('/en'), { a: '9', b: '1', d: '5' })
  assert.equal((await admin('GET', '')).text, '["de","en"]')
})

test('with the fallback the default locale fills what a locale lacks', async () => {
  assert.deepEqual(await texts('/en?useRealmDefaultLocaleFallback=true'), { a: '9', b: '1', c: 'y', d: '5' })
  assert.deepEqual(await texts('/fr?useRealmDefaultLocaleFallback=true'), { a: 'x', c: 'y' })
  assert.deepEqual(await texts('/fr'), {})
})

test('a single text is read and written as plain text', async () => {
  const put = await raw('PUT', '/en/greeting', { body: 'Вітаю ü', headers: { 'content-type': 'text/plain;charset=UTF-8' } })
  assert.equal(put.status, 204)
  const got = await raw('GET', '/en/greeting', { headers: { accept: 'text/plain' } })
  assert.deepEqual([got.status, got.headers['content-type'], got.text], [200, 'text/plain;charset=UTF-8', 'Вітаю ü'])
  assert.equal((await raw('GET', '/en/greeting', { headers: { accept: 'application/json' } })).status, 406)
  assert.equal((await admin('PUT', '/en/greeting', 'x')).status, 415)
  assert.equal((await admin('DELETE', '/en/greeting')).status, 204)
  for (const [method, place] of [
    ['GET', '/en/greeting'],
    ['DELETE', '/en/greeting'],
    ['GET', '/xx/a'],
    ['DELETE', '/xx/a'],
  ] as const) {
    const { status, json } = await raw(method, place, {})
    assert.deepEqual([status, json], [404, { error: 'Localization text not found' }])
  }
})

const upload = (field: string, content: string): CallOptions => ({
  body: `--XX\r\nContent-Disposition: form-data; name="${field}"; filename="it.json"\r\n\r\n${content}\r\n--XX--\r\n`,
  headers: { 'content-type': 'multipart/form-data; boundary=XX' },
})

test('a file of texts can be sent as a form', async () => {
  assert.equal((await raw('POST', '/it', upload('file', '{"m":"n","o":1}'))).status, 204)
  assert.deepEqual(await texts('/it'), { m: 'n', o: '1' })
  const rows = [
    [upload('other', '{"m":"n"}'), 400, { error: 'HTTP 400 Bad Request' }],
    [upload('file', '{'), 400, { error: 'Could not read file.' }],
  ] as const
  for (const [options, status, body] of rows) {
    const answer = await raw('POST', '/it', options)
    assert.deepEqual([answer.status, answer.json], [status, body])
  }
  assert.equal((await admin('DELETE', '/it')).status, 204)
  const gone = await admin('DELETE', '/it')
  assert.deepEqual([gone.status, gone.json], [404, { error: 'No localization texts for locale it found.' }])
})

test('a body that is no map of texts is refused', async () => {
  for (const body of [[], { x: { y: 1 } }]) {
    const { status, json } = await admin('POST', '/en', body)
    assert.deepEqual([status, json], [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }])
  }
})

test('the realm neither shows its texts among its settings nor changes them there', async () => {
  assert.equal((await server.admin('PUT', `/realms/${name}`, { localizationTexts: { en: { zz: '1' } } })).status, 204)
  assert.equal((await server.admin('GET', `/realms/${name}`)).json['localizationTexts'], undefined)
  assert.deepEqual(await texts('/en'), { a: '9', b: '1', d: '5' })
})

test('every administrator reads texts, those of the realm write them', async () => {
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  const nobody = callerOf(server, await bearerOf(server, name, 'nobody'))
  for (const place of ['', '/en', '/en/a']) {
    assert.equal((await viewer('GET', `${path}${place}`)).status, 200)
    assert.equal((await nobody('GET', `${path}${place}`)).status, 403)
  }
  assert.equal((await viewer('POST', `${path}/en`, { a: 'b' })).status, 403)
  assert.equal((await viewer('DELETE', `${path}/en`)).status, 403)
})

test('two writers at once do not undo each other', { skip: server.onReference }, async () => {
  await Promise.all(Array.from({ length: 8 }, (_, index) => admin('POST', '/uk', { [`k${index}`]: String(index) })))
  assert.equal(Object.keys((await texts('/uk')) as object).length, 8)
})
