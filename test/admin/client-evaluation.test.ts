import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const claim = (name: string, value: string): Json => ({
  name,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: {
    'claim.name': name,
    'claim.value': value,
    'jsonType.label': 'String',
    'access.token.claim': 'true',
    'id.token.claim': 'true',
    'userinfo.token.claim': 'true',
  },
})

const server = await serverOfFile({
  realms: [
    {
      realm: 'cli-eval',
      enabled: true,
      roles: { realm: [{ name: 'reader' }, { name: 'writer' }], client: { narrow: [{ name: 'own' }] } },
      clients: [
        service('narrow', { fullScopeAllowed: false, protocolMappers: [claim('fixed', 'v')] }),
        service('full', { rootUrl: 'http://r', redirectUris: ['http://r/*'], webOrigins: ['http://r'] }),
        service('lightweight', { attributes: { 'client.use.lightweight.access.token.enabled': 'true' } }),
      ],
      users: [
        person('joe', { realmRoles: ['default-roles-cli-eval', 'reader'] }),
        administrator('clients-only', ['view-clients']),
        administrator('clients-and-users', ['manage-clients', 'view-users']),
      ],
    },
  ],
})
const realm = '/realms/cli-eval'
const ids = await clientIds(server, 'cli-eval')
const users = (await server.admin('GET', `${realm}/users?username=joe`)).json as unknown as Json[]
const joe = String(users[0]?.['id'])

const evaluate = (clientId: string, path: string): Promise<Answer> =>
  server.admin('GET', `${realm}/clients/${ids[clientId]}/evaluate-scopes/${path}`)
const example = async (clientId: string, kind: string, query: string): Promise<Json> => {
  const { status, json, text } = await evaluate(clientId, `generate-example-${kind}?userId=${joe}&${query}`)
  assert.equal(status, 200, text)
  return json
}
const lastSegment = ({ headers }: Answer): string => String(headers.location).split('/').at(-1) ?? ''

test('mappers that would run are told with what has them', async () => {
  const list = (await evaluate('narrow', 'protocol-mappers?scope=openid+phone')).json as unknown as Json[]
  assert.deepEqual(list.at(-1), {
    mapperId: list.at(-1)?.['mapperId'],
    mapperName: 'fixed',
    containerId: ids['narrow'],
    containerName: '',
    containerType: 'client',
    protocolMapper: 'oidc-hardcoded-claim-mapper',
  })
  assert.equal(list[0]?.['containerName'], 'phone')
  assert.deepEqual(Object.keys(list[0] ?? {}), [
    'mapperId',
    'mapperName',
    'containerId',
    'containerName',
    'containerType',
    'protocolMapper',
  ])
  const withoutPhone = (await evaluate('narrow', 'protocol-mappers?scope=nope')).json as unknown as Json[]
  assert.equal(withoutPhone.length, list.length - 2)
})

test('roles are split into those that tokens could show and the others', async () => {
  const names = async (clientId: string, path: string): Promise<unknown[]> =>
    ((await evaluate(clientId, `scope-mappings/${path}`)).json as unknown as Json[]).map(({ name }) => name)
  const all = ['reader', 'writer', 'offline_access', 'uma_authorization', 'default-roles-cli-eval']
  assert.deepEqual(new Set(await names('full', 'cli-eval/granted')), new Set(all))
  assert.deepEqual(await names('full', 'cli-eval/not-granted'), [])
  assert.deepEqual(await names('narrow', 'cli-eval/granted?scope=openid'), [])
  assert.deepEqual(await names('narrow', 'cli-eval/granted?scope=offline_access'), ['offline_access'])
  assert.deepEqual(new Set(await names('narrow', 'cli-eval/not-granted')), new Set(all))
  assert.deepEqual(await names('narrow', `${ids['narrow']}/granted`), ['own'])
  const { status, json } = await evaluate('narrow', 'scope-mappings/nope/granted')
  assert.deepEqual([status, json], [404, { error: 'Role Container not found' }])
})

test('an example access token has what a login would bring', async () => {
  const { exp, iat, jti, sid, ...claims } = await example('full', 'access-token', 'scope=openid')
  assert.equal(Number(exp) - Number(iat), 300)
  assert.match(String(jti), /^onrtna:/)
  assert.match(String(sid), /^[\w-]{24}$/)
  const { realm_access, resource_access, scope, ...rest } = claims
  assert.deepEqual(rest, {
    iss: server.realm('cli-eval').url,
    aud: 'account',
    sub: joe,
    typ: 'Bearer',
    azp: 'full',
    acr: '1',
    'allowed-origins': ['http://r'],
    email_verified: true,
    name: 'Тарас Шевченко',
    preferred_username: 'joe',
    given_name: 'Тарас',
    family_name: 'Шевченко',
    email: 'joe@example.com',
  })
  assert.deepEqual(
    new Set((realm_access as { roles: string[] }).roles),
    new Set(['reader', 'offline_access', 'uma_authorization', 'default-roles-cli-eval']),
  )
  assert.deepEqual(Object.keys(resource_access as Json), ['account'])
  assert.deepEqual(new Set(String(scope).split(' ')), new Set(['openid', 'email', 'profile']))
  assert.match(String((await example('narrow', 'access-token', 'scope=offline_access'))['jti']), /^ofrtna:/)
  assert.equal((await example('narrow', 'access-token', ''))['fixed'], 'v')
  const light = await example('lightweight', 'access-token', 'scope=openid')
  assert.deepEqual([light['sub'], light['email'], String(light['jti']).slice(0, 7)], [undefined, undefined, 'onltna:'])
})

