import type { Client, ResolvedScopes, Role } from '../realm/model.ts'
import type { Plan, PlanStep } from './plan.ts'
import type { Claims, TokenFacts, TokenRoles } from './protocol-mapper.ts'
import { effectiveRoles, tokenRoles } from './roles.ts'
import { leavesOf, stepWords, writtenAlone } from './trace.ts'

export interface ExplainedRole {
  readonly role: string
  /** The clientId of a client's role. */
  readonly client?: string
  readonly in: boolean
  readonly reason: string
}

export interface RoleQuestion {
  /** Of the token. */
  readonly claims: Claims
  readonly facts: TokenFacts
  readonly plan: Plan
  readonly lightweight: boolean
  /** How the user comes by each role, by its id. */
  readonly origins: ReadonlyMap<string, string>
}

/** Every role that the user has or the token names: whether the token has it, and why. */
export function explainRoles(question: RoleQuestion): readonly ExplainedRole[] {
  const { facts, claims } = question
  const evidence = evidenceOf(question)
  const effective = new Set(effectiveRoles(facts.user, facts.scopes).map(({ id }) => id))
  const explained = facts.user.roles.map((role): ExplainedRole => {
    const origin = question.origins.get(role.id) ?? 'one of the roles of the user'
    const name = { role: role.name, ...(role.clientId === undefined ? {} : { client: role.clientId }) }
    if (!effective.has(role.id)) return { ...name, in: false, reason: `${origin}; ${outOfScope(role, facts.scopes)}` }
    const found = evidence.of(role)
    const shown = found.filter(({ value, path }) => holds(evidence.inToken.get(path), value))
    for (const one of shown) evidence.used.add(key(one))
    if (shown.length > 0) return { ...name, in: true, reason: `${origin}; ${shown.map(shownWords(role)).join(', ')}` }
    return { ...name, in: false, reason: `${origin}; ${found.length > 0 ? notThen : unmapped(question, role)}` }
  })
  return [...explained, ...strangers(claims, evidence)]
}

const notThen = 'a token made now would have it: it was given, or the mapper changed, after this one was made'

interface Evidence {
  readonly path: string
  readonly value: unknown
  readonly step: PlanStep
}

interface RoleEvidence {
  readonly inToken: ReadonlyMap<string, unknown>
  /** What of the roles of the user is accounted for. */
  readonly used: Set<string>
  /** Mappers that put roles into tokens of everybody. */
  readonly hardcoded: readonly Evidence[]
  of(role: Role): readonly Evidence[]
}

const key = ({ path, value }: Pick<Evidence, 'path' | 'value'>): string => JSON.stringify([path, value])

const listTypes: ReadonlySet<string> = new Set(['oidc-usermodel-realm-role-mapper', 'oidc-usermodel-client-role-mapper'])

/** Asks the mappers themselves what they would write for one role alone. */
function evidenceOf({ claims, facts, plan }: RoleQuestion): RoleEvidence {
  const renaming = plan.steps.filter(({ type }) => type.always === true)
  const listing = plan.steps.filter(({ type }) => listTypes.has(type.id))
  const written = (roles: TokenRoles): Evidence[] =>
    listing.flatMap((step) =>
      Array.from(writtenAlone([...renaming, step], { ...facts, roles })).flatMap(([path, value]) =>
        [value].flat().map((one) => ({ path, value: one, step })),
      ),
    )
  const hardcoded = written({ realm: new Set(), client: new Map() })
  const always = new Set(hardcoded.map(key))
  return {
    inToken: leavesOf(claims),
    used: new Set(),
    hardcoded,
    of(role) {
      const all = written(tokenRoles([role]))
      const own = all.filter((one) => !always.has(key(one)))
      // A role that the user has and that everybody's token has, too.
      return own.length > 0 ? own : all.filter(({ value }) => value === role.name)
    },
  }
}

const holds = (there: unknown, value: unknown): boolean => [there].flat().includes(value)

const shownWords =
  (role: Role) =>
  ({ path, value, step }: Evidence): string =>
    `put into ${path}${value === role.name ? '' : ` as "${String(value)}"`} by ${stepWords(step)}`

function outOfScope({ id }: Role, { client, scopes }: ResolvedScopes): string {
  const granted = new Set(scopes)
  const others = [...client.optionalScopes, ...client.defaultScopes].filter((scope) => !granted.has(scope) && scope.roleIds.has(id))
  const more =
    others.length === 0
      ? ''
      : `; the scope ${others.map(({ name }) => `"${name}"`).join(' or ')}, which the token does not have, would let it in`
  return `withheld, since "Full scope allowed" is off for the client ${client.clientId} and neither its scope mappings nor those of the token's scopes have the role${more}`
}

/** Why no mapper puts a role into the token. */
function unmapped({ facts, plan, lightweight }: RoleQuestion, role: Role): string {
  const roles = tokenRoles([role])
  const off = plan.passedOver.filter((step) => listTypes.has(step.type.id) && writtenAlone([step], { ...facts, roles }).size > 0)
  const [first] = off
  if (first !== undefined) {
    const missing = lightweight
      ? '"Add to lightweight access token", and the token is a lightweight one'
      : 'the switch for this kind of token'
    return `withheld, since ${stepWords(first)} lacks ${missing}`
  }
  const { client } = facts
  const others = unasked(facts.scopes, client).filter(({ mappers }) =>
    mappers.some(({ protocolMapper = '' }) => listTypes.has(protocolMapper)),
  )
  const more =
    others.length === 0 ? '' : `; the scope ${others.map(({ name }) => `"${name}"`).join(' or ')}, which was not requested, has one`
  return `withheld, since no mapper of the client and of the token's scopes writes it${more}`
}

const unasked = ({ scopes }: ResolvedScopes, { optionalScopes }: Client): Client['optionalScopes'] =>
  optionalScopes.filter((scope) => !scopes.includes(scope))

/** Roles of the token that are not the user's. */
function strangers(claims: Claims, { used, hardcoded }: RoleEvidence): ExplainedRole[] {
  const fixed = new Map(hardcoded.map((one) => [key(one), one.step]))
  return namedRoles(claims).flatMap(({ path, role, client }): ExplainedRole[] => {
    const id = key({ path, value: role })
    if (used.has(id)) return []
    const step = fixed.get(id)
    const reason =
      step === undefined
        ? 'the user had it when the token was made, or a mapper gave it: neither is so now'
        : 'a mapper puts it into the token of everybody (hardcoded role)'
    return [{ role, ...(client === undefined ? {} : { client }), in: true, reason }]
  })
}

/** The roles in the claims where the reference's default scope puts them. */
function namedRoles(claims: Claims): { path: string; role: string; client: string | undefined }[] {
  const rolesIn = (value: unknown): string[] => {
    const list = typeof value === 'object' && value !== null && 'roles' in value ? value.roles : []
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
  }
  const clients = claims['resource_access']
  const ofClients = typeof clients === 'object' && clients !== null ? Object.entries(clients) : []
  return [
    ...rolesIn(claims['realm_access']).map((role) => ({ path: 'realm_access.roles', role, client: undefined })),
    ...ofClients.flatMap(([client, value]) =>
      rolesIn(value).map((role) => ({ path: `resource_access.${client.replaceAll('.', '\\.')}.roles`, role, client })),
    ),
  ]
}
