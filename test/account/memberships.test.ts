import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverOfFile } from '../server.ts'
import { accountCall, accountRealm, holder, listOf, logIn, userIds } from './people.ts'

const name = 'w-account-members'
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      organizationsEnabled: true,
      supportedLocales: ['en', 'uk'],
      roles: { realm: [{ name: 'staff' }] },
      groups: [{ name: 'top', subGroups: [{ name: 'low', attributes: { color: ['red'] }, realmRoles: ['staff'] }] }, { name: 'alone' }],
      users: [holder('olena', undefined, { groups: ['/top/low', '/alone'] }), holder('taras'), holder('reader', ['view-groups'])],
    }),
  ],
})
const call = accountCall(server, name)

test('groups that somebody is in himself', async () => {
  const bearer = await logIn(server, name, 'olena')
  const groups = listOf(await server.admin('GET', `/realms/${name}/groups?search=low`))
  const top = groups[0] as { id: string; subGroups: { id: string }[] }
  const brief = listOf(await call('GET', '/groups', bearer)).toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))
  const low = { id: top.subGroups[0]?.id, name: 'low', path: '/top/low', parentId: top.id, subGroups: [] }
  assert.deepEqual(brief[1], low)
  assert.deepEqual([brief[0]?.['path'], 'parentId' in (brief[0] ?? {})], ['/alone', false])
  const full = listOf(await call('GET', '/groups?briefRepresentation=false', bearer)).find((group) => group['name'] === 'low')
  assert.deepEqual(full, { ...low, attributes: { color: ['red'] }, realmRoles: ['staff'], clientRoles: {} })
  assert.deepEqual(listOf(await call('GET', '/groups', await logIn(server, name, 'reader'))), [])
})

test('organizations that somebody is a member of', async () => {
  const made = await server.admin('POST', `/realms/${name}/organizations`, {
    name: 'Acme',
    alias: 'acme',
    description: 'desc',
    domains: [{ name: 'acme.org' }],
    attributes: { hidden: ['x'] },
  })
  const id = String(made.headers.location).split('/').pop()
  const ids = await userIds(server, name)
  await server.admin('POST', `/realms/${name}/organizations/${id}/members`, ids['olena'])
  const bearer = await logIn(server, name, 'olena')
  const answer = await call('GET', '/organizations', bearer)
  const acme = { id, name: 'Acme', alias: 'acme', enabled: true, description: 'desc', domains: ['acme.org'] }
  assert.deepEqual([answer.status, answer.json], [200, [acme]])
  assert.deepEqual(listOf(await call('GET', '/organizations', await logIn(server, name, 'taras'))), [])
  await server.realm(name).change({ organizationsEnabled: false })
  const off = await call('GET', '/organizations', bearer)
  assert.deepEqual([off.status, off.json], [404, { error: 'HTTP 404 Not Found' }])
})

test('the languages of the realm', async () => {
  const { status, json } = await call('GET', '/supportedLocales', await logIn(server, name, 'reader'))
  assert.deepEqual([status, (json as unknown as string[]).toSorted()], [200, ['en', 'uk']])
})

test('verifiable credentials are a feature that is off', async () => {
  const bearer = await logIn(server, name, 'olena')
  for (const path of ['/verifiable-credentials', '/issued-verifiable-credentials']) {
    const { status, json } = await call('GET', path, bearer)
    assert.deepEqual([status, json], [400, { errorMessage: 'Feature oid4vc-vci not enabled' }])
  }
})
