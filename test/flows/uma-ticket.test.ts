import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResourceServerRepresentation } from '../../src/representations/authorization.ts'
import type { Answer, Json } from '../server/call.ts'
import { expectError } from '../server/expect.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const uma = 'urn:ietf:params:oauth:grant-type:uma-ticket'
const realmName = 'atz-uma'

/** Who has the role editor may do all with report; nobody may with secret; everybody who is no guest may see documents. */
const settings: ResourceServerRepresentation = {
  policyEnforcementMode: 'ENFORCING',
  decisionStrategy: 'UNANIMOUS',
  scopes: [{ name: 'view' }, { name: 'edit' }, { name: 'delete' }],
  resources: [
    { name: 'report', type: 'urn:doc', uris: ['/reports/1'], scopes: [{ name: 'view' }, { name: 'edit' }] },
    { name: 'secret', uris: ['/secrets/*'], scopes: [{ name: 'view' }] },
    { name: 'open', uris: ['/open'] },
    { name: 'mine', type: 'urn:doc', owner: { name: 'alice' }, ownerManagedAccess: true, scopes: [{ name: 'view' }] },
  ],
  policies: [
    { name: 'editors', type: 'role', config: { roles: '[{"id":"editor","required":true}]' } },
    { name: 'nobody', type: 'role', config: { roles: '[{"id":"boss","required":true}]' } },
    { name: 'report for editors', type: 'resource', config: { resources: '["report"]', applyPolicies: '["editors"]' } },
    { name: 'secret for nobody', type: 'resource', config: { resources: '["secret"]', applyPolicies: '["nobody"]' } },
  ],
}

const server = await serverOfFile({
  realms: [
    {
      realm: realmName,
      enabled: true,
      roles: { realm: [{ name: 'editor' }, { name: 'boss' }] },
      clients: [
        service('files', {
          enabled: true,
          directAccessGrantsEnabled: true,
          authorizationServicesEnabled: true,
          authorizationSettings: settings,
        }),
        service('app', { enabled: true, directAccessGrantsEnabled: true }),
      ],
      users: [person('alice', { realmRoles: ['editor'] }), person('bob')],
    },
  ],
})
const realm = server.realm(realmName)

const bearerOf = async (username: string, clientId = 'app', scope?: string): Promise<string> => {
  const form = { grant_type: 'password', username, password, ...(scope === undefined ? {} : { scope }) }
  return String((await realm.token(form, { basic: as(clientId) })).json['access_token'])
}
const alice = await bearerOf('alice')
const bob = await bearerOf('bob')

type Pairs = readonly (readonly [string, string])[]
/** A request for what the bearer may do, as a list of permissions. */
const ask = (bearer: string, ...pairs: Pairs): Promise<Answer> => {
  const form: Pairs = [['grant_type', uma], ['audience', 'files'], ['response_mode', 'permissions'], ...pairs]
  return server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, { bearer, form })
}
const permit = (permission: string): readonly [string, string] => ['permission', permission]

/** `name: scope scope` of each permission. */
function granted({ status, text }: Answer): unknown {
  if (status !== 200) return [status, (JSON.parse(text) as Json)['error'], (JSON.parse(text) as Json)['error_description']]
  const list = JSON.parse(text) as { rsname?: string; scopes?: string[] }[]
  return list.map(({ rsname, scopes = [] }) => `${rsname}: ${scopes.toSorted().join(' ')}`)
}

const denied = [403, 'access_denied', 'not_authorized']

test('a token of the user gets a token that says what he may do at the resource server', async () => {
  const form = { grant_type: uma, audience: 'files' }
  const { status, json } = await server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, { bearer: alice, form })
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(json), [
    'upgraded',
    'access_token',
    'expires_in',
    'refresh_expires_in',
    'refresh_token',
    'token_type',
    'not-before-policy',
  ])
  const claims = JSON.parse(Buffer.from(String(json['access_token']).split('.')[1] ?? '', 'base64url').toString()) as Json
  assert.deepEqual([claims['aud'], claims['azp'], json['upgraded']], ['files', 'app', false])
  const { permissions } = claims['authorization'] as { permissions: Json[] }
  assert.deepEqual(
    permissions.map(({ rsname }) => rsname),
    ['report', 'mine'],
  )
  const refreshed = await realm.token({ grant_type: 'refresh_token', refresh_token: String(json['refresh_token']) }, { basic: as('app') })
  const again = JSON.parse(Buffer.from(String(refreshed.json['access_token']).split('.')[1] ?? '', 'base64url').toString()) as Json
  assert.deepEqual(again['authorization'], claims['authorization'])
})

