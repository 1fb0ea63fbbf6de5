import type { Command } from './config.ts'
import type { Option, OptionType } from './options.ts'

/** Commands that talk to a running server. */
export const remoteCommands: readonly Command[] = ['external-system', 'explain']

const text: OptionType = { kind: 'text' }
const path: OptionType = { kind: 'path' }
const list: OptionType = { kind: 'list' }

type Row = Omit<Option, 'commands' | 'origin' | 'group' | 'commandLineOnly'>

const connection: readonly Row[] = [
  { name: 'server', type: text, value: 'URL', default: 'http://localhost:8080', doc: 'Base URL of the server.' },
  {
    name: 'auth-realm',
    type: text,
    value: 'realm',
    defaultNote: 'master; the realm itself with client-id',
    doc: 'Realm of the administrator or client that asks.',
  },
  { name: 'client-id', type: text, value: 'client', doc: 'Client with a service account that asks in the place of an administrator.' },
  { name: 'client-secret:env', type: text, value: 'VARIABLE', doc: 'Environment variable that holds the secret of the client.' },
  { name: 'json', type: { kind: 'boolean' }, value: '', flag: true, doc: 'Prints what the server answers as JSON.' },
]

/** Seconds; the server has the same limit. */
const graceSecondsMax = 30 * 24 * 60 * 60

const system: readonly Row[] = [
  {
    name: 'type',
    type: { kind: 'enum', values: ['external-system', 'internal-registry'] },
    value: 'type',
    default: 'external-system',
    doc: 'For create: what the system is.',
  },
  {
    name: 'roles',
    type: list,
    value: 'role,...',
    defaultNote: 'trembita-invoker for an external-system',
    doc: 'For create: roles of the realm, made when missing.',
  },
  { name: 'drfo', type: text, value: 'number', doc: 'For create: tax number of the person behind the system.' },
  { name: 'edrpou', type: text, value: 'number', doc: 'For create: number of the organization behind the system.' },
  { name: 'full-name', type: text, value: 'name', doc: 'For create: name of the person or organization behind the system.' },
  { name: 'jwks-url', type: text, value: 'URL', doc: 'For create and key: where the system shows its public keys.' },
  { name: 'jwks-file', type: path, value: 'file', doc: 'For create and key: a JSON Web Key Set with public keys.' },
  { name: 'public-key-file', type: path, value: 'file', doc: 'For create and key: a public key in PEM.' },
  { name: 'certificate-file', type: path, value: 'file', doc: 'For create and key: an X.509 certificate in PEM.' },
  {
    name: 'grace',
    type: { kind: 'integer', min: 0, max: graceSecondsMax },
    value: 'seconds',
    default: '0',
    doc: 'For rotate: how long the password before goes on working.',
  },
  {
    name: 'search-conditions',
    type: list,
    value: 'name,...',
    doc: 'For grant: search conditions of the data factory; all others are taken away.',
  },
  {
    name: 'business-processes',
    type: list,
    value: 'name,...',
    doc: 'For grant: business processes, or * for all; all others are taken away.',
  },
  { name: 'search', type: text, value: 'text', doc: 'For list: only systems whose name holds the text.' },
  { name: 'first', type: { kind: 'integer', min: 0, max: 1_000_000 }, value: 'number', default: '0', doc: 'For list: systems to skip.' },
  { name: 'max', type: { kind: 'integer', min: 1, max: 1_000 }, value: 'number', default: '100', doc: 'For list: most systems to show.' },
]

const rows = (group: string, commands: readonly Command[], from: readonly Row[]): readonly Option[] =>
  from.map((row): Option => ({ ...row, group, commands, origin: 'own', commandLineOnly: true }))

/** Options of commands that talk to a running server. No secret among them: other users of the machine can read a command line. */
export const remoteOptions: readonly Option[] = [
  ...rows('Connection', remoteCommands, connection),
  ...rows('External system', ['external-system'], system),
]
