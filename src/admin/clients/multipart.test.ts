import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMultipart } from './multipart.ts'

const parse = (text: string, type = 'multipart/form-data; boundary=XbX') => {
  const fields = readMultipart({ headers: { 'content-type': type }, body: Buffer.from(text) })
  return fields && Object.fromEntries(Array.from(fields, ([name, value]) => [name, value.toString()]))
}
const part = (name: string, value: string): string => `--XbX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

test('fields and files are read by their names, line ends inside included', () => {
  const file = '--XbX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: text/plain\r\n\r\na\r\nb\n\r\n'
  assert.deepEqual(parse(`${part('keystoreFormat', 'JKS')}${file}--XbX--\r\n`), { keystoreFormat: 'JKS', file: 'a\r\nb\n' })
  assert.deepEqual(parse(`${part('a', '1')}${part('a', '')}--XbX--`, 'Multipart/Form-Data; boundary="XbX"'), { a: '' })
  assert.deepEqual(parse('--XbX--'), {})
})

test('what is no form is none', () => {
  assert.equal(parse(`${part('a', '1')}--XbX--`, 'application/json'), undefined)
  assert.equal(parse(`${part('a', '1')}--XbX--`, 'multipart/form-data'), undefined)
  assert.equal(parse(part('a', '1')), undefined)
  assert.equal(parse('garbage'), undefined)
  assert.deepEqual(parse('--XbX\r\nno head--\r\n--XbX--'), {})
})
