import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { modulo, recorded } from './administrators.ts'

interface Case {
  readonly case: string
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown }
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** One request after the other to a fresh realm, with what the reference answered. */
const cases: readonly Case[] = JSON.parse(readFileSync(new URL('../fixtures/flow-and-provider-cases.json', import.meta.url), 'utf8'))

const realmName = 'flw-recorded'
const server = await serverOfFile({ realms: [{ realm: realmName, enabled: true }] })
const path = `/realms/${realmName}`
const flows = (await server.admin('GET', `${path}/authentication/flows`)).json as unknown as Json[]
const builtIn = String(flows[0]?.['id'])

const idFor = (name: string): string => (name.includes('builtin') ? builtIn : randomUUID())
const relative = (location: string | undefined): unknown =>
  modulo((location ?? '').replace(`${server.url}/admin`, '<base>/admin').replace(realmName, 'x'))

test('recorded requests for flows, identity providers and required actions are answered as they were', async () => {
  for (const { case: name, request, status, headers, body } of cases) {
    const below = request.path.replace('/admin/realms/x', path).replace('<uuid>', idFor(name))
    const answer = await server.admin(request.method, below, request.body)
    assert.equal(answer.status, status, `${name}: ${answer.text}`)
    assert.deepEqual(modulo(body === '' ? {} : body), modulo(answer.json), name)
    assert.equal(answer.text === '', body === '', name)
    assert.deepEqual(relative(answer.headers['location']), relative(headers['location']), name)
    for (const header of ['content-type', 'cache-control'])
      if (headers[header]) assert.equal(answer.headers[header], headers[header], `${name} ${header}`)
  }
})

test('a fresh realm has the recorded configurations of executions', async () => {
  const configs: unknown[] = []
  for (const { alias } of flows) {
    const executions = (await server.admin('GET', `${path}/authentication/flows/${encodeURIComponent(String(alias))}/executions`)).json
    for (const { authenticationConfig } of executions as unknown as Json[])
      if (authenticationConfig) configs.push((await server.admin('GET', `${path}/authentication/config/${authenticationConfig}`)).json)
  }
  assert.deepEqual(modulo(configs), modulo(Object.values(recorded('auth-configs') as Json)))
})