test('resources are asked for by name, id, scope, type and URI', async () => {
  const rows: readonly (readonly [pairs: Pairs, expected: unknown])[] = [
    // A user's resource inherits the permissions on the server's own resources of its type.
    [[], ['report: edit view', 'mine: view']],
    [[permit('report')], ['report: edit view']],
    [[permit('report#view')], ['report: view']],
    [[permit('report#edit'), permit('report#view')], ['report: edit view']],
    [[permit('#edit')], ['report: edit']],
    [[permit('report#nothing,view')], ['report: view']],
    [[permit('report'), ['scope', 'view']], ['report: view']],
    [[permit('resource-type:urn:doc')], ['report: edit view']],
    [[permit('resource-type:urn:none')], denied],
    [[permit('/reports/1'), ['permission_resource_format', 'uri']], ['report: edit view']],
    [[permit('/secrets/7'), ['permission_resource_format', 'uri'], ['permission_resource_matching_uri', 'true']], denied],
    [[permit('secret')], denied],
    [[permit('open')], denied],
    [[permit('')], denied],
    [[permit('report'), ['response_include_resource_name', 'false']], ['undefined: edit view']],
  ]
  for (const [pairs, expected] of rows) assert.deepEqual(granted(await ask(alice, ...pairs)), expected, JSON.stringify(pairs))
  assert.deepEqual(granted(await ask(bob)), denied)
})

test('what does not exist is told', async () => {
  const rows: readonly (readonly [pairs: Pairs, error: string, description: string])[] = [
    [[permit('nothing')], 'invalid_resource', 'Resource with id [nothing] does not exist.'],
    [[permit('report#delete')], 'invalid_resource', 'Resource with id [report] does not exist.'],
    [[permit('report#nothing')], 'invalid_scope', 'One of the given scopes [nothing] is invalid'],
    [[permit('/nowhere'), ['permission_resource_format', 'uri']], 'invalid_resource', 'Resource with uri [/nowhere] does not exist.'],
  ]
  for (const [pairs, error, description] of rows) expectError(await ask(alice, ...pairs), 400, error, description)
})

test('a decision may be a yes alone', async () => {
  const form: Pairs = [['grant_type', uma], ['audience', 'files'], permit('report'), ['response_mode', 'decision']]
  const { json, headers } = await server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, { bearer: alice, form })
  assert.deepEqual([json, headers['cache-control']], [{ result: true }, 'no-store'])
})

test('who asks, and whom, has to be clear', async () => {
  const send = (form: Json, options: Json = { bearer: alice }): Promise<Answer> =>
    server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, { ...options, form: { grant_type: uma, ...form } as never })
  expectError(await send({}), 400, 'invalid_request', 'You must provide the issuedFor')
  expectError(await send({ audience: 'nobody' }), 400, 'invalid_request', 'Unknown resource server id: [nobody]')
  expectError(await send({ audience: 'app' }), 400, 'invalid_request', 'Client does not support permissions')
  expectError(await send({ audience: 'files' }, {}), 401, 'invalid_client', 'Invalid client or Invalid client credentials')
  expectError(await send({ audience: 'files' }, { bearer: 'nonsense' }), 400, 'invalid_grant', 'Invalid bearer token')
  expectError(await send({ audience: 'files', response_mode: 'magic' }), 400, 'invalid_request', 'Invalid response_mode')
  expectError(await send({ ticket: 'nonsense' }), 403, 'invalid_ticket', 'Ticket verification failed')
  expectError(await send({ audience: 'files', rpt: 'nonsense' }), 403, 'invalid_rpt', 'RPT signature is invalid')
  expectError(
    await send({ audience: 'files', claim_token: 'x', claim_token_format: 'x' }),
    400,
    'invalid_request',
    'Claim token format [x] not supported',
  )
  const jwt = 'urn:ietf:params:oauth:token-type:jwt'
  expectError(await send({ audience: 'files', claim_token: 'x', claim_token_format: jwt }), 400, 'invalid_request', 'Invalid claims')
})

