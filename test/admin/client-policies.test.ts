import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, recorded } from './administrators.ts'

const name = 'rlm-policies'
const server = await serverOfFile({ realms: [{ realm: name, enabled: true, users: [administrator('viewer', ['view-realm'])] }] })
const path = `/realms/${name}/client-policies`
const admin = (method: string, place: string, json?: unknown): Promise<Answer> => server.admin(method, `${path}/${place}`, json)
const refused = async (place: string, body: unknown, errorMessage: string): Promise<void> => {
  const { status, json } = await admin('PUT', place, body)
  assert.deepEqual([status, json], [400, { errorMessage }], JSON.stringify(body))
}

test('a new realm has no policies of its own, and the reference’s global profiles', async () => {
  assert.deepEqual((await admin('GET', 'policies')).json, recorded('client-policies'))
  assert.deepEqual((await admin('GET', 'policies?include-global-policies=true')).json, { policies: [], globalPolicies: [] })
  assert.deepEqual((await admin('GET', 'profiles')).json, { profiles: [] })
  assert.deepEqual((await admin('GET', 'profiles?include-global-profiles=true')).json, recorded('client-profiles-global'))
})

const profile = { name: 'p1', description: 'd', executors: [{ executor: 'pkce-enforcer', configuration: { 'auto-configure': true } }] }

test('profiles are replaced as a whole', async () => {
  assert.equal((await admin('PUT', 'profiles', { profiles: [profile] })).status, 204)
  assert.deepEqual((await admin('GET', 'profiles')).json, { profiles: [profile] })
  const all = (await admin('GET', 'profiles?include-global-profiles=true')).json
  assert.equal((await admin('PUT', 'profiles', all)).status, 204, 'what the console read, it may send back')
  assert.deepEqual((await admin('GET', 'profiles')).json, { profiles: [profile] })
})

test('profiles that make no sense are refused', async () => {
  const oddExecutor = 'proposed client profile contains the executor, which does not have valid provider, or has invalid configuration.'
  await refused('profiles', { profiles: [{ name: 'p' }, { name: 'p' }] }, 'proposed client profile name duplicated.')
  await refused('profiles', { profiles: [{}] }, 'client profile without its name not allowed.')
  await refused('profiles', { profiles: [{ name: 'p', executors: [{ executor: 'nope' }] }] }, oddExecutor)
  await refused('profiles', { profiles: [{ name: 'p', executors: [{}] }] }, oddExecutor)
  await refused('profiles', { profiles: [], globalProfiles: [{ name: 'x' }] }, 'Global profiles cannot be updated')
  const taken = "Proposed profile name 'fapi-1-baseline' is duplicated as a global profile"
  await refused('profiles', { profiles: [{ name: 'fapi-1-baseline' }] }, taken)
  await refused('profiles', undefined, 'Passing null clientProfiles not allowed')
  const unknown = await admin('PUT', 'profiles', { bogus: 1 })
  const error = 'Invalid json representation for ClientProfilesRepresentation. Unrecognized field "bogus" at line 1 column 11.'
  assert.deepEqual([unknown.status, unknown.json], [400, { error }])
})

test('policies are completed and replaced as a whole', async () => {
  const policy = {
    name: 'a',
    description: 'x',
    enabled: true,
    conditions: [{ condition: 'any-client', configuration: {} }],
    profiles: ['p1', 'fapi-1-baseline'],
  }
  assert.equal((await admin('PUT', 'policies', { policies: [policy, { name: 'b', mode: 'STRICT' }] })).status, 204)
  assert.deepEqual((await admin('GET', 'policies')).json, {
    policies: [policy, { name: 'b', mode: 'STRICT', enabled: false, conditions: [], profiles: [] }],
  })
  const realm = (await server.admin('GET', `/realms/${name}`)).json
  assert.deepEqual((realm['clientProfiles'] as Json)['profiles'], [profile])
  assert.equal(((realm['clientPolicies'] as Json)['policies'] as Json[]).length, 2)
  assert.equal((await admin('PUT', 'policies', {})).status, 204)
  assert.deepEqual((await admin('GET', 'policies')).json, { policies: [] })
})

test('policies that make no sense are refused', async () => {
  await refused('policies', { policies: [{ name: 'a' }, { name: 'a' }] }, 'proposed client policy name duplicated')
  await refused('policies', { policies: [{}] }, 'client policy without name not allowed')
  await refused('policies', { policies: [{ name: 'a', profiles: ['nope'] }] }, 'Policy a contains invalid profile nope')
  await refused('policies', { policies: [{ name: 'a', profiles: ['p1', 'p1'] }] }, 'Policy a contains duplicated profiles')
  await refused('policies', { policies: [{ name: 'a', conditions: [{ condition: 'nope' }] }] }, 'Policy a contains invalid condition nope')
  await refused('policies', { policies: [{ name: 'a', conditions: [{}] }] }, 'Policy a contains invalid condition null')
  await refused('policies', { policies: [{ name: 'a', mode: 'x' }] }, 'Policy a has invalid mode')
  await refused('policies', { policies: [], globalPolicies: [{ name: 'q' }] }, 'Global policies cannot be updated')
  await refused('policies', undefined, 'Passing null clientPolicies not allowed')
})

test('who may only see the realm changes no policies', async () => {
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  assert.equal((await viewer('GET', `${path}/policies`)).status, 200)
  for (const place of ['policies', 'profiles']) assert.equal((await viewer('PUT', `${path}/${place}`, {})).status, 403)
})
