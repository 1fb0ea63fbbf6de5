import { readFileSync } from 'node:fs'
import type { UserRepresentation } from '../../src/representations/user.ts'
import type { Json } from '../server/call.ts'
import { password, person } from '../server/samples.ts'
import type { TestServer } from '../server.ts'

/** Somebody with admin roles of his own realm. */
export const administrator = (username: string, roles: string[], more: UserRepresentation = {}): UserRepresentation =>
  person(username, { clientRoles: { 'realm-management': roles }, ...more })

/** The access token of a person, by default through admin-cli. */
export async function bearerOf(server: TestServer, realm: string, username: string, clientId = 'admin-cli'): Promise<string> {
  const form = { grant_type: 'password', client_id: clientId, username, password }
  const { status, json, text } = await server.realm(realm).token(form)
  if (status !== 200) throw new Error(`no token for ${username}: ${text}`)
  return String(json['access_token'])
}

/** Calls the Admin API as one caller: `const as = callerOf(server, bearer); await as('GET', '/realms')`. */
export const callerOf =
  (server: TestServer, bearer: string): TestServer['admin'] =>
  (method, path, json) =>
    server.call(method, `/admin${path}`, { bearer, ...(json === undefined ? {} : { json }) })

export async function clientIds(server: TestServer, realm: string): Promise<Readonly<Record<string, string>>> {
  const { json } = await server.admin('GET', `/realms/${realm}/clients`)
  return Object.fromEntries((json as unknown as Json[]).map((client) => [String(client['clientId']), String(client['id'])]))
}

/** Below a realm: `users/<id of the service account's user>/role-mappings`. */
export async function mappingsPath(server: TestServer, realm: string, clientId: string): Promise<string> {
  const id = (await clientIds(server, realm))[clientId]
  const { json } = await server.admin('GET', `/realms/${realm}/clients/${id}/service-account-user`)
  return `/realms/${realm}/users/${String(json['id'])}/role-mappings`
}

/** A recorded answer of the reference server for a fresh realm `x`. */
export function recorded(name: string): unknown {
  const file = new URL(`../../src/realm/defaults/fixtures/golden/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'))
}

const made = /<[a-z][^<>"/]*>|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|\b[A-Za-z\d]{86}\b/g

/** What is made anew in every realm, ids and secrets, becomes one word; lists without an order are sorted. */
export const modulo = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(made, '~'), sorted)

function sorted(_name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value
    .map((item) => [JSON.stringify(item, byName), item] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item)
}

const byName = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
