import { accessType } from './access-type.ts'
import type { Check } from './check.ts'
import { claims } from './claims.ts'
import { client } from './client.ts'
import { clientFlows } from './client-flows.ts'
import { codeChallenge } from './code-challenge.ts'
import { duplicates } from './duplicates.ts'
import { flowPath } from './flow-path.ts'
import { maxAge } from './max-age.ts'
import { nonce } from './nonce.ts'
import { pushedRequest } from './pushed-request.ts'
import { redirectUri } from './redirect-uri.ts'
import { responseMode } from './response-mode.ts'
import { responseType } from './response-type.ts'
import { scope } from './scope.ts'

/** Endpoints that take an authorization request: the columns. */
export type CheckedEndpoint = 'auth' | 'par'

export interface CheckRow {
  readonly check: Check
  readonly endpoints: readonly CheckedEndpoint[]
  /** Who is told: until the redirect URI is known to be the client's, the person at the browser. */
  readonly tells: 'person' | 'application'
}

/** The rows, in the reference's order: of several mistakes the first one here is told. */
export const checkTable: readonly CheckRow[] = [
  { check: client, endpoints: ['auth'], tells: 'person' },
  { check: flowPath, endpoints: ['auth'], tells: 'person' },
  { check: maxAge, endpoints: ['auth', 'par'], tells: 'person' },
  { check: redirectUri, endpoints: ['auth', 'par'], tells: 'person' },
  { check: responseType, endpoints: ['auth', 'par'], tells: 'application' },
  { check: responseMode, endpoints: ['auth', 'par'], tells: 'application' },
  { check: clientFlows, endpoints: ['auth', 'par'], tells: 'application' },
  { check: pushedRequest, endpoints: ['auth'], tells: 'application' },
  { check: duplicates, endpoints: ['auth', 'par'], tells: 'application' },
  { check: scope, endpoints: ['auth', 'par'], tells: 'application' },
  { check: accessType, endpoints: ['auth', 'par'], tells: 'application' },
  { check: nonce, endpoints: ['auth', 'par'], tells: 'application' },
  { check: codeChallenge, endpoints: ['auth', 'par'], tells: 'application' },
  { check: claims, endpoints: ['auth', 'par'], tells: 'person' },
]

export const checksOf = (endpoint: CheckedEndpoint): readonly Check[] =>
  checkTable.filter(({ endpoints }) => endpoints.includes(endpoint)).map(({ check }) => check)
