import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMultipart } from './multipart.ts'

const type = 'multipart/form-data; boundary=XX'
const part = (head: string, content: string): string => `--XX\r\n${head}\r\n\r\n${content}\r\n`
const named = (name: string, more = ''): string => `Content-Disposition: form-data; name="${name}"${more}`

test('parts come with their names, file names and bytes as they were sent', () => {
  const body = `${part(named('file', '; filename="a.json"'), '{"a":"--X"}\r\n')}${part(named('note'), '')}--XX--\r\n`
  assert.deepEqual(
    parseMultipart(type, Buffer.from(body))?.map(({ name, filename, body: bytes }) => [name, filename, bytes.toString()]),
    [
      ['file', 'a.json', '{"a":"--X"}\r\n'],
      ['note', undefined, ''],
    ],
  )
  assert.equal(parseMultipart('multipart/form-data; boundary="XX"', Buffer.from(body))?.length, 2)
})

test('what does not follow its boundary is no form', () => {
  for (const [contentType, body] of [
    [type, 'junk'],
    [type, part(named('file'), 'cut')],
    [type, ''],
    ['multipart/form-data', `${part(named('file'), 'x')}--XX--`],
    ['application/json', '{}'],
    [undefined, ''],
  ] as const)
    assert.equal(parseMultipart(contentType, Buffer.from(body)), undefined, `${contentType}: ${body}`)
})

test('a part without a name is left out', () => {
  const body = `${part('Content-Type: text/plain', 'x')}${part(named('file'), 'y')}--XX--`
  assert.deepEqual(
    parseMultipart(type, Buffer.from(body))?.map(({ name }) => name),
    ['file'],
  )
})
