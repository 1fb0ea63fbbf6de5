import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { expectError } from '../server/expect.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const realmName = 'atz-protection'
const server = await serverOfFile({
  realms: [
    {
      realm: realmName,
      enabled: true,
      roles: { realm: [{ name: 'reader' }] },
      groups: [{ name: 'staff' }],
      clients: [
        service('files', {
          enabled: true,
          directAccessGrantsEnabled: true,
          authorizationServicesEnabled: true,
          authorizationSettings: {
            resources: [{ name: 'mine', owner: { name: 'alice' }, ownerManagedAccess: true, scopes: [{ name: 'view' }, { name: 'edit' }] }],
            scopes: [{ name: 'view' }, { name: 'edit' }],
            decisionStrategy: 'UNANIMOUS',
          },
        }),
        service('app', { enabled: true, directAccessGrantsEnabled: true }),
      ],
      users: [
        person('alice'),
        person('bob'),
        person('carol', { realmRoles: ['reader'] }),
        person('dave', { clientRoles: { files: ['uma_protection'] } }),
      ],
    },
  ],
})
const realm = server.realm(realmName)
const pat = await realm.accessToken(as('files'))
const tokenOf = async (username: string, clientId = 'files'): Promise<string> =>
  String((await realm.token({ grant_type: 'password', username, password }, { basic: as(clientId) })).json['access_token'])
const [alice, bob, carol] = [await tokenOf('alice'), await tokenOf('bob'), await tokenOf('carol')]

const call = (method: string, path: string, json?: unknown, bearer = pat): Promise<Answer> =>
  realm.call(method, `/authz/protection${path}`, { bearer, ...(json === undefined ? {} : { json }) })
const listOf = ({ text }: Answer): Json[] => JSON.parse(text) as Json[]
const ids = (answer: Answer): string[] => JSON.parse(answer.text) as string[]
const [mine = ''] = ids(await call('GET', '/resource_set?name=mine'))

/** What somebody may do, or the error. */
async function may(bearer: string, more: Json = { audience: 'files' }): Promise<unknown> {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', response_mode: 'permissions', ...more } as never
  const { status, text } = await realm.call('POST', '/protocol/openid-connect/token', { bearer, form })
  if (status !== 200) return (JSON.parse(text) as Json)['error_description']
  return (JSON.parse(text) as { rsname: string; scopes?: string[] }[]).map(
    ({ rsname, scopes = [] }) => `${rsname}: ${scopes.toSorted().join(' ')}`,
  )
}

test('the protection API is for resource servers with a token of their own', async () => {
  const none = await realm.call('GET', '/authz/protection/resource_set')
  expectError(none, 403, 'invalid_bearer_token', 'Could not obtain bearer access_token from request.')
  expectError(await call('GET', '/resource_set', undefined, alice), 403, 'invalid_scope', 'Requires uma_protection scope.')
  const foreign = await realm.accessToken(as('app'))
  const description = 'Client application [app] is not registered as a resource server.'
  expectError(await call('GET', '/resource_set', undefined, foreign), 403, 'invalid_clientId', description)
})

