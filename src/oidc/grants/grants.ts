/**
 * Grants: one file per grant_type of the token endpoint. Each returns a decision and leaves checks, tokens, events and the answer to
 * ../token.ts. May call users, sessions and tokens.
 */
import { authorizationCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import type { Grant } from './grant.ts'
import { password } from './password.ts'
import { refreshToken } from './refresh-token.ts'
import { umaTicket } from './uma-ticket.ts'

export const grants = [authorizationCode, clientCredentials, password, refreshToken, umaTicket] satisfies readonly Grant[]

const byType: ReadonlyMap<string, Grant> = new Map(grants.map((grant) => [grant.type, grant]))

export const findGrant = (type: string): Grant | undefined => byType.get(type)
