import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const name = 'org-providers'
const path = `/realms/${name}`
const server = await serverOfFile({ realms: [{ realm: name, enabled: true, organizationsEnabled: true }] })
const { admin } = server
const list = (answer: Answer): Json[] => answer.json as unknown as Json[]
const outcome = ({ status, json }: Answer): unknown[] => [status, json['errorMessage'] ?? json['error']]
const make = async (alias: string): Promise<string> => {
  const answer = await admin('POST', `${path}/organizations`, { name: alias, domains: [{ name: `${alias}.com` }] })
  return String(answer.headers.location).split('/').pop() ?? ''
}
const acme = await make('acme')
const other = await make('other')
const instances = `${path}/identity-provider/instances`
const links = (organization = acme): string => `${path}/organizations/${organization}/identity-providers`
const config = { clientId: 'x', clientSecret: 'y', authorizationUrl: 'https://i.example/a', tokenUrl: 'https://i.example/t' }
for (const alias of ['one', 'two'])
  await admin('POST', instances, { alias, providerId: 'oidc', enabled: true, config: { ...config, 'kc.org.domain': 'acme.com' } })
const instance = async (alias = 'one'): Promise<Json> => (await admin('GET', `${instances}/${alias}`)).json
const domainOf = async (): Promise<unknown> => ((await instance())['config'] as Json)['kc.org.domain']

test('an identity provider is linked once, to one organization', async () => {
  assert.equal((await admin('POST', links(), 'one')).status, 204)
  assert.deepEqual(outcome(await admin('POST', links(), 'one')), [409, 'Identity provider already associated to the organization'])
  assert.deepEqual(outcome(await admin('POST', links(other), 'one')), [
    400,
    'Identity provider already associated with a different organization',
  ])
  assert.deepEqual(outcome(await admin('POST', links(), 'nope')), [400, 'Identity provider not found with the given alias'])
  assert.deepEqual((await admin('GET', `${links()}/one`)).json, await instance())
  assert.deepEqual(
    list(await admin('GET', links())).map(({ alias }) => alias),
    ['one'],
  )
  assert.equal((await instance())['organizationId'], acme)
  for (const below of [`${links(other)}/one`, `${links()}/nope`, `${links()}/two/groups`])
    assert.deepEqual(outcome(await admin('GET', below)), [404, 'Identity provider not associated with the organization'])
  assert.deepEqual(list(await admin('GET', `${links()}/one/groups`)), [])
})

test('its domain is one of the organization', async () => {
  const before = await instance()
  const put = (more: Json): Promise<Answer> => admin('PUT', `${instances}/one`, { ...before, ...more })
  const wrong = await put({ config: { ...(before['config'] as Json), 'kc.org.domain': 'else.com' } })
  assert.deepEqual(outcome(wrong), [400, 'Domain does not match any domain from the organization'])
  assert.equal((await put({ organizationId: undefined })).status, 204)
  assert.equal((await instance())['organizationId'], acme)
  await admin('PUT', `${path}/organizations/${acme}`, { name: 'acme', alias: 'acme', domains: [{ name: 'new.com' }] })
  assert.deepEqual([await domainOf(), (await instance())['organizationId']], [undefined, acme])
})

test('it is unlinked, or goes free with the organization', async () => {
  assert.equal((await admin('DELETE', `${links()}/one`)).status, 204)
  assert.deepEqual(outcome(await admin('DELETE', `${links()}/one`)), [404, 'Identity provider not found with the given alias'])
  assert.equal((await instance())['organizationId'], undefined)
  await admin('POST', links(other), 'two')
  assert.equal((await admin('DELETE', `${path}/organizations/${other}`)).status, 204)
  assert.equal((await instance('two'))['organizationId'], undefined)
})

test('a group of an organization is not to be had among the groups of the realm', async () => {
  const group = await admin('POST', `${path}/organizations/${acme}/groups`, { name: 'g' })
  const refused = await admin('GET', `${path}/groups/${String(group.json['id'])}`)
  assert.deepEqual(outcome(refused), [400, 'Cannot manage organization related group via non Organization API.'])
  assert.deepEqual(list(await admin('GET', `${path}/groups`)), [])
})
