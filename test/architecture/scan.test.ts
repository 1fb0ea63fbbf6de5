import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureFunctions } from './functions.ts'
import { moduleLevel, scan } from './scan.ts'
import { treeFile } from './tree.ts'

/** The code with runs of blanks made one, to be read. */
const codeOf = (text: string): string => scan(text).code.replace(/ +/g, ' ').trim()

test('comments, strings and regular expressions are blanked, quotes stay', () => {
  assert.equal(codeOf("const a = 'it\\'s' // b\n"), "const a = ' '")
  assert.equal(codeOf('/* { */ const a = "//" + b'), 'const a = " " + b')
  assert.equal(codeOf('const a = /[/}\'"]\\//g.test(b)'), 'const a = g.test(b)')
})

test('a slash between operands is a division', () => {
  assert.equal(codeOf('const a = b / c / d'), 'const a = b / c / d')
  assert.equal(codeOf("const a = f(b) / 2 // '\nconst c = 1"), 'const a = f(b) / 2 \nconst c = 1')
})

test('the expressions of a template are code, its text is not, to any depth', () => {
  assert.equal(
    codeOf('const a = `x { §{b({ c: `}§{d}` })} y` + e'.replaceAll('§', '$')),
    'const a = ` §{b({ c: ` §{d}` })} ` + e'.replaceAll('§', '$'),
  )
})

test('literals are told with their text and place', () => {
  const text = "f('a', `b§{c}d`)".replace('§', '$')
  assert.deepEqual(
    scan(text).literals.map(({ start, value }) => [value, text.slice(start, start + value.length)]),
    [
      ['a', 'a'],
      ['b', 'b'],
      ['d', 'd'],
    ],
  )
})

test('offsets and lines stay, so that a complaint names the right line', () => {
  const text = "/* a\nb */ const c = `d\ne` // f\nconst g = 'h'\n"
  const { code } = scan(text)
  assert.equal(code.length, text.length)
  assert.equal(code.split('\n').length, text.split('\n').length)
  assert.equal(code.indexOf('const g'), text.indexOf('const g'))
})

test('the module level has no insides of functions and objects', () => {
  const level = moduleLevel('let a = 1\nfunction f(b) {\n  let c = { d: [2] }\n}\nlet e = 3')
  assert.deepEqual(level.match(/let \w/g), ['let a', 'let e'])
})

test('functions are measured without the bodies of functions inside them', () => {
  const text = 'export function a<T>(b: { c: T }): Promise<{ d: T }> {\n  const e = () => {\n    f()\n    f()\n  }\n  return e()\n}\n'
  assert.deepEqual(measureFunctions(treeFile('a.ts', text)), [
    { line: 1, lines: 5 },
    { line: 2, lines: 4 },
  ])
})
