import { posix } from 'node:path'
import { lineAt } from './scan.ts'
import { program, type Rule, sources, type TreeFile } from './tree.ts'

/** The total order of the rooms. A file imports only its own room and rooms to the left of it. */
const order = [
  ...['log', 'clock', 'crypto', 'config', 'http', 'representations', 'storage', 'realm', 'keys', 'events', 'email', 'users', 'sessions'],
  ...[
    'brute-force',
    'tokens',
    'organizations',
    'authorization',
    'login',
    'brokering',
    'transfer',
    'oidc',
    'admin',
    'account',
    'registration',
  ],
  ...['registry', 'gateway', 'console', 'aliases'],
  ...['plugin', 'server', 'index', 'testing', 'cli'],
]

/** Rooms with URLs of their own. They know nothing of each other, but for those that put further URLs onto another's ground. */
const surfaces = ['oidc', 'admin', 'account', 'registration', 'registry', 'gateway', 'console', 'aliases']

/**
 * Aliases are other paths to oidc's handlers; the control plane stands below /admin/realms and has the Admin API's callers, rights and audit;
 * registration writes clients as the Admin API does.
 */
const grounds: Readonly<Record<string, string>> = { aliases: 'oidc', registration: 'admin', registry: 'admin' }

export interface Import {
  readonly specifier: string
  /** What stands between `import` and `from`; empty for `import('…')` and `import '…'`. */
  readonly clause: string
  readonly line: number
}

/** Static, dynamic and type imports and re-exports of a file. */
export function importsOf(file: TreeFile): Import[] {
  const found: Import[] = []
  for (const { start, value } of file.scan.literals) {
    const before = file.scan.code.slice(0, start - 1).trimEnd()
    const clause = /(?:^|[\s;}])(?:import|export)\b((?:(?!\bimport\b|\bexport\b)[^;=])*)\bfrom$/.exec(before)?.[1]
    if (clause === undefined && !/\bimport(?:\s*\()?$/.test(before)) continue
    found.push({ specifier: value, clause: clause?.trim() ?? '', line: lineAt(file.text, start) })
  }
  return found
}

/** `src/oidc/token.ts` → `oidc`, `src/server.ts` → `server`. */
const roomOf = (path: string): string => (path.split('/')[1] ?? '').replace(/(?:\.test)?\.ts$/, '')

function breach(from: string, to: string): string | undefined {
  if (from === to) return undefined
  if (!order.includes(to)) return `${to} has no place in the order of rooms`
  if (order.indexOf(to) > order.indexOf(from)) return `${from} may not import ${to}, which is to the right of it`
  if (surfaces.includes(from) && surfaces.includes(to) && grounds[from] !== to) return `surface ${from} may not import surface ${to}`
  return undefined
}

export const directions: Rule = {
  sentence: 'a file imports only its own room and rooms to the left of it, and no surface imports another',
  check: (tree) =>
    sources(tree).flatMap((file) => {
      const from = roomOf(file.path)
      if (!order.includes(from)) return [`${file.path}: ${from} has no place in the order of rooms`]
      return importsOf(file).flatMap(({ specifier, line }) => {
        if (!specifier.startsWith('.')) return []
        const target = posix.join(posix.dirname(file.path), specifier)
        if (!target.startsWith('src/')) return [`${file.path}:${line}: the server may not import ${specifier}, which is not part of it`]
        const problem = breach(from, roomOf(target))
        return problem === undefined ? [] : [`${file.path}:${line}: ${problem}`]
      })
    }),
  wrong: [
    { 'src/storage/a.ts': "import { b } from '../realm/b.ts'" },
    { 'src/storage/a.ts': "import type { B } from '../realm/b.ts'" },
    { 'src/storage/a.ts': "const b = await import('../realm/b.ts')" },
    { 'src/storage/a.ts': "export {\n  b,\n} from '../realm/b.ts'" },
    { 'src/oidc/grants/a.ts': "import { b } from '../../admin/b.ts'" },
    { 'src/admin/a.ts': "import { b } from '../oidc/b.ts'" },
    { 'src/aliases/a.ts': "import { b } from '../admin/b.ts'" },
    { 'src/oidc/a.ts': "import { b } from '../server.ts'" },
    { 'src/oidc/a.ts': "import { b } from '../../test/b.ts'" },
    { 'src/attic/a.ts': 'export const a = 1' },
  ],
  right: [
    { 'src/realm/a.ts': "import { b } from '../storage/b.ts'\n// from '../oidc/c.ts'\nconst c = \"import d from '../oidc/d.ts'\"" },
    { 'src/oidc/grants/a.ts': "import { b } from '../token.ts'" },
    { 'src/aliases/a.ts': "import { b } from '../oidc/b.ts'" },
    { 'src/server.ts': "import { b } from './admin/b.ts'" },
  ],
}

const isRelative = (specifier: string): boolean => specifier.startsWith('.')
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

