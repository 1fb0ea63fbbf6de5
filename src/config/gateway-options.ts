import type { Option } from './options.ts'

const row = { group: 'Gateway', origin: 'own', commandLineOnly: true } as const

/** Options of the gateway's commands. What a gateway does is in a file of its own, see docs/guides/gateway.md. */
export const gatewayOptions: readonly Option[] = [
  {
    ...row,
    name: 'config',
    type: { kind: 'path' },
    value: 'file',
    commands: ['gateway', 'explain'],
    doc: 'The YAML file with the issuers and routes of the gateway.',
  },
  {
    ...row,
    name: 'method',
    type: { kind: 'text' },
    value: 'method',
    default: 'GET',
    commands: ['explain'],
    doc: 'The method of the request to explain.',
  },
  {
    ...row,
    name: 'path',
    type: { kind: 'text' },
    value: 'path',
    commands: ['explain'],
    doc: 'The path of the request to explain.',
  },
  {
    ...row,
    name: 'token-file',
    type: { kind: 'path' },
    value: 'file',
    defaultNote: 'a request without a token',
    commands: ['explain'],
    doc: 'The file with the access token of the request; - reads it from the standard input.',
  },
]
