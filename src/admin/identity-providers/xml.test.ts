import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childrenOf, readXml } from './xml.ts'

test('elements come with their namespaces, attributes and text', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<!-- a --><a:r xmlns:a="urn:a" xmlns="urn:d" id=\'1\' t="&lt;&#x41;&#66;&amp;"><x> y<![CDATA[<z>]]> </x><a:e/></a:r>\n',
  )
  assert.ok(root)
  assert.deepEqual(
    [root.name, root.namespace, [...root.attributes]],
    [
      'r',
      'urn:a',
      [
        ['id', '1'],
        ['t', '<AB&'],
      ],
    ],
  )
  assert.deepEqual(
    childrenOf(root, 'urn:d', 'x').map(({ text }) => text),
    ['y<z>'],
  )
  assert.equal(childrenOf(root, 'urn:a', 'e').length, 1)
  assert.equal(childrenOf(root, 'urn:d', 'e').length, 0)
})

test('what is not well formed, declares a document type or an entity, or is nested too deeply is refused', () => {
  for (const source of [
    '',
    'text',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a></a>text',
    '<a b=1/>',
    '<a b="1" b="2"/>',
    '<p:a/>',
    '<a>&unknown;</a>',
    '<a>&</a>',
    '<a b="<"/>',
    '<a><![CDATA[</a>',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`,
  ])
    assert.equal(readXml(source), undefined, source.slice(0, 40))
})

test('a long document that goes wrong at its end is refused at once', () => {
  const startedAt = performance.now()
  assert.equal(readXml(`<a ${' '.repeat(200_000)}b`), undefined)
  assert.equal(readXml(`<a b="${'<'.repeat(200_000)}`), undefined)
  assert.equal(readXml('<'.repeat(200_000)), undefined)
  const many = Array.from({ length: 10_000 }, (_, index) => ` xmlns:p${index}="u"`).join('')
  assert.equal(readXml(`<a${many}>${'<b xmlns=""/>'.repeat(50_000)}</a>`), undefined)
  assert.equal(readXml(`<a>${'&'.repeat(200_000)}`), undefined)
  assert.equal(readXml(`<a${' b="c"'.repeat(50_000)}`), undefined)
  assert.ok(performance.now() - startedAt < 2_000)
})
