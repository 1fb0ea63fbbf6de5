import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ostiary } from './ostiary.ts'

const oneLine = /^[^\n]+\n$/

test('version and help go to standard output with exit code 0', () => {
  assert.deepEqual(
    [['version'], ['--version'], ['-V']]
      .map((args) => ostiary(args))
      .map(({ code, stdout }) => [code, /^Ostiary \d+\.\d+\.\d+\n$/.test(stdout)]),
    [
      [0, true],
      [0, true],
      [0, true],
    ],
  )
  for (const args of [['help'], ['--help']]) assert.match(ostiary(args).stdout, /^ {2}start-dev /m)
  for (const args of [
    ['start', '--help'],
    ['start', '-h'],
    ['help', 'start'],
  ])
    assert.match(ostiary(args).stdout, /--http-port <port>/)
  assert.match(ostiary(['start', '--help-all']).stdout, /--features <feature>/)
})

test('no command and an unknown command are mistakes: exit code 2', () => {
  const none = ostiary([])
  assert.deepEqual([none.code, none.stdout], [2, ''])
  const unknown = ostiary(['frobnicate'])
  assert.equal(unknown.code, 2)
  assert.equal(unknown.stderr, "Unknown command: 'frobnicate'. Try 'ostiary help' for the commands.\n")
})

test('a mistake in the configuration is one line on standard error and exit code 2', () => {
  const cases: [args: string[], env: Record<string, string>, named: RegExp][] = [
    [['start'], {}, /'--hostname'/],
    [['start-dev', '--http-prot=1'], {}, /'--http-prot'/],
    [['start-dev', '--http-host=0.0.0.0'], {}, /'--http-host'/],
    [['start-dev'], { KC_DB: 'oracle' }, /'KC_DB'/],
    [['--config-file=/nowhere.conf', 'start-dev'], {}, /'--config-file'/],
    [['import'], {}, /--dir or --file/],
    [['bootstrap-admin'], {}, /bootstrap-admin user/],
    [['bootstrap-admin', 'user'], {}, /--password:env/],
  ]
  for (const [args, env, named] of cases) {
    const { code, stdout, stderr } = ostiary(args, { env })
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, oneLine)
    assert.match(stderr, named)
  }
})
