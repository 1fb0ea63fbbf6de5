import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { serverOfFile } from '../server.ts'
import { modulo, recorded } from './administrators.ts'

interface Case {
  readonly case: string
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown }
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Answers of the reference server in a fresh realm `x`, in the order in which they were recorded. */
const cases = JSON.parse(readFileSync(new URL('../fixtures/user-cases.json', import.meta.url), 'utf8')) as readonly Case[]
const realm = 'usr-recorded'
const nobody = '00000000-0000-0000-0000-000000000000'
const server = await serverOfFile({ realms: [{ realm, enabled: true, clients: [{ clientId: 'c1' }] }] })

/** Times are of the moment, and so are ids; the base URL and the realm's name are ours. */
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(modulo(value))
      .replace(/"(createdTimestamp|createdDate)":(?:\d+|"~")/g, '"$1":0')
      .replaceAll(server.url, '~')
      .replaceAll(`realms/${realm}`, 'realms/x'),
  )

test('a realm without users answers as recorded', async () => {
  const golden = recorded('users-empty') as Record<string, unknown>
  assert.deepEqual((await server.admin('GET', `/realms/${realm}/users`)).json, golden['users'])
  assert.equal((await server.admin('GET', `/realms/${realm}/users/count`)).text, JSON.stringify(golden['count']))
})

test('what was recorded of users is answered again', async (t) => {
  let userId = nobody
  for (const { case: name, request, status, headers, body } of cases) {
    await t.test(name, async () => {
      if (name === 'password violates policy') await server.admin('PUT', `/realms/${realm}`, { passwordPolicy: 'length(8)' })
      const missing = /^user (?:delete )?404$/.test(name)
      const below = request.path
        .slice('/admin/realms/x'.length)
        .replace('<uuid>', missing ? nobody : userId)
        .replace('<uuid>', nobody)
      const answer = await server.admin(request.method, `/realms/${realm}${below}`, request.body)
      if (name === 'user create') userId = String(answer.headers['location']).split('/').at(-1) ?? ''
      assert.equal(answer.status, status)
      for (const header of ['content-type', 'cache-control']) assert.equal(answer.headers[header], headers[header], header)
      const expected = comparable(body)
      const sent: unknown = answer.text === '' ? '' : JSON.parse(answer.text)
      assert.deepEqual(comparable(sent), expected)
    })
  }
})
