import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import type { IdentityProviderRepresentation } from '../../src/representations/identity-provider.ts'
import { jwtClaims } from '../server/jwt.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountEvents, accountRealm, holder, listOf, logIn, userIds } from './people.ts'

const name = 'w-account-links'
const settings = {
  clientId: 'x',
  clientSecret: 'idp-secret-1',
  authorizationUrl: 'https://a.example/',
  tokenUrl: 'https://b.example/',
}
const provider = (alias: string, more: IdentityProviderRepresentation = {}): IdentityProviderRepresentation => ({
  alias,
  providerId: 'oidc',
  enabled: true,
  ...more,
  config: { ...settings, ...more.config },
})
const links = (username: string, ...aliases: string[]) =>
  aliases.map((identityProvider) => ({ identityProvider, userId: `${username}-id`, userName: `${username}@${identityProvider}` }))
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      organizationsEnabled: true,
      organizations: [
        {
          name: 'Acme',
          alias: 'acme',
          domains: [{ name: 'acme.example' }],
          identityProviders: [{ alias: 'corp' }],
          members: [{ username: 'managed', membershipType: 'MANAGED' }],
        },
      ],
      identityProviders: [
        provider('corp'),
        provider('hub', { providerId: 'github', displayName: 'The Hub' }),
        provider('zebra'),
        provider('ant', { linkOnly: true, hideOnLogin: true }),
        provider('off', { enabled: false }),
        provider('never', { config: { showInAccountConsole: 'NEVER' } }),
        provider('known', { config: { showInAccountConsole: 'WHEN_LINKED' } }),
      ],
      users: [
        holder('olena', undefined, { federatedIdentities: links('olena', 'hub', 'known') }),
        holder('taras', undefined, { federatedIdentities: links('taras', 'hub') }),
        holder('ivan', undefined, { federatedIdentities: links('ivan', 'hub', 'zebra') }),
        holder('managed', undefined, { federatedIdentities: links('managed', 'corp', 'hub') }),
        holder('viewer', ['view-profile']),
        holder('linker', ['manage-account-links']),
      ],
    }),
  ],
})
const call = accountCall(server, name)
const aliases = async (bearer: string, query = ''): Promise<unknown[]> =>
  listOf(await call('GET', `/linked-accounts${query}`, bearer)).map(({ providerAlias }) => providerAlias)

test('accounts at identity providers are listed, and those that could be linked', async () => {
  const bearer = await logIn(server, name, 'olena')
  const answer = await call('GET', '/linked-accounts', bearer)
  const hub = listOf(answer).find(({ providerAlias }) => providerAlias === 'hub')
  assert.deepEqual(hub, {
    connected: true,
    providerAlias: 'hub',
    providerName: 'hub',
    displayName: 'The Hub',
    linkedUsername: 'olena@hub',
    social: true,
  })
  const zebra = listOf(answer).find(({ providerAlias }) => providerAlias === 'zebra')
  assert.deepEqual(zebra, { connected: false, providerAlias: 'zebra', providerName: 'zebra', displayName: 'zebra', social: false })
  assert.deepEqual(await aliases(bearer), ['ant', 'hub', 'known', 'zebra'])
  assert.deepEqual(await aliases(await logIn(server, name, 'viewer')), ['ant', 'hub', 'zebra'])
  assert.equal((await call('GET', '/linked-accounts', await logIn(server, name, 'linker'))).status, 403)
})

test('the list is searched and paged by those who say which accounts they mean', async () => {
  const bearer = await logIn(server, name, 'olena')
  assert.deepEqual(await aliases(bearer, '?linked=true'), ['hub', 'known'])
  assert.deepEqual(await aliases(bearer, '?linked=false'), ['ant', 'zebra'])
  assert.deepEqual(await aliases(bearer, '?linked=false&first=1&max=5'), ['zebra'])
  assert.deepEqual(await aliases(bearer, '?linked=false&first=0&max=1'), ['ant'])
  assert.deepEqual(await aliases(bearer, '?linked=true&search=hub'), ['hub'])
  assert.deepEqual(await aliases(bearer, '?linked=false&search=z'), ['zebra'])
  assert.deepEqual(await aliases(bearer, '?search=hub&max=1'), ['ant', 'hub', 'known', 'zebra'])
  assert.equal((await call('GET', '/linked-accounts?first=x', bearer)).status, 404)
})