test('a resource server registers, finds, changes and forgets its resources', async () => {
  const given = {
    name: 'report',
    type: 'urn:doc',
    icon_uri: 'i',
    resource_scopes: ['view', 'print'],
    uris: ['/r/1'],
    attributes: { a: 'b' },
  }
  const { status, json } = await call('POST', '/resource_set', given)
  assert.deepEqual([status, json['name'], (json['owner'] as Json)['name'], json['attributes']], [201, 'report', 'files', undefined])
  const id = String(json['_id'])
  const read = (await call('GET', `/resource_set/${id}`)).json
  assert.deepEqual(
    [read['attributes'], (read['resource_scopes'] as Json[]).map(({ name }) => name).toSorted()],
    [{ a: ['b'] }, ['print', 'view']],
  )
  const found = async (query: string): Promise<number> => ids(await call('GET', `/resource_set?${query}`)).length
  assert.deepEqual(
    [await found(''), await found('name=REP'), await found('name=rep&exactName=true'), await found('owner=alice'), await found('uri=/r/1')],
    [2, 1, 0, 1, 1],
  )
  assert.deepEqual([await found('type=doc'), await found('scope=prin'), await found(`_id=${id}`), await found('max=1')], [1, 1, 1, 1])
  const [deep = {}] = listOf(await call('GET', '/resource_set?name=report&deep=true'))
  assert.equal(deep['type'], 'urn:doc')
  assert.equal((await call('PUT', `/resource_set/${id}`, { name: 'report', resource_scopes: ['view'] })).status, 204)
  const { error } = (await call('PUT', `/resource_set/${id}`, { nope: 1 })).json
  assert.equal(error, 'Invalid json representation for ResourceRepresentation. Unrecognized field "nope" at line 1 column 10.')
  assert.equal((await call('GET', `/resource_set/${id}`)).json['type'], undefined)
  expectError(
    await call('POST', '/resource_set', { name: 'report' }),
    409,
    'invalid_request',
    'Resource with name [report] already exists.',
  )
  assert.equal((await call('DELETE', `/resource_set/${id}`)).status, 204)
  expectError(await call('GET', `/resource_set/${id}`), 404, 'HTTP 404 Not Found')
})

test('a resource without scopes is told without `scopes`, with an empty `resource_scopes`', async () => {
  const { json } = await call('POST', '/resource_set', { name: 'bare', scopes: [] })
  const path = `/resource_set/${String(json['_id'])}`
  for (const resource of [json, (await call('GET', path)).json])
    assert.deepEqual([resource['resource_scopes'], 'scopes' in resource, resource['uris']], [[], false, []])
  assert.equal((await call('DELETE', path)).status, 204)
})

test('a body that is no JSON by its type is refused', async () => {
  const answer = await realm.call('POST', '/authz/protection/resource_set', {
    bearer: pat,
    headers: { 'content-type': 'text/plain' },
    body: '{"name":"x"}',
  })
  expectError(answer, 415, 'The content-type header value did not match the value in @Consumes')
})

test('who registers a resource owns it, whatever the request says', async () => {
  const { json } = await call('POST', '/resource_set', { name: 'claimed', owner: { id: 'alice' } })
  assert.equal((json['owner'] as Json)['name'], 'files')
  await call('DELETE', `/resource_set/${json['_id']}`)
})

test('who has the right to the protection API manages his own resources by it, and no others', async () => {
  const dave = await tokenOf('dave')
  const notYours = "You don't have permission to manage this resource"
  assert.deepEqual(ids(await call('GET', '/resource_set', undefined, dave)), [])
  assert.deepEqual(ids(await call('GET', '/resource_set?owner=alice', undefined, dave)), [])
  for (const method of ['GET', 'PUT', 'DELETE'])
    expectError(await call(method, `/resource_set/${mine}`, method === 'PUT' ? { name: 'x' } : undefined, dave), 403, 'forbidden', notYours)
  const made = await call('POST', '/resource_set', { name: 'mine', owner: 'alice', scopes: ['view'] }, dave)
  const id = String(made.json['_id'])
  assert.deepEqual([made.status, (made.json['owner'] as Json)['name']], [201, 'dave'])
  assert.deepEqual(ids(await call('GET', '/resource_set?name=mine', undefined, dave)), [id])
  assert.equal((await call('PUT', `/resource_set/${id}`, { name: 'mine' }, dave)).status, 204)
  assert.equal((await call('DELETE', `/resource_set/${id}`, undefined, dave)).status, 204)
})

test('what a change does not say of the access goes back to the server, and blank URIs are none', async () => {
  const { json } = await call('POST', '/resource_set', { name: 'loose', ownerManagedAccess: true, uris: ['', ' ', '/l'] })
  const path = `/resource_set/${String(json['_id'])}`
  assert.deepEqual([json['ownerManagedAccess'], json['uris']], [true, ['/l']])
  assert.equal((await call('PUT', path, { name: 'loose', uris: [''] })).status, 204)
  const after = (await call('GET', path)).json
  assert.deepEqual([after['ownerManagedAccess'], after['uris']], [false, []])
  await call('DELETE', path)
})

