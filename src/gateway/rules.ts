import { audienceOf, type Claims, clientRolesOf, realmRolesOf, scopesOf } from './claims.ts'
import { badToken, type CheckName, type Refusal, type Trace } from './refusal.ts'
import type { RouteSettings, WantedRole } from './route-settings.ts'

/** A role of this name stands for all of its client, where a route names roles by a parameter of its path. */
const everything = '*'

/**
 * Whether a good token opens a route: it must have the audience, every role and every scope that the route names.
 *
 * @param parameter the value of the path's parameter, decoded
 */
export function ruleFault(route: RouteSettings, parameter: string | undefined, claims: Claims, trace?: Trace): Refusal | undefined {
  return (
    audienceFault(route, claims, trace) ??
    roleFault('realm role', route.realmRoles, realmRolesOf(claims), parameter, trace) ??
    clientRoleFault(route, parameter, claims, trace) ??
    scopeFault(route, claims, trace)
  )
}

/** A token for somebody else is no good token here (RFC 9068 section 4), while one that lacks a role is good and opens less. */
function audienceFault({ audience }: RouteSettings, claims: Claims, trace: Trace | undefined): Refusal | undefined {
  if (audience.length === 0) return undefined
  const own = audienceOf(claims)
  const found = audience.find((name) => own.includes(name))
  if (found === undefined) {
    return badToken(
      'audience',
      'The token is for another audience',
      `${audience.join(' or ')} is not in its audience ${own.join(', ') || '(none)'}`,
    )
  }
  trace?.('audience', found)
  return undefined
}

const missing = (check: CheckName, reason: string): Refusal => ({ check, status: 403, description: '', reason })

function roleFault(
  check: CheckName,
  wanted: readonly WantedRole[],
  own: readonly string[],
  parameter: string | undefined,
  trace: Trace | undefined,
  owner = '',
): Refusal | undefined {
  for (const role of wanted) {
    const name = 'name' in role ? role.name : (parameter ?? '')
    const isAll = 'parameter' in role && own.includes(everything)
    if (!isAll && !own.includes(name)) return missing(check, `the token has no ${check} ${owner}${name}`)
    trace?.(check, `${owner}${isAll ? everything : name}`)
  }
  return undefined
}

function clientRoleFault(
  { clientRoles }: RouteSettings,
  parameter: string | undefined,
  claims: Claims,
  trace?: Trace,
): Refusal | undefined {
  for (const { client, roles } of clientRoles) {
    const fault = roleFault('client role', roles, clientRolesOf(claims, client), parameter, trace, `${client}/`)
    if (fault !== undefined) return fault
  }
  return undefined
}

function scopeFault({ scopes }: RouteSettings, claims: Claims, trace?: Trace): Refusal | undefined {
  const own = scopes.length === 0 ? [] : scopesOf(claims)
  const absent = scopes.find((scope) => !own.includes(scope))
  if (absent !== undefined) return missing('scope', `the token has no scope ${absent}`)
  if (scopes.length > 0) trace?.('scope', scopes.join(' '))
  return undefined
}
