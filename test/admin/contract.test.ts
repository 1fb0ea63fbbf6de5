import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { Ajv } from 'ajv'
import { serverOfFile } from '../server.ts'
import { everyKind } from './every-kind.ts'

/** The structure of the reference's Admin API: which members an answer may have, and of which type. */
interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly responses: Readonly<Record<string, { readonly content?: Content }>> } }>
  >
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>
type Schema = Readonly<Record<string, unknown>>

const api: OpenApi = JSON.parse(readFileSync(new URL('../fixtures/openapi-26.7.0.json', import.meta.url), 'utf8'))

/** No member beyond those that the reference has. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([name, value]) => [name, name === '$ref' ? `api${String(value)}` : strict(value)] as const)
  const made = Object.fromEntries(entries)
  return 'properties' in made && !('additionalProperties' in made) ? { ...made, additionalProperties: false } : made
}

const ajv = new Ajv({ strict: false, validateFormats: false })
ajv.addSchema({ components: { schemas: strict(api.components.schemas) } }, 'api')

/** Where the document says another thing than the reference server. */
const wrongInDocument: ReadonlyMap<string, string> = new Map([
  ['clients/{client-uuid}/evaluate-scopes/generate-example-access-token', 'aud as a list'],
  ['clients/{client-uuid}/evaluate-scopes/generate-example-id-token', 'aud as a list'],
  ['workflows', 'an object instead of a list'],
  ['workflows/scheduled/{resource-id}', 'an object instead of a list'],
  ['clients/{client-uuid}/authz/resource-server/scope/search', 'a list instead of an object'],
  ['clients/{client-uuid}/roles/{role-name}/groups', 'users instead of groups'],
  ['roles/{role-name}/groups', 'users instead of groups'],
])

const realm = 'contract'
const settings = { eventsEnabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true, organizationsEnabled: true }
const server = await serverOfFile({ realms: [{ realm, enabled: true, ...settings }] })

const values = new Map<string, string>()
/** Paths whose example needs a query. */
const queries: ReadonlyMap<string, () => string> = new Map([
  ['clients/{client-uuid}/evaluate-scopes/generate-example-access-token', () => `?userId=${values.get('user-id')}`],
  ['clients/{client-uuid}/evaluate-scopes/generate-example-id-token', () => `?userId=${values.get('user-id')}`],
  ['clients/{client-uuid}/evaluate-scopes/generate-example-userinfo', () => `?userId=${values.get('user-id')}`],
  ['clients/{client-uuid}/authz/resource-server/permission/search', () => '?name=Default%20Permission'],
  ['clients/{client-uuid}/authz/resource-server/policy/search', () => '?name=Default%20Permission'],
  ['clients/{client-uuid}/authz/resource-server/resource/search', () => '?name=Default%20Resource'],
  ['clients/{client-uuid}/authz/resource-server/scope/search', () => '?name=view'],
  ['components/{id}/sub-component-types', () => '?type=org.keycloak.storage.ldap.mappers.LDAPStorageMapper'],
])

/** A realm in which each kind of thing is there at least once. */
before(async () => {
  for (const [name, value] of Object.entries(await everyKind(server, realm))) values.set(name, String(value))
})

/** The path with its parameters filled in; undefined when there is nothing that could stand for one. */
function filled(path: string): string | undefined {
  const segments = path.split('/')
  const done = segments.map((segment, index) => {
    const name = /^\{(.*)\}$/.exec(segment)?.[1]
    if (name === undefined) return segment
    const first = segments[4] ?? ''
    return (
      values.get(`${first}/${segments[index - 1]}/${name}`) ??
      values.get(`${first}/${name}`) ??
      values.get(`${segments[index - 1]}/${name}`) ??
      values.get(name)
    )
  })
  return done.includes(undefined) ? undefined : done.join('/')
}

/** An invitation needs a mail server, and workflows are not built. */
const withoutExample = /\/(?:invitations|workflows)\/\{id\}$/

const gets = Object.entries(api.paths).flatMap(([path, { get }]) => {
  const schema = get?.responses['200']?.content?.['application/json']?.schema
  return schema === undefined || withoutExample.test(path) ? [] : [{ path, schema }]
})

let valid = 0
for (const { path, schema } of gets) {
  const short = path.replace('/admin/realms/{realm}/', '')
  test(`GET ${short} has no member that the reference does not have`, async () => {
    const url = filled(path) ?? assert.fail(`nothing stands for a parameter of ${path}`)
    const answer = await server.call('GET', url + (queries.get(short)?.() ?? ''), { bearer: await bearer() })
    // What is not built says so, and what the realm has no example of is not there.
    if (answer.status !== 200 || wrongInDocument.has(short)) {
      assert.ok([200, 204, 400, 404, 406, 501].includes(answer.status), `${url}: ${answer.status} ${answer.text}`)
      return
    }
    if (answer.text === '') return
    const check = ajv.compile(strict(schema) as Schema)
    assert.ok(check(JSON.parse(answer.text)), `${url}: ${ajv.errorsText(check.errors)}\n${answer.text.slice(0, 2_000)}`)
    valid++
  })
}

test('nearly all of them have an example', () => {
  assert.ok(valid >= 180, `only ${valid} of ${gets.length} answers were valid`)
})

let token: { readonly text: string; readonly until: number } | undefined
async function bearer(): Promise<string> {
  if (token !== undefined && Date.now() < token.until) return token.text
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const { json } = await server.call('POST', '/realms/master/protocol/openid-connect/token', { form })
  token = { text: String(json['access_token']), until: Date.now() + 40_000 }
  return token.text
}