test('a ticket names what exists', async () => {
  const { status, json } = await call('POST', '/permission', [{ resource_id: mine, resource_scopes: ['view'] }])
  const claims = JSON.parse(Buffer.from(String(json['ticket']).split('.')[1] ?? '', 'base64url').toString()) as Json
  assert.deepEqual([status, claims['permissions'], claims['azp']], [201, [{ scopes: ['view'], rsid: mine }], 'files'])
  const unknown = 'Resource set with id [nope] does not exists in this server.'
  expectError(await call('POST', '/permission', [{ resource_id: 'nope' }]), 400, 'invalid_resource_id', unknown)
  const scope = await call('POST', '/permission', [{ resource_id: mine, resource_scopes: ['nope'] }])
  expectError(scope, 400, 'invalid_scope', 'Scope [nope] is invalid')
  expectError(await call('POST', '/permission', []), 400, 'invalid_permission_request', 'Invalid permission request.')
  for (const nothing of [{}, { claims: { a: ['b'] } }])
    expectError(await call('POST', '/permission', [nothing]), 400, 'invalid_resource_id', 'Resource id or name not provided.')
  const bare = String((await call('POST', '/resource_set', { name: 'scopeless' })).json['_id'])
  const foreign = await call('POST', '/permission', [{ resource_id: bare, resource_scopes: ['view'] }])
  expectError(foreign, 400, 'invalid_scope', 'Scope [view] is invalid')
  assert.equal((await call('POST', '/permission', [{ resource_scopes: ['view'] }])).status, 201)
  await call('DELETE', `/resource_set/${bare}`)
})

test('what is asked for with a ticket waits for the owner, who grants and takes back', async () => {
  const { json } = await call('POST', '/permission', [{ resource_id: mine, resource_scopes: ['view'] }])
  const ticket = String(json['ticket'])
  assert.equal(await may(bob, { ticket, submit_request: 'false' }), 'not_authorized')
  assert.deepEqual(listOf(await call('GET', '/permission/ticket')), [])
  assert.equal(await may(bob, { ticket }), 'request_submitted')
  assert.equal(await may(bob, { ticket }), 'request_submitted')
  const [asked = {}] = listOf(await call('GET', '/permission/ticket?returnNames=true'))
  assert.deepEqual(
    [asked['ownerName'], asked['requesterName'], asked['resourceName'], asked['scopeName'], asked['granted']],
    ['alice', 'bob', 'mine', 'view', false],
  )
  const count = async (query: string): Promise<number> => Number((await call('GET', `/permission/ticket/count?${query}`)).text)
  assert.deepEqual(
    [await count(''), await count('granted=true'), await count('requester=bob'), await count('owner=bob'), await count('scopeId=view')],
    [1, 0, 1, 0, 1],
  )
  assert.equal((await call('PUT', '/permission/ticket', { ...asked, granted: true })).status, 204)
  assert.deepEqual(await may(bob), ['mine: view'])
  assert.deepEqual(await may(bob, { audience: 'files', permission: 'mine#view' }), ['mine: view'])
  assert.equal((await call('PUT', '/permission/ticket', { ...asked, granted: false })).status, 204)
  assert.equal(await may(bob), 'not_authorized')
  expectError(await call('PUT', '/permission/ticket', { ...asked, id: 'nope' }), 400, 'invalid_request', 'invalid_ticket')
})

test('a resource server grants for the owner', async () => {
  const given = { resource: mine, requesterName: 'carol', scopeName: 'edit', granted: true }
  const { status, json } = await call('POST', '/permission/ticket', given)
  assert.deepEqual([status, json['granted']], [200, true])
  assert.deepEqual(await may(carol), ['mine: edit'])
  expectError(await call('POST', '/permission/ticket', given), 400, 'invalid_permission', 'Permission already exists')
  await call('DELETE', `/permission/ticket/${json['id']}`)
  assert.equal(await may(carol), 'not_authorized')
  const rows: readonly (readonly [given: Json, error: string, description: string])[] = [
    [{}, 'invalid_permission', 'created permissions should have resource'],
    [{ resource: mine }, 'invalid_permission', 'created permissions should have scope or scopeName'],
    [{ id: 'x', resource: mine, requesterName: 'bob', scopeName: 'edit' }, 'invalid_permission', 'created permissions should not have id'],
    [{ resource: mine, requester: 'nobody', scopeName: 'edit' }, 'invalid_permission', 'Requester does not exists in this server as user.'],
    [{ resource: mine, requesterName: 'bob', scopeName: 'nope' }, 'invalid_scope', 'Scope [nope] is invalid'],
  ]
  for (const [body, error, description] of rows) expectError(await call('POST', '/permission/ticket', body), 400, error, description)
})

