import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwtClaims } from '../server/jwt.ts'
import { password } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const realm = 'sec-esc'
const server = await serverOfFile({
  realms: [
    {
      realm,
      enabled: true,
      groups: [{ name: 'admins', clientRoles: { 'realm-management': ['realm-admin'] } }, { name: 'staff' }],
      users: [
        administrator('boss', ['realm-admin']),
        administrator('grouped', [], { clientRoles: {}, groups: ['/admins'] }),
        administrator('keeper', ['manage-users', 'view-users']),
        administrator('colleague', ['manage-users']),
        administrator('builder', ['manage-clients', 'view-clients']),
        administrator('guest', ['impersonation', 'view-users']),
        administrator('linker', ['manage-identity-providers']),
        administrator('plain', []),
      ],
    },
  ],
})
const as = async (username: string) => callerOf(server, await bearerOf(server, realm, username))
const idOf = async (username: string): Promise<string> => {
  const { json } = await server.admin('GET', `/realms/${realm}/users?username=${username}&exact=true`)
  return String((json as unknown as readonly { id: string }[])[0]?.id)
}
const at = (path: string): string => `/realms/${realm}/${path}`
const forbidden = { error: 'HTTP 403 Forbidden' }
const secret = { type: 'password', value: password, temporary: false }

for (const name of ['boss', 'grouped']) {
  test(`who manages users does not get into the account of a greater administrator (${name})`, async () => {
    const call = await as('keeper')
    const id = await idOf(name)
    const [credential] = (await call('GET', at(`users/${id}/credentials`))).json as unknown as readonly { id: string }[]
    const tries: readonly (readonly [method: string, path: string, body?: unknown])[] = [
      ['PUT', `users/${id}/reset-password`, secret],
      ['PUT', `users/${id}`, { credentials: [secret] }],
      ['PUT', `users/${id}`, { email: 'other@example.org' }],
      ['DELETE', `users/${id}/credentials/${credential?.id}`],
      ['POST', `users/${id}/federated-identity/partner`, { userId: 'r', userName: 'n' }],
    ]
    for (const [method, path, body] of tries) {
      const { status, json } = await call(method, at(path), body)
      assert.deepEqual([status, json], [403, forbidden], `${method} ${path}`)
    }
  })
}

test('an address among the attributes does not become the address of a greater administrator', async () => {
  const call = await as('keeper')
  const path = at(`users/${await idOf('boss')}`)
  const { json: boss } = await call('GET', path)
  const { status } = await call('PUT', path, { ...boss, attributes: { email: ['other@example.org'] } })
  assert.deepEqual([status, (await call('GET', path)).json['email']], [204, boss['email']])
})

test('nobody is put into a group that makes an administrator of him while he is made', async () => {
  const call = await as('keeper')
  const made = await call('POST', at('users'), { username: 'riser', enabled: true, groups: ['/staff', '/admins'], credentials: [secret] })
  assert.deepEqual([made.status, made.json], [403, forbidden])
  assert.equal((await call('POST', at('users'), { username: 'clerk', enabled: true, groups: ['/staff'] })).status, 201)
})

test('the password of somebody without greater rights, and one’s own, can be set', async () => {
  for (const name of ['plain', 'colleague', 'keeper'])
    assert.equal((await (await as('keeper'))('PUT', at(`users/${await idOf(name)}/reset-password`), secret)).status, 204, name)
  assert.equal((await (await as('boss'))('PUT', at(`users/${await idOf('keeper')}/reset-password`), secret)).status, 204)
})

test('who manages users may still change what opens no account', async () => {
  const call = await as('keeper')
  const id = await idOf('boss')
  const { json: boss } = await call('GET', at(`users/${id}`))
  assert.equal((await call('PUT', at(`users/${id}`), { ...boss, lastName: 'Other' })).status, 204)
})

test('one may log in as a user, and not as a greater administrator', async () => {
  const call = await as('guest')
  const barred = await call('POST', at(`users/${await idOf('boss')}/impersonation`))
  assert.deepEqual([barred.status, barred.json], [403, forbidden])
  assert.equal((await call('POST', at(`users/${await idOf('plain')}/impersonation`))).status, 200)
})

