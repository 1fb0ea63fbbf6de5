import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from './config.ts'
import { asksForHelp, commandHelp, commands, generalHelp, optionsPage } from './help.ts'
import { environmentName, findOption, options, optionsOf } from './options.ts'

const names = Object.keys(commands) as Command[]

test('the table has each name once, one-line docs that end with a full stop, and defaults that its types accept', () => {
  assert.equal(new Set(options.map(({ name }) => name)).size, options.length)
  for (const option of options) {
    assert.match(option.doc, /^[^\n]+\.$/, option.name)
    assert.ok(option.commands.length > 0, option.name)
    const { type, default: text } = option
    if (text === undefined) continue
    if (type.kind === 'integer') assert.ok(Number(text) >= type.min && Number(text) <= type.max, option.name)
    if (type.kind === 'enum') assert.ok(type.values.includes(text), option.name)
    if (type.kind === 'boolean') assert.match(text, /^(true|false)$/, option.name)
  }
})

test('the variable of an option is its name in capitals after KC_', () => {
  const variable = (name: string): string | undefined => environmentName(findOption(name) ?? assert.fail(name))
  assert.equal(variable('http-port'), 'KC_HTTP_PORT')
  assert.equal(variable('log-level-org.acme'), 'KC_LOG_LEVEL_<CATEGORY>')
  assert.equal(variable('file'), undefined)
})

for (const command of names) {
  test(`the help of ${command} shows each of its options and no other, in lines of at most 100 characters`, () => {
    const text = commandHelp(command, true)
    const shown = [...text.matchAll(/^(?:-\w+, )*--([^ \n[]+?)(?=[ \n[]|$)/gm)].map((match) => match[1])
    const expected = optionsOf(command).map(({ name }) => name)
    assert.deepEqual(shown.filter((name) => name !== 'help' && name !== 'help-all').sort(), expected.sort())
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line)
  })
}

test('options without effect are left out of the short help', () => {
  assert.doesNotMatch(commandHelp('start'), /--features|--optimized/)
  assert.match(commandHelp('start', true), /--features/)
})

test('the general help names every command', () => {
  for (const command of names) assert.match(generalHelp(), new RegExp(`^  ${command}\\b`, 'm'))
})

test('help is asked for by the flags of the reference server', () => {
  assert.deepEqual(asksForHelp(['--http-port=1', '-h']), { all: false })
  assert.deepEqual(asksForHelp(['--help-all']), { all: true })
  assert.equal(asksForHelp(['--http-port=1']), undefined)
})

test('the page has a row for every option', () => {
  const rows = optionsPage()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  assert.equal(rows.length, options.length)
  for (const row of rows) assert.equal(row.replaceAll('\\|', '').split('|').length, 8, row)
})
