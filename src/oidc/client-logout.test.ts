import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { systemRandom } from '../crypto/random.ts'
import type { AuditEvent } from '../events/events.ts'
import { HttpClientError, type OutgoingRequest, type OutgoingResponse } from '../http/client.ts'
import { createLogger } from '../log.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { EndedSession } from '../sessions/logout.ts'
import { backchannelLogout, clientLogoutLimits } from './client-logout.ts'

const key = { kid: 'k', algorithm: 'HS256', privateKey: createSecretKey(Buffer.alloc(32)) }
const signing = (algorithm: string): typeof key | undefined => (algorithm === 'HS256' ? key : undefined)
const realm = {
  id: 'r',
  name: 'x',
  attributes: {},
  settings: { defaultSignatureAlgorithm: 'HS256' },
  derived: () => ({ signing }),
} as unknown as RealmSnapshot

const client = (clientId: string, attributes: Record<string, string> = {}): Client =>
  ({
    clientId,
    mappers: [],
    doc: {},
    attributes: { 'backchannel.logout.url': `https://${clientId}.example/out`, ...attributes },
  }) as unknown as Client

const session = (id: string, clients: readonly Client[]): EndedSession => ({ id, offline: false, userId: 'u', clients })
const many = Array.from({ length: 50 }, (_, at) => client(`app${at}`))

/** Notifies with an outside world that answers as `answer` says; returns the hosts that were called and the failures that were told. */
async function notify(
  sessions: readonly EndedSession[],
  answer: (request: OutgoingRequest) => Promise<OutgoingResponse>,
  clock = { now: () => 0 },
): Promise<{ hosts: string[]; failures: unknown[]; lines: string[] }> {
  const hosts: string[] = []
  const events: Omit<AuditEvent, 'timeMs'>[] = []
  const lines: string[] = []
  const log = createLogger({ level: 'debug', output: 'json', write: (line) => lines.push(line) })
  const http = {
    send(request: OutgoingRequest) {
      hosts.push(new URL(request.url).host)
      return answer(request)
    },
  }
  const parts = { http, events: { emit: (event: Omit<AuditEvent, 'timeMs'>) => events.push(event) }, log, clock, random: systemRandom }
  await backchannelLogout(parts).notify(realm, 'https://id.example', sessions)
  return { hosts, lines, failures: events.map(({ type, clientId, error, details }) => [type, clientId, error, details['reason']]) }
}

const fine = async (): Promise<OutgoingResponse> => ({ status: 204, headers: {}, body: Buffer.alloc(0) })

test('clients are called at the same time, but not more than the limit', async () => {
  let running = 0
  let most = 0
  const { hosts, failures } = await notify([session('s', many)], async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((turn) => setImmediate(turn))
    running -= 1
    return fine()
  })
  assert.equal(hosts.length, many.length)
  assert.equal(most, clientLogoutLimits.parallelMax)
  assert.deepEqual(failures, [])
})

test('every session of a client is told of', async () => {
  const app = client('app')
  assert.equal((await notify([session('s1', [app]), session('s2', [app])], fine)).hosts.length, 2)
})

test('when time is up the clients that remain are not called, and that is told', async () => {
  let now = 0
  const slow = async (): Promise<OutgoingResponse> => {
    now += clientLogoutLimits.wholeMs
    return fine()
  }
  const { hosts, failures } = await notify([session('s', many)], slow, { now: () => now })
  assert.equal(hosts.length + failures.length, many.length)
  assert.ok(hosts.length <= clientLogoutLimits.parallelMax)
  assert.deepEqual(failures.at(-1), ['LOGOUT_ERROR', 'app49', 'logout_failed', 'too many clients to be told in time'])
})

test('a failure is told by its kind; neither the token nor the address is in the log', async () => {
  const sent: string[] = []
  const { failures, lines } = await notify(
    [session('s', [client('app'), client('odd', { 'id.token.signed.response.alg': 'none' })])],
    async (request) => {
      sent.push(String(request.body))
      throw new HttpClientError('timeout', 'app.example')
    },
  )
  assert.deepEqual(failures.sort(), [
    ['LOGOUT_ERROR', 'app', 'logout_failed', 'timeout'],
    ['LOGOUT_ERROR', 'odd', 'logout_failed', 'no key for the signature algorithm of the client'],
  ])
  const token = new URLSearchParams(sent[0]).get('logout_token') ?? 'missing'
  assert.equal(lines.length, 2)
  for (const line of lines) assert.doesNotMatch(line, new RegExp(`${token.split('.')[2]}|/out`))
})