test('where a browser begins to link an account is signed by the session', async () => {
  const bearer = await logIn(server, name, 'olena')
  const { status, json } = await call('GET', '/linked-accounts/zebra?redirectUri=http://127.0.0.1:9/cb', bearer)
  const nonce = String(json['nonce'])
  const expected = hash('sha256', `${nonce}${jwtClaims(bearer)['sid']}account-consolezebra`, 'base64url')
  assert.deepEqual([status, json['hash']], [200, expected])
  const query = new URLSearchParams({ nonce, hash: expected, client_id: 'account-console', redirect_uri: 'http://127.0.0.1:9/cb' })
  assert.equal(json['accountLinkUri'], `${server.url}/realms/${name}/broker/zebra/link?${query}`)
  const unknown = await call('GET', '/linked-accounts/nope?redirectUri=http://127.0.0.1:9/cb', bearer)
  assert.deepEqual([unknown.status, unknown.json], [400, { errorMessage: 'identityProviderNotFoundMessage' }])
  const viewer = await logIn(server, name, 'viewer')
  assert.equal((await call('GET', '/linked-accounts/zebra?redirectUri=http://127.0.0.1:9/cb', viewer)).status, 403)
})

test('a link is taken away, and only the own one', async () => {
  const bearer = await logIn(server, name, 'olena')
  await accountEvents(server, name)
  const removed = await call('DELETE', '/linked-accounts/hub', bearer)
  assert.deepEqual([removed.status, removed.text], [204, ''])
  assert.deepEqual(await accountEvents(server, name), [
    {
      type: 'REMOVE_FEDERATED_IDENTITY',
      clientId: 'account',
      identity_provider: 'hub',
      identity_provider_identity: 'olena@hub',
      username: 'olena',
    },
  ])
  for (const alias of ['hub', 'zebra']) {
    const { status, json } = await call('DELETE', `/linked-accounts/${alias}`, bearer)
    assert.deepEqual([status, json], [400, { errorMessage: 'This identity is not active anymore.' }])
  }
  const unknown = await call('DELETE', '/linked-accounts/nope', bearer)
  assert.deepEqual([unknown.status, unknown.json], [400, { errorMessage: 'identityProviderNotFoundMessage' }])
  assert.deepEqual(await aliases(await logIn(server, name, 'taras'), '?linked=true'), ['hub'])
})

test('who has no password keeps his last link', async () => {
  const ids = await userIds(server, name)
  for (const [username, statuses] of [
    ['taras', [400]],
    ['ivan', [204, 400]],
  ] as const) {
    const bearer = await logIn(server, name, username)
    const path = `/realms/${name}/users/${ids[username]}/credentials`
    for (const { id } of listOf(await server.admin('GET', path))) await server.admin('DELETE', `${path}/${id}`)
    const answers = []
    for (const alias of username === 'taras' ? ['hub'] : ['zebra', 'hub'])
      answers.push(await call('DELETE', `/linked-accounts/${alias}`, bearer))
    assert.deepEqual(
      answers.map(({ status }) => status),
      statuses,
    )
    const errorMessage = 'You can not remove last federated identity as you do not have a password.'
    assert.deepEqual(answers.at(-1)?.json, { errorMessage })
  }
})

// A realm file makes no managed member on the reference: that takes a login by the organization's provider.
test('whom an organization manages stays linked to its provider, and links no other', { skip: server.onReference }, async () => {
  const bearer = await logIn(server, name, 'managed')
  assert.deepEqual(await aliases(bearer), ['ant', 'corp', 'hub', 'zebra'])
  assert.deepEqual(await aliases(bearer, '?linked=false'), [])
  const errorMessage = 'You cannot remove the link to an identity provider associated with an organization.'
  for (const [method, path] of [
    ['DELETE', '/linked-accounts/corp'],
    ['GET', '/linked-accounts/zebra?redirectUri=http://127.0.0.1:9/cb'],
  ] as const) {
    const { status, json } = await call(method, path, bearer)
    assert.deepEqual([status, json], [400, { errorMessage }])
  }
  assert.equal((await call('DELETE', '/linked-accounts/hub', bearer)).status, 204)
})

test('the list costs two statements', { skip: server.onReference }, async () => {
  const bearer = await logIn(server, name, 'olena')
  await aliases(bearer)
  const names = await server.statements(() => aliases(bearer))
  assert.deepEqual(
    names.filter((statement) => /identit/.test(statement)),
    ['federated-identity.list-of-many', 'identity-provider.list'],
  )
})
