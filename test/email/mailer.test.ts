import assert from 'node:assert/strict'
import { test } from 'node:test'
import { executeActionsLetter, sendResetPassword, sendVerifyEmail, verifyEmailLetter } from '../../src/email/letters.ts'
import { type Letter, type MailResult, openMailer } from '../../src/email/mailer.ts'
import { createLogger } from '../../src/log.ts'
import type { RealmSnapshot } from '../../src/realm/model.ts'
import { openSmtpSink, type SmtpSink } from '../smtp.ts'

const realmWith = (smtpServer: Record<string, string>, settings: object = {}): RealmSnapshot =>
  ({ id: 'r1', name: 'shop', settings: { smtpServer, ...settings } }) as unknown as RealmSnapshot

const loggedLines = () => {
  const lines: string[] = []
  return { lines, log: createLogger({ level: 'debug', output: 'json', write: (line) => lines.push(line) }) }
}

async function withSink<R>(options: Parameters<typeof openSmtpSink>[0], work: (sink: SmtpSink) => Promise<R>): Promise<R> {
  const sink = await openSmtpSink(options)
  try {
    return await work(sink)
  } finally {
    await sink.close()
  }
}

const link = { link: 'https://id.example/realms/shop/login-actions/action-token?key=a.b.c&client_id=app', lifespanSeconds: 300 }

test('a letter arrives with sender, reply address, subject, text and markup, also where they are not ASCII', async () => {
  await withSink({}, async (sink) => {
    const mailer = openMailer(loggedLines())
    const realm = realmWith(
      {
        host: '127.0.0.1',
        port: String(sink.port),
        from: 'id@shop.example',
        fromDisplayName: 'Крамниця',
        replyTo: 'help@shop.example',
        envelopeFrom: 'bounces@shop.example',
      },
      { displayName: 'Shop & Söhne', internationalizationEnabled: true, supportedLocales: ['en', 'uk'] },
    )
    assert.deepEqual(await sendVerifyEmail(mailer, realm, { email: 'ann@example.test', locale: 'uk' }, link), { kind: 'sent' })
    const mail = await sink.next()
    assert.equal(mail.from, 'bounces@shop.example')
    assert.deepEqual(mail.to, ['ann@example.test'])
    assert.match(mail.headers.get('from') ?? '', /<id@shop\.example>$/)
    assert.equal(mail.headers.get('reply-to'), 'help@shop.example')
    assert.match(mail.text, /Shop & Söhne/)
    assert.ok(mail.text.includes(link.link))
    assert.match(mail.text, /5 хвилин/)
    assert.match(mail.html, /<html lang="uk" dir="ltr">/)
    assert.ok(mail.html.includes('href="https://id.example/realms/shop/login-actions/action-token?key=a.b.c&amp;client_id=app"'))
    assert.match(mail.html, /Shop &amp; Söhne/)
  })
})