test('who has the right to the protection API sees and decides on what is his, and may only drop his own requests', async () => {
  const dave = await tokenOf('dave')
  const view = { resource: mine, requesterName: 'bob', scopeName: 'view' }
  const ofBob = String((await call('POST', '/permission/ticket', view)).json['id'])
  const ofDave = String((await call('POST', '/permission/ticket', { ...view, requesterName: 'dave' })).json['id'])
  const seen = async (query: string): Promise<unknown[]> =>
    listOf(await call('GET', `/permission/ticket${query}`, undefined, dave)).map(({ id }) => id)
  assert.deepEqual([await seen(''), await seen('?owner=alice'), await seen('?requester=bob')], [[ofDave], [ofDave], []])
  assert.equal((await call('GET', '/permission/ticket/count', undefined, dave)).text, '1')
  const updated = `permissions for [${mine}] can be updated only by the owner or by the resource server`
  for (const id of [ofBob, ofDave])
    expectError(await call('PUT', '/permission/ticket', { id, granted: true }, dave), 403, 'not_authorised', updated)
  const made = `permissions for [${mine}] can be only created by the owner or by the resource server itself`
  const given = { ...view, requesterName: 'dave', scopeName: 'edit', granted: true }
  expectError(await call('POST', '/permission/ticket', given, dave), 403, 'not_authorised', made)
  const deleted = `permissions for [${mine}] can be deleted only by the owner, the requester, or the resource server`
  expectError(await call('DELETE', `/permission/ticket/${ofBob}`, undefined, dave), 403, 'not_authorised', deleted)
  assert.equal((await call('DELETE', `/permission/ticket/${ofDave}`, undefined, dave)).status, 204)
  assert.equal((await call('DELETE', `/permission/ticket/${ofBob}`)).status, 204)
})

test('what is shared of the server’s own resources is granted once', async () => {
  const { json } = await call('POST', '/resource_set', { name: 'common', ownerManagedAccess: true, scopes: ['view'] })
  const given = { resource: json['_id'], requesterName: 'bob', scopeName: 'view', granted: true }
  assert.equal((await call('POST', '/permission/ticket', given)).status, 200)
  assert.deepEqual(await may(bob), ['common: view'])
  await call('DELETE', `/resource_set/${String(json['_id'])}`)
})

test('an owner shares a resource by policies that nobody else sees', async () => {
  const asked = { audience: 'files', permission: mine }
  const given = { name: 'share', description: 'D', scopes: ['view'], users: ['bob', 'carol'] }
  const { status, json } = await call('POST', `/uma-policy/${mine}`, given, alice)
  const id = String(json['id'])
  assert.deepEqual([status, (json['users'] as string[]).toSorted(), json['type']], [200, ['bob', 'carol'], 'uma'])
  assert.deepEqual([await may(bob, asked), await may(carol, asked)], [['mine: view'], ['mine: view']])
  assert.deepEqual(
    listOf(await call('GET', '/uma-policy?name=SHA', undefined, alice)).map(({ name }) => name),
    ['share'],
  )
  assert.deepEqual(listOf(await call('GET', '/uma-policy', undefined, bob)), [])
  const notOwner = `Only resource owner can access policies for resource [${mine}]`
  expectError(await call('GET', `/uma-policy/${id}`, undefined, bob), 400, 'invalid_request', notOwner)
  expectError(await call('POST', `/uma-policy/${mine}`, { name: 'x' }, bob), 400, 'invalid_request', notOwner)
  expectError(await call('POST', `/uma-policy/${mine}`, { name: 'x' }), 400, 'invalid_request', notOwner)
  const changed = { ...given, scopes: ['edit'], users: ['carol'], roles: ['reader'] }
  assert.equal((await call('PUT', `/uma-policy/${id}`, changed, alice)).status, 201)
  assert.deepEqual([await may(bob, asked), await may(carol, asked)], ['not_authorized', ['mine: edit']])
  assert.deepEqual((await call('GET', `/uma-policy/${id}`, undefined, alice)).json['roles'], ['reader'])
  assert.equal((await call('DELETE', `/uma-policy/${id}`, undefined, alice)).status, 204)
  expectError(await call('GET', `/uma-policy/${id}`, undefined, alice), 404, 'invalid_request', `Policy with [${id}] does not exist`)
  assert.equal(await may(carol, asked), 'not_authorized')
})

