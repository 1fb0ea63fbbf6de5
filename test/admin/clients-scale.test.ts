import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { startTestServer } from '../server.ts'

const onReference = process.env['OSTIARY_TEST_REFERENCE'] !== undefined

/** What a search for clients costs beside the check of the caller's rights. */
const own = (statement: string): boolean => /^client\.(?:list|search|scope-links-of)/.test(statement)

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${engine}: 10,000 clients are paged and searched with two statements`, { skip: onReference }, async () => {
    const clients = Array.from({ length: 10_000 }, (_, index) => ({
      clientId: `client-${String(index).padStart(5, '0')}`,
      publicClient: true,
      // Links with scopes would be most of the time that it takes to make them; a page of clients has some all the same.
      defaultClientScopes: index % 100 === 0 ? ['email', 'profile'] : [],
    }))
    await using server = await startTestServer({ engine, realms: [{ realm: 'cli-scale', enabled: true, clients }] })
    const base = '/realms/cli-scale/clients'
    const found = async (query: string): Promise<unknown[]> => {
      const { status, json } = await server.admin('GET', `${base}?${query}`)
      assert.equal(status, 200)
      return (json as unknown as Json[]).map(({ clientId }) => clientId)
    }
    const cost = async (query: string): Promise<string[]> => (await server.statements(() => found(query))).filter(own)
    assert.deepEqual(await found('clientId=T-0999&search=true&first=2&max=3'), ['client-09992', 'client-09993', 'client-09994'])
    assert.deepEqual(await found('first=5000&max=2'), ['client-04996', 'client-04997'])
    assert.deepEqual(await cost('max=1'), ['client.list', 'client.scope-links-of'])
    assert.deepEqual(await cost('max=500'), ['client.list', 'client.scope-links-of'])
    assert.deepEqual(await cost('clientId=9&search=true&max=500'), ['client.search', 'client.scope-links-of'])
    const all = await server.statements(() => found('max=500'))
    assert.equal(all.length, (await server.statements(() => found('max=1'))).length)
  })
}

test('a write costs the same statements in a large realm as in a small one', { skip: onReference }, async () => {
  const clients = Array.from({ length: 200 }, (_, index) => ({ clientId: `client-${index}`, publicClient: true }))
  await using server = await startTestServer({
    realms: [
      { realm: 'cli-large', enabled: true, clients },
      { realm: 'cli-small', enabled: true },
    ],
  })
  const costs = async (realm: string): Promise<readonly (readonly string[])[]> => {
    let id: string | undefined
    const make = await server.statements(async () => {
      const { headers } = await server.admin('POST', `/realms/${realm}/clients`, { clientId: 'new', serviceAccountsEnabled: true })
      id = String(headers.location).split('/').at(-1)
    })
    const change = await server.statements(() => server.admin('PUT', `/realms/${realm}/clients/${id}`, { name: 'n' }))
    const remove = await server.statements(() => server.admin('DELETE', `/realms/${realm}/clients/${id}`))
    return [make, change, remove]
  }
  await server.admin('GET', '/realms/cli-large')
  await server.admin('GET', '/realms/cli-small')
  assert.deepEqual(await costs('cli-large'), await costs('cli-small'))
})
