/**
 * Tokens: what goes into them and how they are checked. Making them is mint.ts, checking verify.ts; plan.ts compiles the protocol mappers of
 * mappers/ ahead, roles.ts decides on roles and scopes. May call realm, keys and sessions; knows no HTTP.
 */
import { boundedMap } from '../realm/bounded-map.ts'
import type { Client, ClientScope, ResolvedScopes } from '../realm/model.ts'
import type { ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import { hashOrder } from './mappers/hash-order.ts'
import { findProtocolMapper } from './mappers/index.ts'
import { writesTo } from './mappers/switches.ts'
import type { CompiledMapper, MapperTarget, ProtocolMapper, TokenRoles } from './protocol-mapper.ts'

/** Compiled plans kept per client: targets times sets of scopes that are in use. */
const plansMax = 200

/** The plans of one client. */
export interface TokenPlans {
  /** What puts the claims of all mappers into a target. The client must be that of the scopes. */
  plan(target: MapperTarget, scopes: ResolvedScopes, lightweight: boolean): CompiledMapper
}

/** The plans of a client, each compiled when it is first asked for. */
export const tokenPlans = (client: Client): TokenPlans => client.derived(plansOf)

function plansOf(): TokenPlans {
  const plans = boundedMap<string, CompiledMapper>(plansMax)
  return {
    plan(target, scopes, lightweight) {
      const key = `${target} ${lightweight} ${scopes.key}`
      const known = plans.get(key)
      if (known) return known
      const made = compilePlan(scopes, target, { lightweight })
      plans.set(key, made)
      return made
    },
  }
}

/** One mapper of a plan. */
export interface PlanStep {
  readonly mapper: ProtocolMapperRepresentation
  /** The client scope that has it; undefined for the client's own. */
  readonly scope: ClientScope | undefined
  readonly type: ProtocolMapper
  readonly run: CompiledMapper
}

export interface Plan {
  /** In the order in which they run. */
  readonly steps: readonly PlanStep[]
  /** Mappers that write to other targets only. */
  readonly passedOver: readonly PlanStep[]
}

/**
 * The mappers of the client and of its scopes for one target. They run by priority, those of one priority in the reference's order, so that
 * the same one has the last word on a claim. Mappers of other protocols and of unknown types are left out.
 */
export function planOf(scopes: ResolvedScopes, target: MapperTarget, options: { readonly lightweight: boolean }): Plan {
  const sources = hashOrder<ClientScope | Client>([...scopes.scopes, scopes.client], ({ id }) => id)
  const mappers = sources
    .flatMap((source) =>
      source.mappers.map((mapper) => ({ mapper, scope: source === scopes.client ? undefined : (source as ClientScope) })),
    )
    .filter(({ mapper }) => (mapper.protocol ?? openidConnect) === openidConnect)
  const known = hashOrder(mappers, ({ mapper }) => mapper.id ?? '').flatMap(({ mapper, scope }): PlanStep[] => {
    const { protocolMapper = '', config = {} } = mapper
    const type = findProtocolMapper(protocolMapper)
    return type === undefined ? [] : [{ mapper, scope, type, run: type.compile(config, target) }]
  })
  const writes = ({ type, mapper }: PlanStep): boolean => writesTo(type, mapper.config ?? {}, target, options)
  return {
    steps: known.filter(writes).sort((a, b) => a.type.priority - b.type.priority),
    passedOver: known.filter((step) => !writes(step)),
  }
}

/** Compiles the plan for one target: what puts the claims of all its mappers into a token. */
export function compilePlan(scopes: ResolvedScopes, target: MapperTarget, options: { readonly lightweight: boolean }): CompiledMapper {
  const { steps } = planOf(scopes, target, options)
  const runs = steps.map(({ run }) => run)
  if (steps.every(({ type }) => type.always !== true)) return inTurn(runs)
  const runAll = inTurn(runs)
  // One request makes several tokens from the same facts, and a role must not be renamed twice.
  return (claims, facts) => runAll(claims, { ...facts, roles: copyOfRoles(facts.roles) })
}

const openidConnect = 'openid-connect'

const inTurn =
  (runs: readonly CompiledMapper[]): CompiledMapper =>
  (claims, facts) => {
    for (const run of runs) run(claims, facts)
  }

export const copyOfRoles = ({ realm, client }: TokenRoles): TokenRoles => ({
  realm: new Set(realm),
  client: new Map(Array.from(client, ([clientId, names]) => [clientId, new Set(names)])),
})