test('the server is given the user and the password where the realm asks for authentication', async () => {
  await withSink({ login: { user: 'mail-user', password: 'mail-secret' } }, async (sink) => {
    const settings = { host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example', auth: 'true', user: 'mail-user' }
    const { lines, log } = loggedLines()
    const mailer = openMailer({ log })
    const right = realmWith({ ...settings, password: 'mail-secret' })
    assert.equal((await sendResetPassword(mailer, right, { email: 'ann@example.test' }, link)).kind, 'sent')
    const wrong = realmWith({ ...settings, password: 'other-secret' })
    const refused = await sendResetPassword(mailer, wrong, { email: 'ann@example.test' }, link)
    assert.equal(refused.kind === 'failed' && refused.failure, 'server')
    assert.equal(sink.received.length, 1)
    assert.equal(lines.length, 1)
    assert.doesNotMatch(lines.join('\n'), /secret|action-token/)
    assert.doesNotMatch(JSON.stringify(refused), /secret/)
  })
})

test('a server that refuses, or is not there, fails the letter with the reference reason', async () => {
  const reason = 'Error when attempting to send the email to the server. More information is available in the server log.'
  const port = await withSink({ refuse: '554 go away' }, async (sink) => {
    const realm = realmWith({ host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' })
    assert.deepEqual(await sendVerifyEmail(openMailer(loggedLines()), realm, { email: 'ann@example.test' }, link), {
      kind: 'failed',
      failure: 'server',
      reason,
    })
    return sink.port
  })
  const realm = realmWith({ host: '127.0.0.1', port: String(port), from: 'id@shop.example' })
  assert.deepEqual(await sendVerifyEmail(openMailer(loggedLines()), realm, { email: 'ann@example.test' }, link), {
    kind: 'failed',
    failure: 'server',
    reason,
  })
})

test('StartTLS is not left out when the server does not offer it', async () => {
  await withSink({}, async (sink) => {
    const realm = realmWith({ host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example', starttls: 'true' })
    const result = await sendVerifyEmail(openMailer(loggedLines()), realm, { email: 'ann@example.test' }, link)
    assert.equal(result.kind === 'failed' && result.failure, 'server')
    assert.equal(sink.received.length, 0)
  })
})

test('a realm without a sender sends nothing', async () => {
  for (const settings of [{}, { from: 'not an address' }, { from: 'a@b.example', fromDisplayName: 'x\r\nBcc: all@example.test' }]) {
    const result = await sendVerifyEmail(openMailer(loggedLines()), realmWith(settings), { email: 'ann@example.test' }, link)
    assert.equal(result.kind === 'failed' && result.failure, 'settings')
  }
})

test('an address or a subject that would write further headers is refused', async () => {
  await withSink({}, async (sink) => {
    const realm = realmWith({ host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' })
    const mailer = openMailer(loggedLines())
    const addresses = [
      'ann@example.test\r\nBcc: all@example.test',
      'ann@example.test, all@example.test',
      'ann@example.test>\r\nRCPT TO:<all@example.test',
      '"ann all@example.test" <x@example.test>',
      'ann',
      '',
    ]
    for (const email of addresses) {
      const result = await sendVerifyEmail(mailer, realm, { email }, link)
      assert.equal(result.kind === 'failed' && result.failure, 'recipient', JSON.stringify(email))
    }
    const letter: Letter = { ...verifyEmailLetter(realm, { email: 'ann@example.test' }, link), subject: 'x\r\nBcc: all@example.test' }
    const result = await mailer.send(realm, letter)
    assert.equal(result.kind === 'failed' && result.failure, 'content')
    assert.equal(sink.received.length, 0)
  })
})

test('a posted letter is sent behind the caller, and closing waits for it', async () => {
  await withSink({}, async (sink) => {
    const realm = realmWith({ host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' })
    const mailer = openMailer(loggedLines())
    const results: MailResult[] = []
    for (let n = 0; n < 10; n++) {
      mailer.post(
        realm,
        async () => verifyEmailLetter(realm, { email: `ann${n}@example.test` }, link),
        (result) => results.push(result),
      )
    }
    assert.equal(results.length, 0)
    await mailer.close()
    assert.deepEqual(new Set(results.map((result) => result.kind)), new Set(['sent']))
    assert.equal(sink.received.length, 10)
  })
})

test('a letter that cannot be written is logged, and others go out', async () => {
  await withSink({}, async (sink) => {
    const realm = realmWith({ host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' })
    const { lines, log } = loggedLines()
    const mailer = openMailer({ log })
    mailer.post(
      realm,
      () => Promise.reject(new Error('no such user')),
      () => assert.fail('nothing was sent'),
    )
    mailer.post(
      realm,
      async () => verifyEmailLetter(realm, { email: 'ann@example.test' }, link),
      () => undefined,
    )
    await mailer.close()
    assert.equal(sink.received.length, 1)
    assert.equal(lines.length, 1)
  })
})

test('names of required actions are in the language of the recipient, unknown ones as they are', () => {
  const realm = realmWith({}, { internationalizationEnabled: true, supportedLocales: ['en', 'uk'], defaultLocale: 'en' })
  const facts = { ...link, lifespanSeconds: 43_200, actions: ['UPDATE_PASSWORD', 'CUSTOM_ONE'] }
  const letter = executeActionsLetter(realm, { email: 'ann@example.test', locale: 'uk' }, facts)
  assert.match(letter.text, /Змінити пароль, CUSTOM_ONE/)
  assert.match(letter.text, /12 годин/)
  assert.match(executeActionsLetter(realm, { email: 'ann@example.test' }, facts).text, /Update Password, CUSTOM_ONE[\s\S]*12 hours/)
})
