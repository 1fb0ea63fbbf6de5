import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ClientRepresentation } from '../../representations/client.ts'
import { completeClientScopes } from './client-scopes.ts'
import { completeClient, serviceAccountUser } from './clients.ts'
import { comparable } from './fixtures/comparable.ts'
import { sequence, standstill } from './fixtures/sequence.ts'

const read = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'))

interface Recorded {
  readonly request: ClientRepresentation
  readonly client: ClientRepresentation
  readonly serviceAccountUser?: object
  readonly roles?: { readonly realm: string[]; readonly client: Record<string, string[]> }
}

const scopes = completeClientScopes({}, sequence())
const create = (given: ClientRepresentation, via: 'import' | 'admin' = 'admin') =>
  completeClient(given, scopes, { via, random: sequence(), clock: standstill })

for (const [kind, { request, client, serviceAccountUser: user, roles }] of Object.entries<Recorded>(
  read('golden/client-creation-defaults'),
)) {
  test(`POST /clients makes of ${JSON.stringify(request)} what the reference makes (${kind})`, () => {
    const ours = create(request)
    assert.deepEqual(comparable(ours, '\u0000none'), comparable(client, '\u0000none'))
    if (!user || !roles) return
    const { realmRoles, clientRoles, serviceAccountClientId, ...rest } = serviceAccountUser(ours, 'default-roles-x', {
      random: sequence(),
      clock: standstill,
    })
    assert.deepEqual(comparable(rest, '\u0000none'), comparable(user, '\u0000none'))
    assert.deepEqual([realmRoles, clientRoles ?? {}, serviceAccountClientId], [roles.realm, roles.client, request.clientId])
  })
}

for (const { given, answer } of read('admin-clients')) {
  test(`POST /clients makes of ${JSON.stringify(given)} what the reference makes`, () => {
    assert.deepEqual(comparable(create(given), '\u0000none'), answer)
  })
}

test('a generated secret has 86 letters and digits and the second of its making, a given one has neither', () => {
  const made = create({ clientId: 'c' })
  assert.match(made.secret ?? '', /^[A-Za-z0-9]{86}$/)
  assert.equal(made.attributes?.['client.secret.creation.time'], String(standstill.now() / 1000))
  const given = create({ clientId: 'c', secret: 's' })
  assert.deepEqual([given.secret, given.attributes?.['client.secret.creation.time']], ['s', undefined])
  assert.equal('secret' in create({ clientId: 'c', secret: 's', publicClient: true }), false)
})

test('a client without a clientId is called by its id', () => {
  const client = create({ name: 'n' })
  assert.equal(client.clientId, client.id)
})

test('only an imported client is let back after logout to wherever it may be redirected', () => {
  assert.equal(create({ clientId: 'c' }, 'import').attributes?.['post.logout.redirect.uris'], '+')
  assert.equal(create({ clientId: 'c' }, 'admin').attributes?.['post.logout.redirect.uris'], undefined)
})

test('the service account of a client in capitals has a user name in small letters', () => {
  const user = serviceAccountUser({ clientId: 'ABC' }, 'default', { random: sequence(), clock: standstill })
  assert.deepEqual([user.username, user.serviceAccountClientId], ['service-account-abc', 'ABC'])
})
