import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { createLogger, type Logger, type LogOptions } from './log.ts'

function recording(options: Partial<LogOptions> = {}): { log: Logger; lines: string[] } {
  const lines: string[] = []
  const log = createLogger({ level: 'info', output: 'json', ...options, write: (line) => lines.push(line) })
  return { log, lines }
}

const only = (lines: readonly string[]): string => {
  assert.equal(lines.length, 1)
  return lines[0] ?? ''
}

test('a JSON line has the members of the reference server and the fields', () => {
  const { log, lines } = recording()
  log.child('storage.sqlite').warn('Slow statement', { name: 'users.find', durationMs: 120 })
  const line = only(lines)
  assert.ok(line.endsWith('}\n'))
  const { timestamp, ...rest } = JSON.parse(line)
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, { level: 'WARN', loggerName: 'storage.sqlite', message: 'Slow statement', name: 'users.find', durationMs: 120 })
})

test('a line for people has local time, level, category, message and fields', () => {
  const { log, lines } = recording({ output: 'default' })
  log.child('server').info('Listening', { url: 'http://127.0.0.1:8080', text: 'two words', list: [1, 2], none: undefined })
  const expected =
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO {2}\[server\] Listening url=http:\/\/127\.0\.0\.1:8080 text="two words" list=\[1,2\]\n$/
  assert.match(only(lines), expected)
})

for (const output of ['json', 'default'] as const) {
  test(`no secret is written in the ${output} format, whatever its spelling and depth`, () => {
    const { log, lines } = recording({ output })
    const hush = 'hush-hush'
    log.info(`GET /realms/x?code=${hush}&state=1 client_secret=${hush}`, {
      password: hush,
      clientSecret: hush,
      client_secret: hush,
      headers: { Authorization: `Basic ${hush}`, cookie: hush, 'Set-Cookie': [hush] },
      list: [{ deep: { refresh_token: hush, access_token: hush, idToken: hush } }],
      code: hush,
      url: `https://a/cb?state=1&code=${hush}#id_token=${hush}`,
      body: `grant_type=password&username=u&password=${hush}`,
      header: `eyJ${hush}.eyJ${hush}.${hush}`,
      error: new Error(`refused: https://a/?access_token=${hush}`),
    })
    assert.doesNotMatch(only(lines), /hush/)
    assert.match(only(lines), /state=1/)
    assert.match(only(lines), /username=u/)
  })
}

test('an error is written with its type, code, stack and cause', () => {
  const { log, lines } = recording()
  const error = Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 'EADDRINUSE', config: { password: 'hush' } })
  log.error('Failed', { error })
  const written = JSON.parse(only(lines)).error
  assert.deepEqual([written.type, written.message, written.code, written.cause.message], ['TypeError', 'no', 'EADDRINUSE', 'why'])
  assert.match(written.stack, /log\.test\.ts/)
  assert.equal(written.config, undefined)
})

test('for people the stack of an error follows on lines of its own', () => {
  const { log, lines } = recording({ output: 'default' })
  log.error('Failed', { error: new Error('no') })
  assert.match(only(lines), /ERROR \[ostiary\] Failed error=no\nError: no\n {4}at .*log\.test\.ts/)
})

test('a message cannot forge a second line, nor a field the members of the line', () => {
  const plain = recording({ output: 'default' })
  plain.log.info('one\n2026-01-01 00:00:00,000 INFO  [forged] two')
  assert.equal(only(plain.lines).split('\n').length, 2)
  const json = recording()
  json.log.info('one', { level: 'FATAL', message: 'two' })
  const line = JSON.parse(only(json.lines))
  assert.deepEqual([line.level, line.message, line._level, line._message], ['INFO', 'one', 'FATAL', 'two'])
})

test('levels hold back what is below them, and a category can have its own', () => {
  const { log, lines } = recording({ level: 'warn', categories: { storage: 'debug', 'storage.sqlite': 'off' } })
  log.info('no')
  log.warn('1')
  log.child('storage').debug('2')
  log.child('storage.postgres').debug('3')
  log.child('storages').info('no')
  log.child('storage.sqlite').fatal('no')
  log.child('storage.sqlite').child('tokens').error('4')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).message),
    ['1', '2', '3', '4'],
  )
})

test('off writes nothing at all', () => {
  const { log, lines } = recording({ level: 'off' })
  log.fatal('no')
  assert.deepEqual(lines, [])
})

test('lines go to standard output before the call returns, and no worker thread is started', () => {
  const program = `
    import { createLogger } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)}
    createLogger({ level: 'info', output: 'json' }).info('said')
    console.log(process.getActiveResourcesInfo().filter((name) => /worker|message/i.test(name)).length)
    process.kill(process.pid, 'SIGKILL')`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  const [line, workers] = stdout.split('\n')
  assert.equal(JSON.parse(line ?? '').message, 'said')
  assert.equal(workers, '0')
})
