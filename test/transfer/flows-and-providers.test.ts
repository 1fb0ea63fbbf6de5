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

test('required actions that older files write in small letters are those of today', async () => {
  const old = ['terms_and_conditions', 'verify_email', 'delete_account', 'webauthn-register']
  const today = ['TERMS_AND_CONDITIONS', 'VERIFY_EMAIL', 'delete_account', 'webauthn-register']
  const requiredActions = old.map((alias, index) => ({ alias, providerId: alias, name: alias, enabled: true, priority: index }))
  const users = [{ username: 'asked', enabled: true, requiredActions: [...old, 'VERIFY_EMAIL', 'own-action'] }]
  assert.equal((await server.admin('POST', '/realms', { realm: 'flw-old-names', requiredActions, users })).status, 201)
  const get = async (below: string): Promise<Json[]> =>
    (await server.admin('GET', `/realms/flw-old-names${below}`)).json as unknown as Json[]
  const actions = await get('/authentication/required-actions')
  assert.deepEqual(
    actions.map(({ alias, providerId, name }) => [alias, providerId, name]),
    today.map((alias, index) => [alias, alias, old[index]]),
  )
  const [asked = {}] = await get('/users?username=asked')
  assert.deepEqual((asked['requiredActions'] as string[]).toSorted(), [...today, 'own-action'].toSorted())
})

test('an identity provider of a file has what its kind decides', async () => {
  const provider = (providerId: string, config: Json = {}) => ({ alias: `of-${providerId}`, providerId, config })
  const identityProviders = [provider('google'), provider('kubernetes', { issuer: 'https://own' }), provider('github')]
  assert.equal((await server.admin('POST', '/realms', { realm: 'flw-kinds', identityProviders })).status, 201)
  const facts = async (alias: string) => {
    const { json } = await server.admin('GET', `/realms/flw-kinds/identity-provider/instances/${alias}`)
    return [(json['config'] as Json)['issuer'], json['hideOnLogin']]
  }
  assert.deepEqual(await facts('of-google'), ['https://accounts.google.com', undefined])
  assert.deepEqual(await facts('of-kubernetes'), ['https://own', true])
  assert.deepEqual(await facts('of-github'), [undefined, undefined])
})
