import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { realmWithProfile } from '../users/realms.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'

const name = 'usr-search'
const path = `/realms/${name}`
const providerOf = (alias: string) => ({
  alias,
  providerId: 'oidc',
  enabled: true,
  config: { authorizationUrl: 'https://x.example/a', tokenUrl: 'https://x.example/t', clientId: 'a', clientSecret: 'b' },
})
const server = await serverOfFile({
  realms: [
    {
      ...realmWithProfile(name, [], { unmanagedAttributePolicy: 'ENABLED' }),
      clients: [service('shop')],
      identityProviders: [providerOf('gh')],
      users: [
        {
          username: 'alice',
          email: 'alice@example.com',
          firstName: 'Alice',
          lastName: 'Smith',
          enabled: true,
          attributes: { drfo: ['123'], city: ['Kyiv', 'Lviv'], 'k y': ['v v'] },
          federatedIdentities: [{ identityProvider: 'gh', userId: 'g1', userName: 'alice-g' }],
        },
        {
          username: 'alina',
          email: 'alina@other.com',
          firstName: 'Alina',
          lastName: 'Taras',
          enabled: false,
          attributes: { drfo: ['1234'], city: ['Kyiv'] },
        },
        { username: 'bob', email: 'bob@example.com', firstName: 'Bob', lastName: 'Smithson', emailVerified: true, enabled: false },
        { username: 'malice', firstName: 'Тарас', lastName: 'Шевченко', enabled: true, attributes: { місто: ['Київ'] } },
        {
          username: 'zed_x',
          enabled: true,
          federatedIdentities: [
            { identityProvider: 'gh', userId: 'g2', userName: 'z' },
            { identityProvider: 'gone', userId: 'n', userName: 'n' },
          ],
        },
        administrator('boss', ['view-users'], { firstName: 'Chief', lastName: 'Boss', emailVerified: false, email: 'boss@office.org' }),
        administrator('clerk', ['query-users'], { firstName: 'A', lastName: 'Clerk', emailVerified: false, email: 'clerk@office.org' }),
      ],
    },
  ],
})

const people = ['alice', 'alina', 'bob', 'boss', 'clerk', 'malice', 'zed_x']
const withService = [...people.slice(0, 6), 'service-account-shop', 'zed_x']

const names = async (query: string): Promise<unknown> => {
  const { json } = await server.admin('GET', `${path}/users?${query}`)
  return Array.isArray(json) ? (json as Json[]).map(({ username }) => username) : json
}
const count = async (query: string): Promise<unknown> => JSON.parse((await server.admin('GET', `${path}/users/count?${query}`)).text)
const q = (text: string): string => `q=${encodeURIComponent(text)}`

/** Query, and who is found; the count is the same. */
async function finds(rows: readonly (readonly [query: string, found: readonly string[]])[]): Promise<void> {
  for (const [query, found] of rows) {
    assert.deepEqual(await names(query), found, query)
    assert.deepEqual(await count(query), found.length, `count ${query}`)
  }
}

test('a search looks for words that a name, an address begins with; a star stands for anything, quotation marks for all of it', async () => {
  const t = encodeURIComponent
  await finds([
    ['search=ali', ['alice', 'alina']],
    ['search=*ali*', ['alice', 'alina', 'malice']],
    ['search=*ali', ['alice', 'alina', 'malice']],
    ['search=a*e', ['alice', 'alina']],
    ['search=SMITH', ['alice', 'bob']],
    ['search=example', []],
    ['search=*example*', ['alice', 'bob']],
    ['search=%22alice@example.com%22', ['alice']],
    ['search=%22Smith%22', ['alice']],
    ['search=%22Alice%22', ['alice']],
    ['search=ali%20bob', []],
    ['search=alice%20smith', ['alice']],
    ['search=%22alice%20smith%22', []],
    [`search=${t('тар')}`, ['malice']],
    [`search=${t('*ШЕВ*')}`, ['malice']],
    ['search=_', []],
    ['search=*_*', ['zed_x']],
    ['search=%25', []],
    ['search=%22', []],
    ['search=%22%22', []],
    ['search=', people],
    ['search=%20%20', people],
    ['search=ali&exact=true', ['alice', 'alina']],
    ['search=service', []],
  ])
})

test('a search may ask for a state, and lets single members be', async () => {
  await finds([
    ['search=ali&enabled=false', ['alina']],
    ['search=ali&emailVerified=true', []],
    ['search=ali&username=bob', ['alice', 'alina']],
    [`search=ali&${q('city:Lviv')}`, ['alice', 'alina']],
    ['search=ali&idpAlias=gh', ['alice', 'alina']],
  ])
})

test('people are named by id, name or address, and come as they are named', async () => {
  const [alice = {}] = (await server.admin('GET', `${path}/users?username=alice&exact=true`)).json as unknown as Json[]
  await finds([
    [`search=id:${String(alice['id'])}`, ['alice']],
    [`search=id:${String(alice['id'])}&enabled=false`, ['alice']],
    ['search=id:nope', []],
    ['search=username:BOB%20alice', ['bob', 'alice']],
    ['search=username:ali', []],
    ['search=email:alice@example.com', ['alice']],
    ['search=email:alice', []],
  ])
})

