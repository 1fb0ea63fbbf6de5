import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { bring, exported, temporaryFolder } from './transfers.ts'

const server = await serverOfFile({ realms: [{ realm: 'flw-moving', enabled: true, users: [{ username: 'linked', enabled: true }] }] })
const folder = temporaryFolder()

const write = async (method: string, path: string, body?: unknown): Promise<string> => {
  const { status, text, headers } = await server.admin(method, path, body)
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
  return String(headers['location']).split('/').at(-1) ?? ''
}

/** What a realm says of its flows and identity providers, without the ids, which are the realm's own. */
async function described(realm: string): Promise<unknown> {
  const get = async (below: string): Promise<Json[]> => (await server.admin('GET', `/realms/${realm}${below}`)).json as unknown as Json[]
  const flows = await get('/authentication/flows')
  const executions = await Promise.all(
    flows.map(({ alias }) => get(`/authentication/flows/${encodeURIComponent(String(alias))}/executions`)),
  )
  const configs = await Promise.all(
    executions
      .flat()
      .flatMap(({ authenticationConfig }) =>
        authenticationConfig === undefined ? [] : [get(`/authentication/config/${authenticationConfig}`)],
      ),
  )
  const providers = await get('/identity-provider/instances')
  const mappers = await Promise.all(providers.map(({ alias }) => get(`/identity-provider/instances/${alias}/mappers`)))
  const requiredActions = await get('/authentication/required-actions')
  const ids = new Set(['id', 'flowId', 'authenticationConfig', 'internalId'])
  return JSON.parse(
    JSON.stringify({ flows, executions, configs, providers, mappers, requiredActions }, (name, value) =>
      ids.has(name) ? undefined : value,
    ),
  )
}

test('flows, configurations, required actions, identity providers and mappers move with their realm', async () => {
  const path = '/realms/flw-moving'
  await write('POST', `${path}/authentication/flows/browser/copy`, { newName: 'moved' })
  const added = await write('POST', `${path}/authentication/flows/moved%20forms/executions/execution`, { provider: 'user-session-limits' })
  const config = await write('POST', `${path}/authentication/executions/${added}/config`, { alias: 'limits', config: { behavior: 'x' } })
  await write('PUT', `${path}/authentication/config/${config}`, { alias: 'limits anew', config: { behavior: 'y' } })
  await write('PUT', path, { browserFlow: 'moved' })
  await write('PUT', `${path}/authentication/required-actions/VERIFY_EMAIL/config`, { config: { max_auth_age: '7' } })
  await write('POST', `${path}/authentication/required-actions/VERIFY_EMAIL/raise-priority`)
  const provider = {
    alias: 'partner',
    displayName: 'Partner',
    providerId: 'oidc',
    firstBrokerLoginFlowAlias: 'first broker login',
    config: { clientId: 'a', clientSecret: 'broker-secret-7' },
  }
  await write('POST', `${path}/identity-provider/instances`, provider)
  const mapper = {
    name: 'm',
    identityProviderAlias: 'partner',
    identityProviderMapper: 'oidc-user-attribute-idp-mapper',
    config: { claim: 'c' },
  }
  await write('POST', `${path}/identity-provider/instances/partner/mappers`, mapper)

  const file = await exported(server.services, 'flw-moving', folder)
  const text = JSON.stringify(file)
  assert.match(text, /broker-secret-7/, 'a whole export holds secrets')
  assert.doesNotMatch(text, /"configId"/)
  const withoutIds = JSON.parse(text, (name, value) =>
    name === 'id' || name === 'internalId' || name === 'containerId' ? undefined : value,
  )
  const renamed = join(folder, 'flw-moved.json')
  writeFileSync(renamed, JSON.stringify({ ...withoutIds, realm: 'flw-moved' }))
  await bring(server.services, renamed)
  assert.deepEqual(await described('flw-moved'), await described('flw-moving'))
  assert.equal((await server.admin('GET', '/realms/flw-moved')).json['browserFlow'], 'moved')
  assert.deepEqual(
    await server
      .admin('GET', '/realms/flw-moved/identity-provider/instances?search=part')
      .then(({ json }) => (json as unknown as Json[]).length),
    1,
  )
})

test('the removal of an identity provider takes the links of people with it, and of no other provider', async () => {
  const users = [
    { username: 'both', federatedIdentities: ['one', 'two'].map((identityProvider) => ({ identityProvider, userId: '1', userName: 'n' })) },
    { username: 'other', federatedIdentities: [{ identityProvider: 'two', userId: '2', userName: 'one' }] },
  ]
  const identityProviders = ['one', 'two'].map((alias) => ({ alias, providerId: 'github', config: {} }))
  await write('POST', '/realms', {
    realm: 'flw-links',
    enabled: true,
    identityProviders,
    users: users.map((user) => ({ ...user, enabled: true })),
  })
  await write('DELETE', '/realms/flw-links/identity-provider/instances/one')
  const file = await exported(server.services, 'flw-links', folder)
  const links = (file['users'] as Json[]).map(({ username, federatedIdentities }) => [username, federatedIdentities])
  assert.deepEqual(links, [
    ['both', [{ identityProvider: 'two', userId: '1', userName: 'n' }]],
    ['other', [{ identityProvider: 'two', userId: '2', userName: 'one' }]],
  ])
})