test('an owner shares only scopes that the resource has', async () => {
  const answer = await call('POST', `/uma-policy/${mine}`, { name: 'x', scopes: ['nope'] }, alice)
  expectError(answer, 400, 'invalid_request', `Some of the scopes [[nope]] are not valid for resource [${mine}]`)
  expectError(await call('POST', '/uma-policy/nope', { name: 'x' }, alice), 400, 'invalid_request', 'Resource [nope] cannot be found')
  const taken = await call('POST', '/uma-policy/nope', { name: 'x', id: 'y' }, alice)
  expectError(taken, 400, 'invalid_request', 'Newly created uma policies should not have an id')
})

test('an owner’s policy is told as it is stored: names in the place of ids, and nobody who does not exist', async () => {
  const given = { name: 'some', scopes: ['view'], users: ['carol'], roles: ['reader', 'nope'], groups: ['/staff', '/nope'] }
  const { json } = await call('POST', `/uma-policy/${mine}`, given, alice)
  assert.deepEqual([json['users'], json['roles'], json['groups']], [['carol'], ['reader'], ['/staff']])
  const path = `/uma-policy/${String(json['id'])}`
  for (const wrong of [[], { nope: 1 }])
    expectError(await call('PUT', path, wrong, alice), 400, 'invalid_request', 'Failed to parse representation')
  expectError(await call('PUT', path, {}, alice), 400, 'invalid_request', 'The policy has no name')
  expectError(await call('PUT', '/uma-policy/nope', {}, alice), 404, 'invalid_request', 'Policy with [nope] does not exist')
  assert.equal((await call('GET', path, undefined, alice)).status, 200)
  await call('DELETE', path, undefined, alice)
})

test('owners find their policies by names of their own resources alone', async () => {
  const status = async (bearer: string): Promise<number> => (await call('GET', '/uma-policy?resource=mine', undefined, bearer)).status
  assert.deepEqual([await status(alice), await status(bob), await status(pat)], [200, 204, 204])
})

test('what users share is none of the administrators’ policies, and goes with the user', { skip: server.onReference }, async () => {
  await call('POST', `/uma-policy/${mine}`, { name: 'share', scopes: ['view'], users: ['bob'] }, alice)
  const [client = {}] = JSON.parse((await server.admin('GET', `/realms/${realmName}/clients?clientId=files`)).text) as Json[]
  const path = `/realms/${realmName}/clients/${client['id']}/authz/resource-server`
  assert.deepEqual(JSON.parse((await server.admin('GET', `${path}/policy`)).text), [])
  assert.deepEqual(((await server.admin('GET', `${path}/settings`)).json['policies'] as unknown[]).length, 0)
  await realm.removeUser('alice')
  assert.deepEqual(ids(await call('GET', '/resource_set')), [])
  assert.equal(await may(bob), 'not_authorized')
})

test('a resource server that may not manage its resources is told so', async () => {
  const [client = {}] = JSON.parse((await server.admin('GET', `/realms/${realmName}/clients?clientId=files`)).text) as Json[]
  const path = `/realms/${realmName}/clients/${client['id']}/authz/resource-server`
  await server.admin('PUT', path, { allowRemoteResourceManagement: false, decisionStrategy: 'UNANIMOUS' })
  for (const method of ['GET', 'POST']) {
    const answer = await call(method, '/resource_set', method === 'POST' ? { name: 'x' } : undefined)
    expectError(answer, 400, 'not_supported', 'Remote management is disabled.')
  }
  assert.equal((await call('GET', '/permission/ticket')).status, 200)
})