// The reference takes an access token for a ticket.
test('an access token is no ticket', { skip: server.onReference }, async () => {
  const answer = await server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, {
    bearer: alice,
    form: { grant_type: uma, ticket: alice },
  })
  expectError(answer, 403, 'invalid_ticket', 'Ticket verification failed')
})

test('a client asks for itself with its secret, or for whom it has a token of', async () => {
  const form = { grant_type: uma, audience: 'files', response_mode: 'permissions' }
  assert.deepEqual(granted(await realm.token(form, { basic: as('app') })), denied)
  assert.deepEqual(granted(await realm.token({ ...form, subject_token: alice }, { basic: as('app') })), ['report: edit view', 'mine: view'])
})

test('of a repeated parameter the first counts', async () => {
  assert.deepEqual(granted(await ask(alice, ['audience', 'nobody'], ['response_mode', 'magic'], permit('report'))), ['report: edit view'])
})

test('an earlier token is added to', async () => {
  const send = (more: Json) =>
    server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, {
      bearer: alice,
      form: { grant_type: uma, audience: 'files', ...more } as never,
    })
  const first = await send({ permission: 'report#view' })
  const second = await send({ permission: 'report#edit', rpt: first.json['access_token'] })
  assert.equal(second.json['upgraded'], true)
  const claims = JSON.parse(Buffer.from(String(second.json['access_token']).split('.')[1] ?? '', 'base64url').toString()) as Json
  const { permissions } = claims['authorization'] as { permissions: { scopes: string[] }[] }
  assert.deepEqual(permissions[0]?.scopes.toSorted(), ['edit', 'view'])
})

test('introspection tells what a requesting party token allows', async () => {
  const rpt = await server.call('POST', `/realms/${realmName}/protocol/openid-connect/token`, {
    bearer: alice,
    form: { grant_type: uma, audience: 'files', permission: 'report#view' },
  })
  const form = { token: String(rpt.json['access_token']), token_type_hint: 'requesting_party_token' }
  const { json } = await server.call('POST', `/realms/${realmName}/protocol/openid-connect/token/introspect`, { basic: as('files'), form })
  const [permission = {}] = json['permissions'] as Json[]
  assert.deepEqual(
    [json['active'], json['sub'], permission['rsname'], permission['resource_scopes'], permission['resource_id']],
    [true, undefined, 'report', ['view'], permission['rsid']],
  )
  const plain = await server.call('POST', `/realms/${realmName}/protocol/openid-connect/token/introspect`, {
    basic: as('files'),
    form: { ...form, token: alice },
  })
  assert.deepEqual(plain.json, { active: false })
})

test('a decision runs a fixed number of statements', { skip: server.onReference }, async () => {
  const all = await server.statements(() => ask(alice))
  const one = await server.statements(() => ask(alice, permit('report')))
  const two = await server.statements(() => ask(alice, permit('report'), permit('secret'), permit('open')))
  assert.ok(all.length <= 24, all.join(' '))
  assert.ok(one.length <= 26, one.join(' '))
  assert.equal(two.length, one.length)
})

test('nobody is asked where nothing is enforced', async () => {
  const { json } = await server.admin('GET', `/realms/${realmName}/clients?clientId=files`)
  const [client = {}] = json as unknown as Json[]
  const path = `/realms/${realmName}/clients/${client['id']}/authz/resource-server`
  const enforce = (policyEnforcementMode: string) => server.admin('PUT', path, { policyEnforcementMode, decisionStrategy: 'UNANIMOUS' })
  await enforce('PERMISSIVE')
  assert.deepEqual(granted(await ask(bob, permit('open'))), ['open: '])
  assert.deepEqual(granted(await ask(bob, permit('secret'))), denied)
  await enforce('DISABLED')
  assert.deepEqual(granted(await ask(bob, permit('secret'))), ['secret: view'])
  await enforce('ENFORCING')
  assert.deepEqual(granted(await ask(bob, permit('open'))), denied)
})