export const packages: Rule = {
  sentence: 'the server imports only packages that package.json lists as dependencies, and nothing lists a package without using it',
  check: (tree) => {
    const manifest = tree.find((file) => file.path === 'package.json')
    const listed: string[] = Object.keys(JSON.parse(manifest?.text ?? '{}').dependencies ?? {})
    const used = program(tree).flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => !isRelative(specifier) && !specifier.startsWith('node:'))
        .map(({ specifier, line }) => ({ name: packageOf(specifier), at: `${file.path}:${line}` })),
    )
    return [
      ...used.filter(({ name }) => !listed.includes(name)).map(({ name, at }) => `${at}: ${name} is no dependency in package.json`),
      ...listed.filter((name) => !used.some((one) => one.name === name)).map((name) => `package.json: no source file imports ${name}`),
    ]
  },
  wrong: [
    { 'package.json': '{"dependencies":{}}', 'src/log.ts': "import { pino } from 'pino'" },
    { 'package.json': '{"devDependencies":{"pino":"1"}}', 'src/log.ts': "import { pino } from 'pino'" },
    { 'package.json': '{"dependencies":{"pino":"1"}}', 'src/log.ts': '' },
  ],
  right: [
    {
      'package.json': '{"dependencies":{"@node-rs/argon2":"1","pg":"1"}}',
      'src/crypto/a.ts': "import { hash } from '@node-rs/argon2'\nimport { b } from './b.ts'\nimport { sign } from 'node:crypto'",
      'src/storage/a.ts': "import pg from 'pg'",
      'src/storage/a.test.ts': "import x from 'y'",
    },
  ],
}

/** Packages that one room hides from the others, by pattern of the specifier. */
const hidden: readonly { readonly specifier: RegExp; readonly room: string }[] = [
  { specifier: /^(?:@fastify\/.*|fastify(?:[-/].*)?|find-my-way|light-my-request)$/, room: 'http' },
  { specifier: /^(?:pg(?:-.*)?|node:sqlite)$/, room: 'storage' },
  { specifier: /^(?:httpxy|http-proxy.*|undici)$/, room: 'http' },
  { specifier: /^yaml$/, room: 'config' },
]

export const hiddenPackages: Rule = {
  sentence: 'only http knows the HTTP framework and only storage knows the database drivers',
  check: (tree) =>
    program(tree).flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => hidden.some((one) => one.specifier.test(specifier) && one.room !== roomOf(file.path)))
        .map(({ specifier, line }) => `${file.path}:${line}: ${specifier} belongs to another room`),
    ),
  wrong: [
    { 'src/oidc/a.ts': "import type { FastifyReply } from 'fastify'" },
    { 'src/server.ts': "import cookie from '@fastify/cookie'" },
    { 'src/users/a.ts': "import { DatabaseSync } from 'node:sqlite'" },
  ],
  right: [{ 'src/http/a.ts': "import { fastify } from 'fastify'", 'src/storage/a.ts': "import pg from 'pg'" }],
}

const httpModules = ['node:http', 'node:https', 'node:http2', 'http', 'https', 'http2']
/** What of node:http leaves the process. Types and the server side are free to use. */
const outgoingNames = /\b(?:request|get|connect|Agent|ClientRequest)\b/

export const outgoingHttp: Rule = {
  sentence: 'requests leave the server only through http/client.ts',
  check: (tree) =>
    program(tree)
      .filter((file) => file.path !== 'src/http/client.ts')
      .flatMap((file) => {
        const imports = importsOf(file).filter(({ specifier, clause }) => {
          if (specifier === 'undici') return true
          if (!httpModules.includes(specifier) || clause.startsWith('type ')) return false
          return outgoingNames.test(clause) || !clause.includes('{')
        })
        const calls = [...file.scan.code.matchAll(/(?<![\w$.])fetch\s*\(|\bglobalThis\.fetch\b/g)]
        return [
          ...imports.map(({ specifier, line }) => `${file.path}:${line}: ${specifier}`),
          ...calls.map((call) => `${file.path}:${lineAt(file.text, call.index)}: fetch`),
        ]
      }),
  wrong: [
    { 'src/brokering/a.ts': 'const answer = await fetch(url)' },
    { 'src/brokering/a.ts': "import { request } from 'node:https'" },
    { 'src/brokering/a.ts': "import http from 'node:http'" },
    { 'src/brokering/a.ts': "import { Pool } from 'undici'" },
  ],
  right: [
    {
      'src/http/client.ts': "import { request } from 'node:https'",
      'src/http/values.ts': "import type { IncomingHttpHeaders } from 'node:http'",
      'src/http/edge.ts': "import { createServer } from 'node:http'\nawait client.fetch(url) // fetch(url)",
      'src/http/edge.test.ts': 'await fetch(url)',
    },
  ],
}

export const directionRules: readonly Rule[] = [directions, packages, hiddenPackages, outgoingHttp]
