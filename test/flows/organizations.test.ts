import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProtocolMapperRepresentation } from '../../src/representations/client-scope.ts'
import type { Answer, Json } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, audience, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const name = 'org-flows'
const path = `/realms/${name}`

/** A mapper that writes the claim of its own name. */
const mapper = (claim: string, config: Record<string, string>): ProtocolMapperRepresentation => ({
  name: claim,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-organization-membership-mapper',
  config: { 'claim.name': claim, 'access.token.claim': 'true', 'jsonType.label': 'String', multivalued: 'true', ...config },
})
const mappers = [
  mapper('attributes', { addOrganizationAttributes: 'true' }),
  mapper('ids', { addOrganizationId: 'true' }),
  mapper('domains', { addOrganizationDomain: 'true' }),
  mapper('json', { 'jsonType.label': 'JSON', addOrganizationDomain: 'true' }),
  mapper('one', { multivalued: 'false' }),
  mapper('none', { multivalued: 'false', 'jsonType.label': 'JSON' }),
]
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      organizationsEnabled: true,
      clients: [
        service('app', { directAccessGrantsEnabled: true, protocolMappers: [audience('app')] }),
        service('mapped', { directAccessGrantsEnabled: true, protocolMappers: mappers }),
      ],
      users: [person('anna'), person('bohdan'), person('kateryna')],
      roles: { realm: [{ name: 'of-organization' }] },
    },
  ],
})
const { admin } = server
const realm = server.realm(name)
const list = (answer: Answer): Json[] => answer.json as unknown as Json[]
const users = new Map(list(await admin('GET', `${path}/users`)).map((user) => [String(user['username']), String(user['id'])]))

async function organization(alias: string, members: readonly string[], more: Json = {}): Promise<string> {
  const made = await admin('POST', `${path}/organizations`, { name: alias, ...more })
  const id = String(made.headers.location).split('/').pop() ?? ''
  for (const member of members) await admin('POST', `${path}/organizations/${id}/members`, users.get(member))
  return id
}
const acme = await organization('acme', ['anna', 'bohdan'], { attributes: { color: ['red', 'blue'] }, domains: [{ name: 'example.com' }] })
const beta = await organization('beta', ['anna'], { domains: [{ name: 'beta.com' }] })
await organization('off', ['anna'], { enabled: false })
await organization('other', [])

const login = (username: string, scope: string): Promise<Answer> =>
  realm.token({ grant_type: 'password', username, password, scope }, { basic: as('app') })

/** Which organization scope is told, and what the access token says. */
async function told(username: string, scope: string): Promise<unknown[]> {
  const answer = await login(username, scope)
  if (answer.status !== 200) return [answer.json['error'], answer.json['error_description']]
  const scopes = String(answer.json['scope']).split(' ')
  const claims = jwtClaims(answer.json['access_token'])
  return [
    scopes
      .filter((text) => text.startsWith('organization'))
      .sort()
      .join(' '),
    claims['organization'],
  ]
}

test('a scope asks for the one organization of a user, for named ones, or for all', async () => {
  assert.deepEqual(await told('anna', 'openid'), ['', undefined])
  assert.deepEqual(await told('anna', 'organization'), ['organization', undefined])
  assert.deepEqual(await told('bohdan', 'organization'), ['organization', ['acme']])
  assert.deepEqual(await told('kateryna', 'organization'), ['organization', undefined])
  assert.deepEqual(await told('anna', 'organization:acme'), ['organization:acme', ['acme']])
  assert.deepEqual(await told('anna', 'organization:acme organization:beta'), ['organization:acme organization:beta', ['acme', 'beta']])
  assert.deepEqual(await told('bohdan', 'organization:acme organization:beta'), ['organization:acme', ['acme']])
  assert.deepEqual(await told('anna', 'organization:*'), ['organization:*', ['acme', 'beta']])
  assert.deepEqual(await told('anna', 'organization:other'), ['', undefined])
  assert.deepEqual(await told('kateryna', 'organization:*'), ['', undefined])
})

test('organizations that are not there, are switched off, or are asked for in two ways make an invalid scope', async () => {
  for (const scope of [
    'organization:nope',
    'organization:off',
    'organization:ACME',
    'organization organization:acme',
    'organization:* organization',
  ])
    assert.deepEqual(await told('anna', scope), ['invalid_scope', `Invalid scopes: ${scope}`])
})

test('a service account is in no organization, and asking costs it no statement', async () => {
  const grant = (scope: string) => realm.token({ grant_type: 'client_credentials', scope }, { basic: as('app') })
  const granted = expectToken(await grant('organization'))
  const scopesOf = (token: Json): string[] => String(token['scope']).split(' ').sort()
  assert.deepEqual(scopesOf(granted), ['email', 'organization', 'profile'])
  assert.equal(jwtClaims(granted['access_token'])['organization'], undefined)
  assert.deepEqual(scopesOf(expectToken(await grant('organization:acme'))), ['email', 'profile'])
  if (!server.onReference) assert.deepEqual(await server.statements(() => grant('organization')), [])
})

test('userinfo and introspection tell of organizations as the token does', async () => {
  const { json } = await login('anna', 'openid organization:acme')
  const { json: info } = await realm.userinfo(String(json['access_token']))
  assert.deepEqual(info['organization'], ['acme'])
  const { json: introspected } = await realm.introspect({ token: String(json['access_token']) }, { basic: as('app') })
  assert.deepEqual([introspected['active'], introspected['organization']], [true, ['acme']])
})

test('a refresh keeps the organization, may not widen it, and ends with the membership', async () => {
  const refresh = async (token: unknown, scope?: string): Promise<unknown[]> => {
    const form = { grant_type: 'refresh_token', refresh_token: String(token), ...(scope === undefined ? {} : { scope }) }
    const { status, json } = await realm.token(form, { basic: as('app') })
    return status === 200 ? [jwtClaims(json['access_token'])['organization']] : [json['error'], json['error_description']]
  }
  const { refresh_token: one } = (await login('anna', 'openid organization:acme')).json
  assert.deepEqual(await refresh(one), [['acme']])
  assert.deepEqual(await refresh(one, 'openid organization:beta'), [undefined])
  assert.deepEqual(await refresh(one, 'openid organization'), [['acme']])
  assert.deepEqual(await refresh(one, 'openid'), [undefined])
  const { refresh_token: all } = (await login('anna', 'openid organization:*')).json
  assert.deepEqual(await refresh(all, 'openid organization:beta'), [['beta']])
  const { refresh_token: left } = (await login('bohdan', 'openid organization:acme')).json
  await admin('DELETE', `${path}/organizations/${acme}/members/${users.get('bohdan')}`)
  assert.deepEqual(await refresh(left), ['invalid_grant', 'Invalid organization'])
  await admin('POST', `${path}/organizations/${acme}/members`, users.get('bohdan'))
  assert.deepEqual(await refresh(left), [['acme']])
})

test('the mapper tells aliases, or attributes, ids and domains of each organization', async () => {
  const form = { grant_type: 'password', username: 'anna', password, scope: 'organization:*' }
  const { json } = await realm.token(form, { basic: as('mapped') })
  const claims = jwtClaims(json['access_token'])
  const shown = Object.fromEntries(mappers.map(({ name: claim = '' }) => [claim, claims[claim]]))
  assert.deepEqual(shown, {
    attributes: { acme: { color: ['red', 'blue'] }, beta: {} },
    ids: { acme: { id: acme }, beta: { id: beta } },
    domains: ['acme', 'beta'],
    json: { acme: { domain: 'example.com' }, beta: {} },
    one: 'acme',
    none: undefined,
  })
})
