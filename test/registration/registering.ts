import assert from 'node:assert/strict'
import type { Answer, CallOptions, Json } from '../server/call.ts'
import type { TestServer } from '../server.ts'

export const redirectUris = ['http://localhost:9/callback'] as const

/** What tests of registration do all the time, in one realm of a server. */
export function registering(server: TestServer, realm: string) {
  const base = `/realms/${realm}/clients-registrations`
  const answered = async (status: number, answer: Promise<Answer>): Promise<Json> => {
    const { status: got, json, text } = await answer
    assert.equal(got, status, text)
    return json
  }
  const call = (method: string, path: string, options?: CallOptions): Promise<Answer> => server.call(method, `${base}${path}`, options)
  return {
    call,
    answered,
    /** A token by which clients may be registered. */
    async initialToken(settings: Json = {}): Promise<string> {
      const made = await server.admin('POST', `/realms/${realm}/clients-initial-access`, { count: 100, expiration: 0, ...settings })
      assert.equal(made.status, 201, made.text)
      return String(made.json['token'])
    },
    register: (bearer: string | undefined, metadata: Json, options: CallOptions = {}): Promise<Answer> =>
      call('POST', '/openid-connect', { ...(bearer === undefined ? {} : { bearer }), json: metadata, ...options }),
    registerClient: (bearer: string | undefined, client: Json): Promise<Answer> =>
      call('POST', '/default', { ...(bearer === undefined ? {} : { bearer }), json: client }),
    async stored(clientId: string): Promise<Json> {
      const list = (await server.admin('GET', `/realms/${realm}/clients?clientId=${encodeURIComponent(clientId)}`))
        .json as unknown as Json[]
      assert.equal(list.length, 1, `client ${clientId}`)
      return list[0] ?? {}
    },
    async accessToken(username: string): Promise<string> {
      const form = { grant_type: 'password', client_id: 'app', username, password: 'secret' }
      return String((await answered(200, server.realm(realm).token(form)))['access_token'])
    },
    /** Changes the realm's policy of a provider, or makes one. */
    async policy(auth: 'anonymous' | 'authenticated', providerId: string, config: Readonly<Record<string, string[]>>): Promise<void> {
      const providerType = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
      const path = `/realms/${realm}/components`
      const list = (await server.admin('GET', `${path}?type=${providerType}`)).json as unknown as Json[]
      const known = list.find((one) => one['subType'] === auth && one['providerId'] === providerId)
      const parentId = (await server.admin('GET', `/realms/${realm}`)).json['id']
      const answer = known
        ? await server.admin('PUT', `${path}/${known['id']}`, { ...known, config: { ...(known['config'] as Json), ...config } })
        : await server.admin('POST', path, { name: providerId, providerId, providerType, subType: auth, parentId, config })
      assert.ok(answer.status < 300, answer.text)
    },
  }
}

/** A realm with an administrator of each kind, and somebody who is none. */
export const realmOfAdministrators = (realm: string) => ({
  realm,
  enabled: true,
  eventsEnabled: true,
  clients: [
    { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true, redirectUris: ['http://localhost/*'] },
    { clientId: 'closed', secret: 'secret-of-closed', redirectUris: ['http://localhost/*'] },
    { clientId: 'saml', protocol: 'saml' },
  ],
  users: [
    { username: 'manager', roles: ['manage-clients'] },
    { username: 'creator', roles: ['create-client'] },
    { username: 'viewer', roles: ['view-clients'] },
    { username: 'nobody', roles: [] },
  ].map(({ username, roles }) => ({
    username,
    enabled: true,
    email: `${username}@example.org`,
    firstName: 'A',
    lastName: 'B',
    credentials: [{ type: 'password', value: 'secret' }],
    clientRoles: { 'realm-management': roles },
  })),
})
