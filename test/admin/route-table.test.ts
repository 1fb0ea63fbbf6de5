import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { AdminRoute } from '../../src/admin/admin-route.ts'
import { adminTable } from '../../src/admin/routes.ts'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'
import { everyKind, type PathValues } from './every-kind.ts'

/** Every row of the Admin API's table is asked by those who have no business there, and for what belongs to another realm. */
const own = 'sec-own'
const foreign = 'sec-foreign'
const users = [administrator('boss', ['realm-admin']), administrator('plain', [])]
const server = await serverOfFile({
  realms: [own, foreign].map((realm) => ({ realm, enabled: true, organizationsEnabled: true, users })),
})
const values: Record<string, PathValues> = {}
const bearers: Record<string, string> = {}
before(async () => {
  for (const realm of [own, foreign]) {
    const known = await everyKind(server, realm)
    values[realm] = { ...known, ...(await moreIds(realm, known)) }
  }
  bearers['plain'] = await bearerOf(server, own, 'plain')
  bearers['boss'] = await bearerOf(server, own, 'boss')
  bearers['foreign'] = await bearerOf(server, foreign, 'boss')
})

/** Ids of what is made by itself. */
async function moreIds(realm: string, known: PathValues): Promise<PathValues> {
  const idOf = async (path: string): Promise<unknown> => {
    const { json } = await server.admin('GET', `/realms/${realm}/${path}`)
    return (json as unknown as readonly Json[])[0]?.['id'] ?? assert.fail(`none of ${path}`)
  }
  const policy = { name: 'readers', roles: [{ id: known['role-id'] }] }
  const made = await server.admin('POST', `/realms/${realm}/clients/${known['client']}/authz/resource-server/policy/role`, policy)
  assert.equal(made.status, 201, made.text)
  return {
    session: await idOf(`users/${known['user-id']}/sessions`),
    credential: await idOf(`users/${known['user-id']}/credentials`),
    access: await idOf('clients-initial-access'),
    policy: made.json['id'],
  }
}

/** Which of the values stands for a parameter that is an id, by `area parent/:parameter`, `parent/:parameter` or `:parameter`. */
const ids: Readonly<Record<string, string>> = {
  ':client': 'client-uuid',
  ':target': 'client-uuid',
  ':user': 'user-id',
  ':member': 'user-id',
  ':group': 'group-id',
  'organizations groups/:group': 'organizations/group-id',
  ':organization': 'org-id',
  ':scope': 'client-scope-id',
  'scope/:scope': 'scope-id',
  ':resource': 'resource-id',
  'models/:mapper': 'models/id',
  'clients models/:mapper': 'clients/models/id',
  'mappers/:mapper': 'mappers/id',
  'roles-by-id/:role': 'role-id',
  ':component': 'components/id',
  ':execution': 'executionId',
  'config/:config': 'config/id',
  ':session': 'session',
  ':credential': 'credential',
  ':access': 'access',
  ':policy': 'policy',
  'flows/:flow': 'flows/id',
  'roles/:id': 'role-id',
  'users/:id': 'user-id',
  'groups/:id': 'group-id',
  'clients/:id': 'client-uuid',
  'clientScopes/:id': 'client-scope-id',
}

/** Names and words: the same in both realms. */
const names: Readonly<Record<string, string>> = {
  'clients roles/:role': 'operate',
  ':role': 'reader',
  ':locale': 'uk',
  ':key': 'hello',
  ':attr': 'jwt.credential',
  ':alias': 'partner',
  ':action': 'CONFIGURE_TOTP',
  ':protocol': 'openid-connect',
  'group-by-path/*': 'staff',
  'consents/:client': 'api',
  'users credentials/:scope': 'none',
  'policy/:type': 'role',
  ':type': 'role',
  ':policy/:part': 'associatedPolicies',
}

function keysOf(path: string): { readonly id?: string; readonly name?: string }[] {
  const segments = path.split('/')
  return segments.map((segment, at) => {
    if (!segment.startsWith(':') && segment !== '*') return { name: segment }
    const near = `${segments[at - 1]}/${segment}`
    const forms = [`${segments[1]} ${near}`, near, segment]
    for (const form of forms) {
      const name = names[form]
      if (name !== undefined && !(form === segment && ids[near] !== undefined)) return { name }
      const id = ids[form]
      if (id !== undefined) return { id }
    }
    return { name: 'none' }
  })
}