test('members are looked for by a piece or by all of them', async () => {
  await finds([
    ['username=ALI', ['alice', 'alina', 'malice']],
    ['username=Alice&exact=true', ['alice']],
    ['username=ali*', []],
    ['firstName=ali', ['alice', 'alina']],
    ['firstName=alice&exact=true', ['alice']],
    ['firstName=ali&exact=true', []],
    [`firstName=${encodeURIComponent('тарас')}&exact=true`, ['malice']],
    ['lastName=smith', ['alice', 'bob']],
    ['lastName=smith&exact=true', ['alice']],
    ['email=EXAMPLE', ['alice', 'bob']],
    ['email=ALICE@example.com&exact=true', ['alice']],
    ['username=ali&email=other', ['alina']],
    ['firstName=ali&lastName=smith', ['alice']],
    ['emailVerified=true', ['bob']],
    ['enabled=false&emailVerified=false', ['alina']],
    ['enabled=xx', ['alina', 'bob']],
    ['emailVerified=', people],
    ['username=', people],
    ['exact=true', withService],
    ['username=service-account', ['service-account-shop']],
    ['username=%20', []],
  ])
})

test('attributes are looked for by whole values in whatever letter case', async () => {
  await finds([
    [q('drfo:123'), ['alice']],
    [q('city:Kyiv'), ['alice', 'alina']],
    [q('city:KYIV'), ['alice', 'alina']],
    [q('місто:київ'), ['malice']],
    [q('city:K*'), []],
    [q('city:Kyiv drfo:1234'), ['alina']],
    [q('city:Kyiv  drfo:123'), ['alice']],
    [q('"k y":"v v"'), ['alice']],
    [q("'k y':'v v'"), []],
    [q('"city":Kyiv'), ['alice', 'alina']],
    [q('city:"Kyiv'), ['alice', 'alina']],
    [q('city drfo:123'), ['alice']],
    [q('city:Kyiv drfo'), ['alice', 'alina']],
    [q('city:Kyiv city:Lviv'), ['alice']],
    [q('city :Kyiv'), []],
    [q('city:Kyiv,drfo:123'), []],
    [q('city'), people],
    [q('city:'), []],
    [q(':x'), []],
    [q('nope:1'), []],
    [q(' '), people],
    [`${q('city:Kyiv')}&enabled=true`, ['alice']],
    [`${q('city:Kyiv')}&username=ali&exact=true`, []],
    [q('username:alice'), ['alice', 'malice']],
    [q('email:alice@example.com'), ['alice']],
    [q('emailVerified:true'), ['bob']],
  ])
})

test('accounts at identity providers are looked for by provider and by their id', async () => {
  await finds([
    ['idpAlias=gh', ['alice', 'zed_x']],
    ['idpAlias=gh&idpUserId=g1', ['alice']],
    ['idpUserId=g1', ['alice']],
    ['idpUserId=g', []],
    ['idpAlias=g', []],
    ['idpAlias=gh&username=zed', ['zed_x']],
  ])
})

test('the time of making is looked for by day or by millisecond', async () => {
  await finds([
    ['createdAfter=2020-01-01', withService],
    ['createdBefore=2020-01-01', []],
    ['createdAfter=1600000000000', withService],
    ['createdAfter=', people],
    ['search=ali&createdAfter=2040-01-01', []],
  ])
  const wrong = { error: "Invalid value for 'createdAfter', expected format is yyyy-MM-dd or an Epoch timestamp" }
  for (const value of ['xx', '-5', '2026-13-01', '2026-1-1', '2020-01-01T00:00:00Z']) {
    const { status, json } = await server.admin('GET', `${path}/users?createdAfter=${value}`)
    assert.deepEqual([status, json], [400, wrong], value)
  }
})

test('pages begin and end where they are asked to; a count knows no pages', async () => {
  assert.deepEqual(await names('first=1&max=2'), ['alina', 'bob'])
  assert.deepEqual(await names('first=-1&max=1'), ['alice'])
  assert.deepEqual(await names('max=0'), [])
  assert.deepEqual(await names('max=-1'), people)
  assert.deepEqual(await names('search=*ali*&first=1&max=1'), ['alina'])
  assert.equal(await count('first=1&max=2'), 7)
})

test('who may only look for users is told how many there are, and of no certain one', async () => {
  const [alice = {}] = (await server.admin('GET', `${path}/users?username=alice&exact=true`)).json as unknown as Json[]
  const id = String(alice['id'])
  const clerk = callerOf(server, await bearerOf(server, name, 'clerk'))
  assert.deepEqual((await clerk('GET', `${path}/users?search=ali`)).json, [])
  assert.equal((await clerk('GET', `${path}/users/count`)).text, '7')
  assert.equal((await clerk('GET', `${path}/users/count?search=id:${id}`)).text, '0')
  assert.equal((await clerk('GET', `${path}/users/${id}`)).status, 403)
  const boss = callerOf(server, await bearerOf(server, name, 'boss'))
  assert.equal((await boss('GET', `${path}/users/count?search=id:${id}`)).text, '1')
  const { json } = await boss('GET', `${path}/users/${id}`)
  const none = { manageGroupMembership: false, resetPassword: false, mapRoles: false, impersonate: false, manage: false }
  assert.deepEqual(json['access'], { ...none, view: true })
  assert.deepEqual(json['federatedIdentities'], [{ identityProvider: 'gh', userId: 'g1', userName: 'alice-g' }])
})
