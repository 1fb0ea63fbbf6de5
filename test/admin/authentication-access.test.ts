import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'

const roles = [
  'view-realm',
  'manage-realm',
  'query-realms',
  'view-identity-providers',
  'manage-identity-providers',
  'manage-clients',
  'query-clients',
  'query-users',
  'manage-users',
  'view-events',
]
const realmName = 'flw-access'
const server = await serverOfFile({
  realms: [
    {
      realm: realmName,
      enabled: true,
      users: roles.map((role) => administrator(role, [role])),
      identityProviders: [
        { alias: 'broker', providerId: 'oidc', config: { clientId: 'a', clientSecret: 'broker-secret-9' } },
        { alias: 'broker-saml', providerId: 'saml', config: {} },
      ],
    },
    { realm: 'flw-told', enabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true },
  ],
})
const path = `/realms/${realmName}`

/** For each caller the paths that he may read, and that he may not. */
const readers: Readonly<Record<string, readonly string[]>> = {
  '/authentication/flows': ['view-realm', 'manage-realm', 'query-clients'],
  '/authentication/flows/browser/executions': ['view-realm', 'manage-realm'],
  '/authentication/authenticator-providers': ['view-realm', 'manage-realm'],
  '/authentication/client-authenticator-providers': ['view-realm', 'manage-realm', 'manage-clients', 'query-clients'],
  '/authentication/per-client-config-description': ['view-realm', 'manage-realm', 'manage-clients', 'query-clients'],
  '/authentication/config-description/auth-cookie': ['view-realm', 'manage-realm'],
  '/authentication/required-actions': ['view-realm', 'manage-realm', 'query-users'],
  '/authentication/required-actions/VERIFY_EMAIL': ['view-realm', 'manage-realm'],
  '/authentication/unregistered-required-actions': ['view-realm', 'manage-realm'],
  '/identity-provider/instances': ['view-identity-providers', 'manage-identity-providers'],
  '/identity-provider/instances/broker': ['view-identity-providers', 'manage-identity-providers'],
  '/identity-provider/instances/broker/mappers': ['view-identity-providers', 'manage-identity-providers'],
  '/identity-provider/instances/broker/mapper-types': ['view-identity-providers', 'manage-identity-providers'],
  '/identity-provider/instances/broker-saml/export': ['view-identity-providers', 'manage-identity-providers'],
  '/identity-provider/instances/broker/reload-keys': ['manage-identity-providers'],
  '/identity-provider/providers/oidc': ['view-identity-providers', 'manage-identity-providers'],
}

const writers: readonly (readonly [method: string, below: string, role: string])[] = [
  ['POST', '/authentication/flows', 'manage-realm'],
  ['POST', '/authentication/flows/browser/copy', 'manage-realm'],
  ['PUT', '/authentication/flows/browser/executions', 'manage-realm'],
  ['POST', '/authentication/executions/nope/raise-priority', 'manage-realm'],
  ['PUT', '/authentication/required-actions/NOPE', 'manage-realm'],
  ['DELETE', '/authentication/config/nope', 'manage-realm'],
  ['POST', '/identity-provider/instances', 'manage-identity-providers'],
  ['DELETE', '/identity-provider/instances/nope', 'manage-identity-providers'],
  ['POST', '/identity-provider/import-config', 'manage-identity-providers'],
  ['POST', '/identity-provider/upload-certificate', 'manage-identity-providers'],
]

for (const role of roles) {
  test(`somebody with ${role} alone sees and changes what that role is for`, async () => {
    const call = callerOf(server, await bearerOf(server, realmName, role))
    for (const [below, allowed] of Object.entries(readers)) {
      const { status } = await call('GET', path + below)
      assert.equal(status, allowed.includes(role) ? 200 : 403, below)
    }
    for (const [method, below, needed] of writers) {
      const { status, json } = await call(method, path + below, method === 'DELETE' ? undefined : {})
      assert.equal(status === 403, role !== needed, `${method} ${below}: ${status}`)
      if (role !== needed) assert.deepEqual(json, { error: 'HTTP 403 Forbidden' })
    }
  })
}

test('without a token nothing is told', async () => {
  for (const below of ['/authentication/flows', '/identity-provider/instances', '/authentication/nope'])
    assert.equal((await server.call('GET', `/admin${path}${below}`)).status, 401)
})

async function told(): Promise<readonly (readonly unknown[])[]> {
  if (!server.onReference) await server.services.events.flush()
  const events = (await server.admin('GET', '/realms/flw-told/admin-events')).json as unknown as Json[]
  return events.toReversed().map((event) => {
    const representation = event['representation'] as string | undefined
    return [
      event['operationType'],
      event['resourceType'],
      event['resourcePath'],
      representation === undefined ? undefined : JSON.parse(representation),
    ]
  })
}

const write = async (method: string, below: string, body?: unknown): Promise<string> => {
  const { status, text, headers } = await server.admin(method, `/realms/flw-told${below}`, body)
  assert.ok(status < 300, `${method} ${below}: ${status} ${text}`)
  server.clock.advance(1)
  return String(headers['location']).split('/').at(-1) ?? ''
}

