import { readFileSync } from 'node:fs'
import type { RemoteConfig } from '../../config/config.ts'
import { type AskServer, Refused } from './ask-server.ts'
import type { RemoteWork } from './commands.ts'
import { asJson, columns, facts } from './print.ts'

type Json = Readonly<Record<string, unknown>>

/** What one action asks and prints. */
type Action = (ask: AskServer, remote: RemoteConfig, name: string) => Promise<string>

const path = '/external-systems'
const pathOf = (name: string): string => `${path}/${encodeURIComponent(name)}`

const list = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '')

const shown = (system: Json): string => {
  const { attributes = {}, access = {} } = system as { attributes?: Json; access?: Json }
  return facts([
    ['Name', system['name']],
    ['Client', system['clientId']],
    ['Password', system['secret']],
    ['Type', system['type']],
    ['Status', system['status']],
    ['Authentication', system['authentication']],
    ['Created', system['createdAt']],
    ['Last token', system['lastTokenAt']],
    ['Previous password until', system['previousValidUntil']],
    ['Roles', list(system['roles'])],
    ...Object.entries(attributes).map(([name, value]) => [`Attribute ${name}`, value] as const),
    ['Search conditions', list(access['searchConditions'])],
    ['Business processes', list(access['businessProcesses'])],
  ])
}

/** The answer in the wanted form; `words` where there is nothing to show. */
const answer = ({ json }: RemoteConfig, value: unknown, words: string): string => (json ? asJson(value ?? {}) : words)

const changed =
  (method: 'POST' | 'DELETE', below: string, verb: string): Action =>
  async (ask, remote, name) =>
    answer(remote, await ask(method, pathOf(name) + below), `${name}: ${verb}`)

const actions: Readonly<Record<string, Action>> = {
  async create(ask, remote, name) {
    const { type, roles, drfo, edrpou, fullName } = remote.system
    const made = (await ask('POST', path, { name, type, roles, attributes: { drfo, edrpou, fullName }, ...keyOf(remote) })) as Json
    const note = made['secret'] === undefined ? '' : '\n\nThe password is shown this once.'
    return answer(remote, made, shown(made) + note)
  },
  async show(ask, remote, name) {
    const system = (await ask('GET', pathOf(name))) as Json
    return answer(remote, system, shown(system))
  },
  async rotate(ask, remote, name) {
    const made = (await ask('POST', `${pathOf(name)}/secret`, { graceSeconds: remote.graceSeconds })) as Json
    return answer(remote, made, `${shown({ name, ...made })}\n\nThe password is shown this once.`)
  },
  async key(ask, remote, name) {
    return answer(remote, await ask('PUT', `${pathOf(name)}/key`, keyOf(remote)), `${name}: signs with the new key from now on`)
  },
  async grant(ask, remote, name) {
    return answer(remote, await ask('PUT', `${pathOf(name)}/access`, remote.access), `${name}: access replaced`)
  },
  block: changed('POST', '/block', 'blocked'),
  unblock: changed('POST', '/unblock', 'let in again'),
  delete: changed('DELETE', '', 'removed'),
}

const listAll: RemoteWork = async (ask, remote) => {
  const { search, first, max } = remote.list
  const query = new URLSearchParams({ search, first: String(first), max: String(max) })
  const systems = (await ask('GET', `${path}?${query}`)) as readonly Json[]
  const heads = ['NAME', 'TYPE', 'STATUS', 'CREATED', 'LAST TOKEN']
  const rows = systems.map((system) => ['name', 'type', 'status', 'createdAt', 'lastTokenAt'].map((member) => system[member]))
  return answer(remote, systems, columns(heads, rows))
}

export const usage = `Usage: 'ostiary external-system list', or one of ${Object.keys(actions).join(', ')} with the name of a system`

/** Undefined when the words say no action. */
export function externalSystem([word = '', name, ...more]: readonly string[]): RemoteWork | undefined {
  if (more.length > 0) return undefined
  if (word === 'list') return name === undefined ? listAll : undefined
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined
  return action === undefined || name === undefined ? undefined : (ask, remote) => action(ask, remote, name)
}

/** The public key that was named, as the server wants it. Throws Refused for a file that cannot be read. */
function keyOf({ key: { jwksUrl, jwksFile, publicKeyFile, certificateFile } }: RemoteConfig): Json {
  return {
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(jwksFile === undefined ? {} : { jwks: jwksOf(jwksFile) }),
    ...(publicKeyFile === undefined ? {} : { publicKey: read(publicKeyFile) }),
    ...(certificateFile === undefined ? {} : { certificate: read(certificateFile) }),
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Refused(`${file} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'})`)
  }
}

function jwksOf(file: string): unknown {
  try {
    return JSON.parse(read(file))
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(`${file} is no JSON`)
  }
}
