import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectError } from '../server/expect.ts'
import { serverOfFile } from '../server.ts'
import { bearerOf, callerOf, modulo } from './administrators.ts'
import { authorizationRealm, listOf, names, resourceServerOf } from './authorization.ts'

const realm = 'atz-resources'
const server = await serverOfFile({ realms: [authorizationRealm(realm)] })
const { call, id: serverId, path } = await resourceServerOf(server, realm)
const plain = await resourceServerOf(server, realm, 'plain')

test('a resource server prints its settings, and a client without one has none', async () => {
  const { status, json } = await call('GET', '')
  assert.equal(status, 200)
  assert.deepEqual(json, {
    id: serverId,
    clientId: serverId,
    name: 'files',
    allowRemoteResourceManagement: true,
    policyEnforcementMode: 'ENFORCING',
    resources: [],
    policies: [],
    scopes: [],
    decisionStrategy: 'UNANIMOUS',
  })
  for (const below of ['', '/settings', '/resource', '/scope', '/policy', '/permission'])
    assert.equal((await plain.call('GET', below)).status, 404, below)
})

test('the settings of a resource server are replaced as a whole', async () => {
  const settings = { allowRemoteResourceManagement: false, policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE' }
  assert.equal((await call('PUT', '', settings)).status, 204)
  const { json } = await call('GET', '')
  assert.deepEqual({ ...settings, ...json }, json)
  assert.equal((await call('PUT', '', { policyEnforcementMode: 'DISABLED' })).status, 409)
  assert.equal((await call('PUT', '', { decisionStrategy: 'UNANIMOUS' })).status, 204)
  assert.equal((await call('GET', '')).json['policyEnforcementMode'], 'ENFORCING')
})

test('scopes are made, found, changed and removed', async () => {
  const made = await call('POST', '/scope', { name: 'view', displayName: 'View', iconUri: 'http://i' })
  assert.deepEqual([made.status, modulo(made.json)], [201, { id: '~', name: 'view', iconUri: 'http://i', displayName: 'View' }])
  const again = await call('POST', '/scope', { name: 'view' })
  assert.deepEqual([again.status, again.json], [201, { id: made.json['id'], name: 'view' }])
  assert.equal((await call('POST', '/scope', {})).status, 409)
  const edit = (await call('POST', '/scope', { name: 'edit' })).json
  assert.deepEqual(names(await call('GET', '/scope')), ['edit', 'view'])
  assert.deepEqual(names(await call('GET', '/scope?name=IE')), ['view'])
  assert.deepEqual(names(await call('GET', `/scope?scopeId=${edit['id']}`)), ['edit'])
  assert.deepEqual(names(await call('GET', '/scope?first=1&max=1')), ['view'])
  assert.equal((await call('GET', '/scope/search?name=view')).json['id'], made.json['id'])
  assert.equal((await call('GET', '/scope/search?name=')).status, 400)
  assert.deepEqual([(await call('GET', '/scope/search')).status, (await call('GET', '/scope/search?name=vie')).status], [400, 204])
  assert.equal((await call('PUT', `/scope/${edit['id']}`, { name: 'change' })).status, 204)
  assert.equal((await call('PUT', `/scope/${edit['id']}`, { name: 'view' })).status, 409)
  assert.deepEqual((await call('GET', `/scope/${edit['id']}`)).json, { id: edit['id'], name: 'change' })
  assert.equal((await call('DELETE', `/scope/${edit['id']}`)).status, 204)
  for (const below of ['', '/permissions', '/resources']) assert.equal((await call('GET', `/scope/${edit['id']}${below}`)).status, 404)
})

test('a resource is printed as it was made, and its scopes are made with it', async () => {
  const given = {
    name: 'report',
    type: 'urn:doc',
    uris: ['/reports/1'],
    scopes: [{ name: 'view' }, { name: 'print' }],
    attributes: { a: ['1', '2'], b: 'x' },
    displayName: 'Report',
    icon_uri: 'http://i',
    ownerManagedAccess: true,
  }
  const { status, json } = await call('POST', '/resource', given)
  assert.equal(status, 201)
  assert.deepEqual(modulo(json), {
    ...given,
    attributes: { a: ['1', '2'], b: ['x'] },
    scopes: [
      { id: '~', name: 'print' },
      { id: '~', name: 'view' },
    ],
    owner: { id: '~', name: 'files' },
    _id: '~',
  })
  assert.deepEqual((await call('GET', `/resource/${json['_id']}`)).json, json)
  assert.deepEqual((await call('GET', `/resource/${json['_id']}/attributes`)).json, { a: ['1', '2'], b: ['x'] })
  assert.deepEqual(names(await call('GET', `/resource/${json['_id']}/scopes`)).toSorted(), ['print', 'view'])
  const again = await call('POST', '/resource', { name: 'report' })
  assert.deepEqual(
    [again.status, again.json],
    [409, { error: 'invalid_request', error_description: 'Resource with name [report] already exists.' }],
  )
  const refused = await call('DELETE', `/scope/${(await call('GET', '/scope/search?name=print')).json['id']}`)
  assert.deepEqual([refused.status, refused.json], [400, { errorMessage: 'Scopes can not be removed while associated with resources.' }])
})

test('two owners may have resources of one name', async () => {
  const { status, json } = await call('POST', '/resource', { name: 'report', owner: 'alice', ownerManagedAccess: true })
  assert.deepEqual([status, (json['owner'] as { name: string }).name], [201, 'alice'])
  for (const owner of [{}, { name: 'alice' }]) {
    const refused = await call('POST', '/resource', { name: 'of somebody', owner })
    assert.deepEqual(
      [refused.status, refused.json],
      [400, { error: 'invalid_request', error_description: 'You must specify the resource owner.' }],
    )
  }
  assert.equal((await call('GET', '/resource/search?name=report')).json['displayName'], 'Report')
})

test('resources are searched by every parameter', async () => {
  await call('POST', '/resource', { name: 'archive', type: 'urn:box', uris: ['/archive/*'] })
  const found = async (query: string): Promise<unknown[]> => names(await call('GET', `/resource?${query}`))
  assert.deepEqual(await found(''), ['archive', 'report', 'report'])
  assert.deepEqual(await found('name=REP'), ['report', 'report'])
  assert.deepEqual(await found('name=rep&exactName=true'), [])
  assert.deepEqual(await found('owner=alice'), ['report'])
  assert.deepEqual(await found('owner=files'), ['archive', 'report'])
  assert.deepEqual(await found('owner=nobody'), [])
  assert.deepEqual(await found('type=DOC'), ['report'])
  assert.deepEqual(await found('scope=vie'), ['report'])
  assert.deepEqual(await found('uri=/reports/1'), ['report'])
  assert.deepEqual(await found('uri=/archive/2020'), [])
  assert.deepEqual(await found('uri=/archive/2020&matchingUri=true'), ['archive'])
  assert.deepEqual(await found('first=1&max=1'), ['report'])
  assert.equal((await call('GET', '/resource?max=x')).status, 404)
  const [brief = {}] = listOf(await call('GET', '/resource?name=archive&deep=false'))
  assert.deepEqual([brief['attributes'], brief['scopes']], [undefined, undefined])
})

// The reference takes `_` for any character.
test('characters with a meaning in SQL have none in a search', { skip: server.onReference }, async () => {
  assert.deepEqual(names(await call('GET', '/resource?name=r_port')), [])
  assert.deepEqual(names(await call('GET', `/resource?name=${encodeURIComponent('%')}`)), [])
})

test('a PUT clears what it does not have, but for attributes', async () => {
  const { json } = await call('POST', '/resource', {
    name: 'note',
    type: 't',
    uris: ['/n'],
    scopes: [{ name: 'view' }],
    attributes: { a: ['1'] },
  })
  assert.equal((await call('PUT', `/resource/${json['_id']}`, { name: 'note 2' })).status, 204)
  const after = (await call('GET', `/resource/${json['_id']}`)).json
  assert.deepEqual(
    [after['name'], after['type'], after['uris'], after['scopes'], after['attributes']],
    ['note 2', undefined, [], undefined, { a: ['1'] }],
  )
  assert.equal((await call('PUT', `/resource/${json['_id']}`, { name: 'report' })).status, 409)
  assert.equal((await call('DELETE', `/resource/${json['_id']}`)).status, 204)
  assert.deepEqual((await call('GET', `/resource/${json['_id']}`)).json, { error: 'HTTP 404 Not Found' })
})

test('unknown members are refused', async () => {
  const answer = await call('POST', '/resource', { nope: 1 })
  assert.deepEqual(
    [answer.status, answer.json],
    [400, { error: 'Invalid json representation for ResourceRepresentation. Unrecognized field "nope" at line 1 column 10.' }],
  )
})

test('who may see may not change, and who may query learns no more than that there is a client', async () => {
  const asked = async (who: string, method: string, below: string, json?: unknown): Promise<number> =>
    (await callerOf(server, await bearerOf(server, realm, who))(method, below, json)).status
  for (const below of ['', '/resource', '/scope', '/policy', '/permission', '/policy/providers']) {
    assert.equal(await asked('viewer', 'GET', `${path}${below}`), 200, below)
    assert.equal(await asked('clerk', 'GET', `${path}${below}`), 403, below)
  }
  assert.equal(await asked('viewer', 'GET', `${path}/settings`), 403)
  assert.equal(await asked('viewer', 'POST', `${path}/scope`, { name: 'x' }), 403)
  assert.equal(await asked('viewer', 'PUT', path, {}), 403)
  assert.equal(await asked('manager', 'GET', `${path}/settings`), 200)
  assert.equal(await asked('manager', 'POST', `${path}/scope`, { name: 'x' }), 201)
  const nowhere = path.replace(serverId, 'nope')
  assert.deepEqual([await asked('viewer', 'GET', nowhere), await asked('clerk', 'GET', nowhere)], [403, 404])
  assert.equal(await asked('alice', 'GET', path), 403)
})

test('changes are in the audit log', async () => {
  server.clock.advance(1)
  const { json: made } = await call('POST', '/resource', { name: 'logged' })
  server.clock.advance(1)
  await call('DELETE', `/resource/${made['_id']}`)
  if (!server.onReference) await server.services.events.flush()
  const events = listOf(await server.admin('GET', `/realms/${realm}/admin-events?resourceTypes=AUTHORIZATION_RESOURCE&max=2`))
  const resourcePath = `clients/${serverId}/authz/resource-server/resource/${made['_id']}`
  assert.deepEqual(
    events.map((event) => [event['operationType'], event['resourcePath']]),
    [
      ['DELETE', resourcePath],
      ['CREATE', resourcePath],
    ],
  )
})

test('a list runs the same statements however long it is', { skip: server.onReference }, async () => {
  const statements = async (): Promise<number> => (await server.statements(() => call('GET', '/resource'))).length
  const before = await statements()
  for (let i = 0; i < 20; i++) {
    await call('POST', '/resource', { name: `many ${i}`, scopes: [{ name: 'view' }], uris: [`/many/${i}`], attributes: { i: String(i) } })
  }
  assert.equal(await statements(), before)
  assert.ok(before <= 12, `${before} statements`)
})

test('an unknown path below a resource server is not found', async () => {
  expectError(await call('GET', '/nope'), 404, 'HTTP 404 Not Found')
})
