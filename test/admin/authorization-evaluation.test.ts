import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { authorizationRealm, listOf, names, resourceServerOf } from './authorization.ts'

const realm = 'atz-evaluation'
const server = await serverOfFile({ realms: [authorizationRealm(realm)] })
const { call, id: serverId } = await resourceServerOf(server, realm)

const settings = {
  allowRemoteResourceManagement: true,
  policyEnforcementMode: 'ENFORCING',
  decisionStrategy: 'UNANIMOUS',
  scopes: [{ name: 'view' }, { name: 'edit' }],
  resources: [
    { name: 'report', type: 'urn:doc', scopes: [{ name: 'view' }, { name: 'edit' }] },
    { name: 'note', type: 'urn:doc', scopes: [{ name: 'view' }] },
    { name: 'free' },
  ],
  policies: [
    { name: 'editors', type: 'role', config: { roles: '[{"id":"editor","required":true}]' } },
    { name: 'readers', type: 'role', config: { roles: '[{"id":"reader","required":false}]' } },
    { name: 'either', type: 'aggregate', decisionStrategy: 'AFFIRMATIVE', config: { applyPolicies: '["editors","readers"]' } },
    { name: 'report for both', type: 'resource', config: { resources: '["report"]', applyPolicies: '["either"]' } },
    { name: 'edit for editors', type: 'scope', config: { scopes: '["edit"]', applyPolicies: '["editors"]' } },
  ],
}

test('settings are imported into a resource server, again and again', async () => {
  for (let i = 0; i < 2; i++) assert.equal((await call('POST', '/import', settings)).status, 204)
  assert.deepEqual(names(await call('GET', '/resource')), ['free', 'note', 'report'])
  const { json } = await call('GET', '/settings')
  const policies = json['policies'] as Json[]
  assert.deepEqual(
    policies.map(({ name }) => name),
    ['editors', 'readers', 'either', 'report for both', 'edit for editors'],
  )
  assert.deepEqual(policies[3]?.['config'], { resources: '["report"]', applyPolicies: '["either"]' })
})

const idOf = async (username: string): Promise<string> =>
  String(listOf(await server.admin('GET', `/realms/${realm}/users?exact=true&username=${username}`))[0]?.['id'])

interface Result {
  readonly resource: string
  readonly status: string
  readonly scopes: readonly string[]
  /** `name: status, of its policies` */
  readonly policies: readonly string[]
}

const texts = (list: unknown): string[] => (list as Json[]).map(({ name }) => String(name)).toSorted()

async function evaluate(question: Json): Promise<{ status: unknown; results: Result[]; rpt: Json }> {
  const { status, json } = await call('POST', '/policy/evaluate', { context: { attributes: {} }, entitlements: false, ...question })
  assert.equal(status, 200, JSON.stringify(json))
  const results = (json['results'] as Json[]).map((result) => ({
    resource: String((result['resource'] as Json)['name']).split(' ')[0] ?? '',
    status: String(result['status']),
    scopes: texts(result['scopes']),
    policies: (result['policies'] as Json[])
      .map(({ policy, status: word, associatedPolicies }) => {
        const inside = (associatedPolicies as Json[]).map((one) => `${String((one['policy'] as Json)['name'])} ${String(one['status'])}`)
        return `${String((policy as Json)['name'])}: ${String(word)}, ${inside.join(' ')}`
      })
      .toSorted(),
  }))
  return { status: json['status'], results: results.toSorted((a, b) => (a.resource < b.resource ? -1 : 1)), rpt: json['rpt'] as Json }
}

test('an evaluation tells what every policy says, and what a token would hold', async () => {
  const { status, results, rpt } = await evaluate({ userId: await idOf('bob'), resources: [{ name: 'report' }] })
  assert.deepEqual(results, [
    {
      resource: 'report',
      status: 'PERMIT',
      scopes: ['view'],
      policies: ['edit for editors: DENY, editors DENY', 'report for both: PERMIT, either PERMIT'],
    },
  ])
  const { permissions } = rpt['authorization'] as { permissions: Json[] }
  assert.deepEqual([status, permissions.map(({ rsname, scopes }) => [rsname, scopes])], ['PERMIT', [['report', ['view']]]])
  assert.deepEqual([rpt['azp'], rpt['preferred_username']], ['files', 'bob'])
})

test('a question may name a client, roles, scopes and a type, or nothing', async () => {
  const alice = await idOf('alice')
  const carol = await idOf('carol')
  const states = async (question: Json): Promise<string[]> =>
    (await evaluate(question)).results.map(({ resource, status, scopes }) => `${resource} ${status} ${scopes.join(' ')}`)
  assert.deepEqual(await states({ userId: alice, clientId: serverId, resources: [] }), ['report PERMIT edit view'])
  assert.deepEqual(await states({ userId: 'alice', resources: [{ name: 'report', scopes: [{ name: 'edit' }] }] }), ['report PERMIT edit'])
  assert.deepEqual(await states({ userId: carol, resources: [{ name: 'report' }] }), ['report DENY edit view'])
  assert.deepEqual(await states({ userId: carol, roleIds: ['reader'], resources: [{ name: 'report' }] }), ['report PERMIT view'])
  assert.deepEqual(await states({ userId: alice, resources: [{ type: 'urn:doc' }] }), ['report PERMIT edit view'])
  assert.deepEqual(await states({ userId: alice, resources: [{ scopes: [{ name: 'edit' }] }] }), ['report PERMIT edit'])
  assert.deepEqual(await evaluate({ userId: alice, resources: [{ name: 'free' }] }).then(({ results }) => results), [])
  assert.deepEqual(await states({ userId: alice, resources: [{ type: 'urn:nothing' }] }), ['report PERMIT edit view'])
  assert.deepEqual(await states({ userId: carol, resources: [{ name: 'report', scopes: [{ name: 'nope' }] }] }), ['report DENY '])
})

test('attributes of the context are claims of what is permitted', async () => {
  const { rpt } = await evaluate({ userId: 'alice', resources: [{ name: 'report' }], context: { attributes: { place: 'home' } } })
  const { permissions } = rpt['authorization'] as { permissions: Json[] }
  assert.deepEqual(
    permissions.map(({ claims }) => claims),
    [{ place: ['home'] }],
  )
})

test('a question that cannot be answered is refused', async () => {
  const unknown = await call('POST', '/policy/evaluate', { nope: 1 })
  assert.deepEqual(unknown.json, {
    error: 'Invalid json representation for PolicyEvaluationRequest. Unrecognized field "nope" at line 1 column 10.',
  })
  assert.notEqual((await call('POST', '/policy/evaluate', { userId: 'nobody', resources: [] })).status, 200)
})