test('a client’s mappers do not make its tokens those of somebody else', async () => {
  const boss = await idOf('boss')
  await bearerOf(server, realm, 'boss')
  const [session] = (await server.admin('GET', at(`users/${boss}/sessions`))).json as unknown as readonly { id: string }[]
  const call = await as('builder')
  const forged = { sub: boss, sid: session?.id ?? '', azp: 'robot' }
  const robot = await server.admin('POST', at('clients'), { clientId: 'robot', secret: 's', serviceAccountsEnabled: true })
  assert.equal(robot.status, 201)
  const ids = await clientIds(server, realm)
  const account = String((await server.admin('GET', at(`clients/${ids['robot']}/service-account-user`))).json['id'])
  const { json: all } = await server.admin('GET', at(`clients/${ids['realm-management']}/roles/realm-admin`))
  const mapped = await server.admin('POST', at(`users/${account}/role-mappings/clients/${ids['realm-management']}`), [all])
  assert.equal(mapped.status, 204)
  const attempts = [{ sub: forged.sub }, { sid: forged.sid }, { azp: forged.azp, sub: account }, forged]
  for (const [index, claims] of attempts.entries()) {
    const protocolMappers = Object.entries(claims).map(([name, value]) => ({
      name,
      protocol: 'openid-connect',
      protocolMapper: 'oidc-hardcoded-claim-mapper',
      config: { 'claim.name': name, 'claim.value': value, 'jsonType.label': 'String', 'access.token.claim': 'true' },
    }))
    const kind = { secret: 's', serviceAccountsEnabled: true, directAccessGrantsEnabled: true }
    const made = await call('POST', at('clients'), { clientId: `forge-${index}`, ...kind, protocolMappers })
    assert.equal(made.status, 201, made.text)
    for (const form of [{ grant_type: 'client_credentials' }, { grant_type: 'password', username: 'builder', password }]) {
      const { json } = await server.realm(realm).token({ ...form, client_id: `forge-${index}`, client_secret: 's' })
      const bearer = String(json['access_token'])
      assert.notEqual(jwtClaims(bearer)['sid'], forged.sid)
      const { status } = await server.call('GET', `/admin${at('users')}`, { bearer })
      assert.ok(status === 401 || status === 403, `${JSON.stringify(claims)} ${form.grant_type}: ${status}`)
    }
  }
})

test('a token that nobody has signed is refused, whatever it says', async () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { iss } = jwtClaims(await bearerOf(server, realm, 'plain'))
  for (const wrong of [String(iss).replace(realm, '%'), String(iss).replace(realm, '%ff'), [iss], { iss }]) {
    const bearer = `${part({ alg: 'RS256' })}.${part({ iss: wrong })}.eHg`
    assert.equal((await server.call('GET', `/admin${at('users')}`, { bearer })).status, 401)
  }
})

test('who manages identity providers makes no administrators of those who come from them', async () => {
  const call = await as('linker')
  const provider = {
    alias: 'partner',
    providerId: 'oidc',
    config: { clientId: 'a', authorizationUrl: 'https://i/a', tokenUrl: 'https://i/t' },
  }
  assert.equal((await call('POST', at('identity-provider/instances'), provider)).status, 201)
  const path = at('identity-provider/instances/partner/mappers')
  const mapper = (config: object) => ({
    name: 'm',
    identityProviderAlias: 'partner',
    identityProviderMapper: 'oidc-hardcoded-role-idp-mapper',
    config,
  })
  for (const config of [{ role: 'realm-management.realm-admin' }, { role: 'realm-management.manage-users' }, { group: '/admins' }]) {
    const { status, json } = await call('POST', path, mapper(config))
    assert.deepEqual([status, json], [403, forbidden])
  }
  const { status, headers } = await call('POST', path, mapper({ role: 'account.view-profile', group: '/staff' }))
  assert.equal(status, 201)
  const id = String(headers.location).split('/').at(-1)
  const changed = { ...mapper({ role: 'realm-management.realm-admin' }), id }
  assert.equal((await call('PUT', `${path}/${id}`, changed)).status, 403)
  assert.equal((await (await as('boss'))('PUT', `${path}/${id}`, changed)).status, 204)
})
