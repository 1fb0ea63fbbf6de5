import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProperties } from './properties.ts'

test('properties are read as java.util.Properties reads them', () => {
  const text = [
    '\uFEFF# comment',
    '! comment',
    '',
    'a=1',
    'b : 2',
    'c 3',
    '  d = 4 and more ',
    'e',
    'f=',
    'g\\ h\\=i=5',
    'j=one, \\',
    '    two',
    'k=\\u0456\\u0457\\n\\t\\\\\\:',
    'l=a=b:c',
    'm=ends with two \\\\',
    'n=6\r',
    'a=last wins',
  ].join('\n')
  assert.deepEqual(parseProperties(text), {
    a: 'last wins',
    b: '2',
    c: '3',
    d: '4 and more ',
    e: '',
    f: '',
    'g h=i': '5',
    j: 'one, two',
    k: 'ії\n\t\\:',
    l: 'a=b:c',
    m: 'ends with two \\',
    n: '6',
  })
})

test('a key that every object has is read like any other', () => {
  assert.equal(Object.hasOwn(parseProperties('__proto__=x\nconstructor=y'), 'constructor'), true)
})
