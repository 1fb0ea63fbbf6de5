import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { emailListener } from '../../src/email/event-mails.ts'
import type { AuditEvent } from '../../src/events/events.ts'
import { appClient } from '../server/login.ts'
import { startTestServer } from '../server.ts'
import { openSmtpSink } from '../smtp.ts'

const sink = await openSmtpSink()
const person = (username: string, emailVerified: boolean) => ({
  username,
  enabled: true,
  email: `${username}@example.test`,
  emailVerified,
  firstName: 'A',
  lastName: 'B',
})
const smtpServer = { host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' }
const users = [person('ann', true), person('guest', false)]
const server = await startTestServer({
  realms: [
    { realm: 'told', enabled: true, smtpServer, eventsListeners: ['jboss-logging', 'email'], clients: [appClient], users },
    { realm: 'untold', enabled: true, smtpServer, eventsListeners: ['jboss-logging'], clients: [appClient], users },
  ],
})
after(async () => {
  await server.close()
  await sink.close()
})

async function tell(realmName: string, username: string, event: Pick<AuditEvent, 'type'> & Partial<AuditEvent>): Promise<void> {
  const { mailer, realms, database, users: people } = server.services
  const realm = (await realms.find(realmName)) ?? assert.fail()
  const user = (await people.findForLogin(realm, username)) ?? assert.fail()
  const about = { timeMs: Date.UTC(2026, 0, 2, 3, 4), realmId: realm.id, realmName, userId: user.id, ipAddress: '192.0.2.7', details: {} }
  await emailListener({ mailer, realms, sql: database }).onEvents([{ ...about, ...event }])
  await mailer.close()
}

test('a user is told of a failed login, with its time and address', async () => {
  await tell('told', 'ann', { type: 'LOGIN_ERROR', error: 'invalid_user_credentials' })
  const mail = await sink.next()
  assert.deepEqual(mail.to, ['ann@example.test'])
  assert.equal(mail.headers.get('subject'), 'Login error')
  assert.match(mail.text, /2026-01-02 03:04 UTC.*192\.0\.2\.7/)
})

test('a changed password is told once, although it is two events', async () => {
  const before = sink.received.length
  await tell('told', 'ann', { type: 'UPDATE_PASSWORD', details: { credential_type: 'password' } })
  await tell('told', 'ann', { type: 'UPDATE_CREDENTIAL', details: { credential_type: 'password' } })
  await tell('told', 'ann', { type: 'REMOVE_CREDENTIAL', details: { credential_type: 'webauthn' } })
  assert.deepEqual(
    sink.received.slice(before).map(({ headers }) => headers.get('subject')),
    ['Update password', 'Remove credential'],
  )
})

test('nobody is told of an address that is not verified, of other events, or in a realm without the listener', async () => {
  const before = sink.received.length
  await tell('told', 'guest', { type: 'LOGIN_ERROR' })
  await tell('told', 'ann', { type: 'LOGIN' })
  await tell('untold', 'ann', { type: 'LOGIN_ERROR' })
  assert.equal(sink.received.length, before)
})
