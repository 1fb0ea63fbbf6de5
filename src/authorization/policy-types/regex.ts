import { matchesInTime } from '../../users/patterns.ts'
import { claimTexts } from '../identity.ts'
import { type DecisionFacts, type PolicyType, textMember, withValues } from '../policy-type.ts'

/** Longer values fit no pattern: a pattern may take time in the square of their length, or worse. */
const valueLengthMax = 10_000

/** A claim of the identity, or an attribute of the context, matches a pattern as a whole. */
export const regex: PolicyType = {
  id: 'regex',
  name: 'Regex',
  group: 'Identity Based',
  configOf: (members, before) =>
    withValues(before, {
      targetContextAttributes: String(members['targetContextAttributes'] ?? false),
      pattern: textMember(members, 'pattern'),
      targetClaim: textMember(members, 'targetClaim'),
    }),
  members: ({ targetClaim, pattern, targetContextAttributes }) => ({
    ...(targetClaim === undefined ? {} : { targetClaim }),
    ...(pattern === undefined ? {} : { pattern }),
    targetContextAttributes: targetContextAttributes === 'true',
  }),
  grants: (config, facts) => {
    const { targetClaim = '', pattern } = config
    const value = targetOf(facts, targetClaim, config['targetContextAttributes'] === 'true')
    if (value === undefined || pattern === undefined || value.length > valueLengthMax) return false
    const matches = matchesInTime(pattern, value)
    // Neither answer would be safe: the policy may be turned round.
    if (matches === undefined) throw new Error('the pattern of a policy takes too long')
    return matches
  },
}

function targetOf({ identity, context }: DecisionFacts, claim: string, ofContext: boolean): string | undefined {
  const textsOf = (name: string): readonly string[] => (ofContext ? (context.get(name) ?? []) : claimTexts(identity.claims, name))
  // A dot always leads into a value, even where a name has one (reference behaviour).
  const [first = '', ...path] = claim.split('.')
  if (path.length === 0) return textsOf(claim)[0]
  let value: unknown = ofContext ? parsed(textsOf(first)[0]) : identity.claims[first]
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value === undefined || value === null ? undefined : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