test('changes of flows are told to the audit log in the reference’s words', async () => {
  await server.admin('DELETE', '/realms/flw-told/admin-events')
  const copy = await write('POST', '/authentication/flows/browser/copy', { newName: 'copied' })
  const added = await write('POST', '/authentication/flows/copied/executions/execution', { provider: 'auth-otp-form' })
  await write('POST', '/authentication/flows/copied/executions/flow', { alias: 'below', type: 'basic-flow' })
  await write('POST', `/authentication/executions/${added}/raise-priority`)
  const config = await write('POST', `/authentication/executions/${added}/config`, { alias: 'c', config: { a: 'b' } })
  await write('PUT', `/authentication/config/${config}`, { alias: 'd', config: {} })
  await write('DELETE', `/authentication/config/${config}`)
  await write('DELETE', `/authentication/executions/${added}`)
  await write('DELETE', `/authentication/flows/${copy}`)
  await write('PUT', '/authentication/required-actions/VERIFY_EMAIL/config', { config: { max_auth_age: '5' } })
  await write('POST', '/authentication/required-actions/VERIFY_EMAIL/lower-priority')
  const events = await told()
  const [, , subFlow] = events
  assert.deepEqual(events, [
    ['CREATE', 'AUTH_FLOW', 'authentication/flows/browser/copy', { newName: 'copied', id: copy }],
    ['CREATE', 'AUTH_EXECUTION', 'authentication/flows/copied/executions/execution', { provider: 'auth-otp-form', id: added }],
    [
      'CREATE',
      'AUTH_EXECUTION_FLOW',
      'authentication/flows/copied/executions/flow',
      { alias: 'below', type: 'basic-flow', id: (subFlow?.[3] as Json | undefined)?.['id'] },
    ],
    ['UPDATE', 'AUTH_EXECUTION', `authentication/executions/${added}/raise-priority`, undefined],
    ['CREATE', 'AUTHENTICATOR_CONFIG', `authentication/executions/${added}/config`, { id: config, alias: 'c', config: { a: 'b' } }],
    ['UPDATE', 'AUTHENTICATOR_CONFIG', `authentication/config/${config}`, { alias: 'd', config: {} }],
    ['DELETE', 'AUTHENTICATOR_CONFIG', `authentication/config/${config}`, undefined],
    ['DELETE', 'AUTH_EXECUTION', `authentication/executions/${added}`, undefined],
    ['DELETE', 'AUTH_FLOW', `authentication/flows/${copy}`, undefined],
    ['UPDATE', 'REQUIRED_ACTION_CONFIG', 'authentication/required-actions/VERIFY_EMAIL/config', { config: { max_auth_age: '5' } }],
    ['UPDATE', 'REQUIRED_ACTION', 'authentication/required-actions/VERIFY_EMAIL/lower-priority', undefined],
  ])
})

test('changes of identity providers are told without their secrets', async () => {
  await server.admin('DELETE', '/realms/flw-told/admin-events')
  const given = { alias: 'told', providerId: 'oidc', config: { clientId: 'a', clientSecret: 'broker-secret-8' } }
  await write('POST', '/identity-provider/instances', given)
  const { json } = await server.admin('GET', '/realms/flw-told/identity-provider/instances/told')
  await write('PUT', '/identity-provider/instances/told', { ...given, displayName: 'Told' })
  const mapper = {
    name: 'm',
    identityProviderAlias: 'told',
    identityProviderMapper: 'hardcoded-attribute-idp-mapper',
    config: { attribute: 'a' },
  }
  const id = await write('POST', '/identity-provider/instances/told/mappers', mapper)
  await write('DELETE', `/identity-provider/instances/told/mappers/${id}`)
  await write('DELETE', '/identity-provider/instances/told')
  const shown = {
    alias: 'told',
    internalId: json['internalId'],
    providerId: 'oidc',
    enabled: true,
    config: { clientId: 'a', clientSecret: '**********' },
  }
  assert.deepEqual(await told(), [
    ['CREATE', 'IDENTITY_PROVIDER', 'identity-provider/instances/told', shown],
    ['UPDATE', 'IDENTITY_PROVIDER', 'identity-provider/instances/told', { ...shown, displayName: 'Told' }],
    ['CREATE', 'IDENTITY_PROVIDER_MAPPER', `identity-provider/instances/told/mappers/${id}`, mapper],
    ['DELETE', 'IDENTITY_PROVIDER_MAPPER', `identity-provider/instances/told/mappers/${id}`, undefined],
    ['DELETE', 'IDENTITY_PROVIDER', 'identity-provider/instances/told', undefined],
  ])
})

test('each list of providers and mappers runs the same few statements, whatever it gives', { skip: server.onReference }, async () => {
  const below = `${path}/identity-provider/instances`
  const count = async (where: string): Promise<number> => {
    // The first call after a write also loads the realm.
    await server.admin('GET', where)
    return (await server.statements(() => server.admin('GET', where))).length
  }
  const before = [await count(below), await count(`${below}/broker/mappers`), await count(`${path}/authentication/required-actions`)]
  for (let index = 0; index < 5; index += 1) {
    await server.admin('POST', below, { alias: `many-${index}`, providerId: 'saml', config: {} })
    const mapper = { name: `m${index}`, identityProviderAlias: 'broker', identityProviderMapper: 'hardcoded-attribute-idp-mapper' }
    await server.admin('POST', `${below}/broker/mappers`, mapper)
  }
  const after = [await count(below), await count(`${below}/broker/mappers`), await count(`${path}/authentication/required-actions`)]
  assert.deepEqual(after, before)
})