test('an example ID token and userinfo go through the same mappers', async () => {
  const id = await example('narrow', 'id-token', 'scope=openid')
  assert.deepEqual(
    [id['typ'], id['aud'], id['azp'], id['sub'], id['acr'], id['fixed'], id['at_hash']],
    ['ID', 'narrow', 'narrow', joe, '1', 'v', undefined],
  )
  assert.deepEqual(await example('narrow', 'userinfo', 'scope=openid'), {
    sub: joe,
    email_verified: true,
    name: 'Тарас Шевченко',
    preferred_username: 'joe',
    fixed: 'v',
    given_name: 'Тарас',
    family_name: 'Шевченко',
    email: 'joe@example.com',
  })
})

test('an audience that is asked for must be among the token’s', async () => {
  assert.equal((await example('full', 'access-token', 'audience=account'))['aud'], 'account')
  assert.equal((await example('full', 'access-token', 'audience=nope'))['aud'], 'account')
  const { status, json } = await evaluate('full', `generate-example-access-token?userId=${joe}&audience=narrow`)
  assert.deepEqual([status, json], [404, { error: 'Requested audience not available: narrow' }])
})

test('an example needs a user of the realm', async () => {
  for (const kind of ['access-token', 'id-token', 'userinfo'])
    for (const [query, error] of [
      ['', 'No userId provided'],
      ['?userId=nope', 'No user found'],
    ]) {
      const { status, json } = await evaluate('full', `generate-example-${kind}${query}`)
      assert.deepEqual([status, json], [404, { error }])
    }
})

test('a token shows a change of mappers, scopes and settings at once', async () => {
  const token = async (form: Record<string, string> = {}): Promise<Json> =>
    jwtClaims(await server.realm('cli-eval').accessToken(as('full'), form))
  const client = `${realm}/clients/${ids['full']}`
  assert.equal((await token())['now'], undefined)
  const mapper = lastSegment(await server.admin('POST', `${client}/protocol-mappers/models`, claim('now', '1')))
  assert.equal((await token())['now'], '1')
  await server.admin('PUT', `${client}/protocol-mappers/models/${mapper}`, { ...claim('now', '2'), id: mapper })
  assert.equal((await token())['now'], '2')
  await server.admin('DELETE', `${client}/protocol-mappers/models/${mapper}`)
  assert.equal((await token())['now'], undefined)

  const scope = lastSegment(
    await server.admin('POST', `${realm}/client-scopes`, {
      name: 'fresh',
      protocol: 'openid-connect',
      attributes: { 'include.in.token.scope': 'true' },
    }),
  )
  await server.admin('POST', `${realm}/client-scopes/${scope}/protocol-mappers/add-models`, [claim('of-scope', '1')])
  await server.admin('PUT', `${client}/optional-client-scopes/${scope}`)
  assert.equal((await token())['of-scope'], undefined)
  const asked = await token({ scope: 'fresh' })
  assert.deepEqual([asked['of-scope'], String(asked['scope']).includes('fresh')], ['1', true])
  await server.admin('PUT', `${realm}/client-scopes/${scope}`, { name: 'fresher' })
  assert.ok(String((await token({ scope: 'fresher' }))['scope']).includes('fresher'))
  await server.admin('DELETE', `${client}/optional-client-scopes/${scope}`)
  await server.admin('PUT', `${client}/default-client-scopes/${scope}`)
  assert.equal((await token())['of-scope'], '1')
  await server.admin('DELETE', `${realm}/client-scopes/${scope}`)
  assert.equal((await token())['of-scope'], undefined)

  await server.admin('PUT', client, { attributes: { 'access.token.lifespan': '77' } })
  const { exp, iat } = await token()
  assert.equal(Number(exp) - Number(iat), 77)
  await server.admin('PUT', client, { enabled: false })
  assert.notEqual((await server.realm('cli-eval').token({ grant_type: 'client_credentials' }, { basic: as('full') })).status, 200)
  await server.admin('PUT', client, { enabled: true })
})

test('what a token would tell of somebody is for those who may see him', async () => {
  for (const [name, status] of [
    ['clients-only', 403],
    ['clients-and-users', 200],
  ] as const) {
    const call = callerOf(server, await bearerOf(server, 'cli-eval', name))
    for (const kind of ['access-token', 'id-token', 'userinfo']) {
      const path = `${realm}/clients/${ids['narrow']}/evaluate-scopes/generate-example-${kind}`
      const answer = await call('GET', `${path}?userId=${joe}`)
      assert.equal(answer.status, status, `${name} ${kind}`)
      if (status === 403) assert.deepEqual(answer.json, { error: 'You have no access to this user' })
      assert.deepEqual((await call('GET', `${path}?userId=nobody`)).json, { error: 'No user found' })
    }
  }
})
