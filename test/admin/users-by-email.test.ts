import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const name = 'usr-by-email'
const path = `/realms/${name}/users`
const { email: _none, ...nobody } = person('nobody')
const server = await serverOfFile({
  realms: [{ realm: name, enabled: true, users: [person('olha'), person('ivan'), nobody] }],
})
await server.realm(name).change({ registrationEmailAsUsername: true })

const ids = new Map(
  ((await server.admin('GET', path)).json as unknown as Json[]).map(({ id, firstName, username }) => [
    String(username).split('@')[0],
    { id, firstName },
  ]),
)
const one = (username: string): string => `${path}/${String(ids.get(username)?.id)}`
const names = async (where: string): Promise<unknown[]> => {
  const { json } = await server.admin('GET', where)
  return [json['username'], json['email']]
}
const put = async (username: string, patch: unknown): Promise<unknown> => {
  const { status, json } = await server.admin('PUT', one(username), patch)
  return status === 204 ? status : json
}
const noName = { errorMessage: 'User name is missing' }
const noAddress = { field: 'email', errorMessage: 'error-user-attribute-required', params: ['email'] }

test('people are called by their address, also those who had a name before', async () => {
  for (const query of ['', '?briefRepresentation=true']) {
    const list = (await server.admin('GET', `${path}${query}`)).json as unknown as Json[]
    assert.deepEqual(list.map(({ username }) => username).sort(), ['ivan@example.com', 'nobody', 'olha@example.com'])
  }
  assert.deepEqual(await names(one('olha')), ['olha@example.com', 'olha@example.com'])
})

test('a new user is called by the address, whatever name is sent', async () => {
  const made = async (user: Json): Promise<unknown> => {
    const { status, json, headers } = await server.admin('POST', path, user)
    return status === 201 ? names(`${path}/${String(headers['location']).split('/').at(-1)}`) : json
  }
  assert.deepEqual(await made({ username: 'x', email: 'New@example.com' }), ['new@example.com', 'new@example.com'])
  assert.deepEqual(await made({ email: 'olha@example.com' }), { errorMessage: 'User exists with same email' })
  assert.deepEqual(await made({ username: 'some@example.com', email: '' }), noName)
  assert.deepEqual(await made({ username: 'some', attributes: { email: ['some@example.com'] } }), noAddress)
  const short = (await made({ username: 'ab' })) as { errors: Json[] }
  assert.deepEqual(short.errors.map(({ field }) => field).sort(), ['email', 'username'])
})

test('a change of the name says nothing as long as there is an address', async () => {
  for (const username of ['other', '', 'ivan', 'ab']) assert.deepEqual(await put('olha', { username }), 204, username)
  assert.deepEqual(await names(one('olha')), ['olha@example.com', 'olha@example.com'])
  assert.deepEqual(await put('olha', { username: 'x', email: 'olha2@example.com' }), 204)
  assert.deepEqual(await names(one('olha')), ['olha2@example.com', 'olha2@example.com'])
  assert.deepEqual(await put('olha', { email: '' }), noName)
  assert.deepEqual(await put('olha', { username: 'ivan', email: 'ivan@example.com' }), { errorMessage: 'User exists with same email' })
  assert.deepEqual(await put('olha', { attributes: { email: ['z@example.com'] } }), noAddress)
  const fixed = (await put('nobody', { username: 'other' })) as { errors: Json[] }
  assert.deepEqual(fixed.errors.map(({ errorMessage }) => errorMessage).sort(), [
    'error-user-attribute-read-only',
    'error-user-attribute-required',
  ])
})

test('a form is told that the name follows the address', async () => {
  const { attributes } = (await server.admin('GET', `${path}/profile/metadata`)).json as { attributes: Json[] }
  assert.deepEqual(
    attributes.slice(0, 2).map((attribute) => [attribute['name'], attribute['required'], attribute['readOnly']]),
    [
      ['username', false, true],
      ['email', true, false],
    ],
  )
})