/** The row's path; the parameter at `swapped` is that of the other realm. */
const filled = ({ path }: AdminRoute, swapped = -1): string =>
  `/realms/${own}${keysOf(path)
    .map(({ id, name }, at) => name ?? values[at === swapped ? foreign : own]?.[id ?? ''])
    .join('/')}`

/** Where an empty body is told before what the path names. */
const bodies: Readonly<Record<string, unknown>> = {
  '/authentication/executions/:execution/config': { alias: 'swapped' },
  '/authentication/flows/:flow/executions/execution': { provider: 'auth-cookie' },
  '/authentication/flows/:flow/executions/flow': { alias: 'swapped', type: 'basic-flow', provider: 'registration-page-form' },
}
const bodyOf = ({ method, path }: AdminRoute): unknown =>
  method === 'GET' ? undefined : (bodies[path] ?? (path.includes('/role-mapping-delete/') ? [] : {}))

/** Rows that do not say 404 to what is not of the realm, and why that tells and changes nothing (all reference behaviour). */
const harmless: readonly (readonly [row: RegExp, statuses: readonly number[]])[] = [
  // Nobody has failed to log in who is not there.
  [/ \/attack-detection\/brute-force\/users\/:user$/, [200, 204]],
  // What is not there need not be removed.
  [/^DELETE \/clients-initial-access\/:access$/, [204]],
  // Switched off, whatever the path names.
  [/\/management\/permissions$/, [501]],
  // The type of the body is looked at first.
  [/\/userLabel$/, [415]],
  // Flows are named there by their aliases, and one that is not there is told so by 400.
  [/^POST \/authentication\/flows\/:flow\/executions\//, [400]],
  // The configuration counts, not the execution; it is of the realm.
  [/^GET \/authentication\/executions\/:execution\/config\/:config$/, [200]],
]

const rowName = ({ method, path }: AdminRoute): string => `${method} ${path}`

test('no row of the Admin API answers without a token, to an ordinary user, or to the administrator of another realm', async () => {
  const open: string[] = []
  for (const row of adminTable) {
    const path = filled(row)
    const body = bodyOf(row)
    const none = await server.call(row.method, `/admin${path}`, body === undefined ? {} : { json: body })
    assert.equal(none.status, 401, rowName(row))
    for (const who of ['plain', 'foreign']) {
      const { status, text } = await callerOf(server, bearers[who] ?? '')(row.method, path, body)
      const empty = row.role === 'caller' && (text === '[]' || row.path === '/ui-ext/realms/names')
      if (status !== 403 && !empty) open.push(`${rowName(row)} to ${who}: ${status}`)
    }
  }
  assert.deepEqual(open, [])
})

test('no row of the Admin API finds what belongs to another realm', async () => {
  const state = await stateOf(foreign)
  const call = callerOf(server, bearers['boss'] ?? '')
  const found: string[] = []
  for (const row of adminTable) {
    for (const [at, { id }] of keysOf(row.path).entries()) {
      if (id === undefined) continue
      const { status } = await call(row.method, filled(row, at), bodyOf(row))
      const known = harmless.some(([name, statuses]) => name.test(rowName(row)) && statuses.includes(status))
      if (status !== 404 && !known) found.push(`${rowName(row)} (${id}): ${status}`)
    }
  }
  assert.deepEqual(found, [])
  assert.deepEqual(await stateOf(foreign), state)
})

async function stateOf(realm: string): Promise<unknown> {
  const settings = await server.admin('POST', `/realms/${realm}/partial-export?exportClients=true&exportGroupsAndRoles=true`)
  const people = await server.admin('GET', `/realms/${realm}/users`)
  const sessions = await server.admin('GET', `/realms/${realm}/users/${values[realm]?.['user-id']}/sessions`)
  const access = await server.admin('GET', `/realms/${realm}/clients-initial-access`)
  const answers = [settings, people, sessions, access]
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  return answers.map(({ json }) => json)
}
