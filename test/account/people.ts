import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import type { UserRepresentation } from '../../src/representations/user.ts'
import type { Answer, CallOptions, Json } from '../server/call.ts'
import { password, person } from '../server/samples.ts'
import type { TestServer } from '../server.ts'

/** Where the application of these tests lives. */
export const appOrigin = 'http://app.example'

/** A public client by which people get tokens for their accounts. */
export const app: ClientRepresentation = {
  clientId: 'app',
  name: 'The app',
  description: 'An app',
  publicClient: true,
  directAccessGrantsEnabled: true,
  redirectUris: ['http://127.0.0.1:9/cb', `${appOrigin}/*`],
  webOrigins: [appOrigin],
  baseUrl: `${appOrigin}/home`,
  attributes: { logoUri: `${appOrigin}/logo.png`, policyUri: `${appOrigin}/policy`, tosUri: `${appOrigin}/tos` },
}

/** Somebody with roles of the client `account`: as a new user has them, unless they are given. */
export const holder = (
  username: string,
  roles: string[] = ['manage-account', 'view-profile'],
  more: UserRepresentation = {},
): UserRepresentation => person(username, { clientRoles: { account: roles }, ...more })

export const accountRealm = (name: string, more: RealmRepresentation = {}): RealmRepresentation => ({
  realm: name,
  enabled: true,
  eventsEnabled: true,
  ...more,
  clients: [app, ...(more.clients ?? [])],
})

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0'

/** A new login by the password grant: its access token. */
export async function logIn(
  server: TestServer,
  realm: string,
  username: string,
  { clientId = 'app', form = {}, headers = { 'user-agent': userAgent } }: LogIn = {},
): Promise<string> {
  const { status, json, text } = await server
    .realm(realm)
    .token({ grant_type: 'password', client_id: clientId, username, password, ...form }, { headers })
  if (status !== 200) throw new Error(`no token for ${username}: ${text}`)
  return String(json['access_token'])
}

interface LogIn {
  readonly clientId?: string
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls below a realm's account that ask for JSON. */
export type AccountCall = (method: string, path: string, bearer: string | undefined, options?: CallOptions) => Promise<Answer>

export const accountCall =
  (server: TestServer, realm: string): AccountCall =>
  (method, path, bearer, options = {}) =>
    server.call(method, `/realms/${realm}/account${path}`, {
      ...options,
      ...(bearer === undefined ? {} : { bearer }),
      headers: { accept: 'application/json', ...options.headers },
    })

export const listOf = (answer: Answer): Json[] => answer.json as unknown as Json[]

/** What the audit log has about the account since the last call, without who did it in which realm. */
export async function accountEvents(server: TestServer, realm: string): Promise<Json[]> {
  const events = await server.realm(realm).events()
  return events
    .filter(({ type }) => !/^(LOGIN|CLIENT_LOGIN|CODE_TO_TOKEN|REFRESH)/.test(String(type)))
    .map(({ realmId: _id, realmName: _name, userId: _user, ipAddress: _address, ...event }) => event)
}

/** Ids of a realm's users by their names. */
export async function userIds(server: TestServer, realm: string): Promise<Readonly<Record<string, string>>> {
  const { json } = await server.admin('GET', `/realms/${realm}/users?max=100`)
  return Object.fromEntries((json as unknown as Json[]).map((user) => [String(user['username']), String(user['id'])]))
}
