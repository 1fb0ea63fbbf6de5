import { copyOfRoles, type PlanStep } from './plan.ts'
import type { Claims, TokenFacts } from './protocol-mapper.ts'

/** A claim, or a member of one: dots in names are escaped as in the settings of mappers (`resource_access.my\.app.roles`). */
export type ClaimPath = string

export const pathOfClaim = (names: readonly string[]): ClaimPath => names.map((name) => name.replaceAll('.', '\\.')).join('.')

/** Objects below objects that are looked into: tokens have three levels, and what is deeper was made to hurt. */
const depthMax = 20

/** The members of claims that are no objects themselves, by their paths. */
export function leavesOf(claims: Claims): Map<ClaimPath, unknown> {
  const leaves = new Map<ClaimPath, unknown>()
  const visit = (value: unknown, names: readonly string[]): void => {
    if (value === undefined) return
    const isOpened = typeof value === 'object' && value !== null && !Array.isArray(value) && names.length < depthMax
    const members = isOpened ? Object.entries(value) : []
    if (members.length === 0) leaves.set(pathOfClaim(names), value)
    for (const [name, member] of members) visit(member, [...names, name])
  }
  for (const [name, value] of Object.entries(claims)) visit(value, [name])
  return leaves
}

/** What the mappers of a plan do, one after the other. */
export interface Trace {
  readonly claims: Claims
  /** Who has written what stands there in the end, the last one last. */
  readonly writers: ReadonlyMap<ClaimPath, readonly PlanStep[]>
}

/** Runs a plan as `compilePlan` does, and watches. `base` is changed. */
export function traceSteps(steps: readonly PlanStep[], base: Claims, facts: TokenFacts): Trace {
  const writers = new Map<ClaimPath, readonly PlanStep[]>()
  const own = { ...facts, roles: copyOfRoles(facts.roles) }
  let before = texts(base)
  for (const step of steps) {
    step.run(base, own)
    const after = texts(base)
    for (const [path, text] of after) {
      const was = before.get(path)
      if (was !== text) writers.set(path, extended(was, text) ? [...(writers.get(path) ?? []), step] : [step])
    }
    before = after
  }
  return { claims: base, writers }
}

const texts = (claims: Claims): Map<ClaimPath, string> =>
  new Map(Array.from(leavesOf(claims), ([path, value]) => [path, JSON.stringify(value) ?? '']))

/** True when what was there is still among what is there: the step has added to it. */
function extended(before: string | undefined, after: string): boolean {
  if (before === undefined) return false
  const listed = (text: string): string[] => [JSON.parse(text) as unknown].flat().map((one) => JSON.stringify(one))
  const now = new Set(listed(after))
  return listed(before).every((one) => now.has(one))
}

/** What one step would write if it were alone, with these roles. */
export function writtenAlone(steps: readonly PlanStep[], facts: TokenFacts): ReadonlyMap<ClaimPath, unknown> {
  return leavesOf(traceSteps(steps, {}, facts).claims)
}

/** `mapper "birthdate" of scope "profile"`, `mapper "audience" of the client`. */
export const stepWords = ({ mapper, scope }: PlanStep): string =>
  `mapper "${mapper.name ?? mapper.id ?? ''}" of ${scope === undefined ? 'the client' : `scope "${scope.name}"`}`
