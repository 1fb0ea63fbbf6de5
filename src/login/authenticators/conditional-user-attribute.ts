import type { UserFacts } from '../../realm/model.ts'
import { anyMatchesInTime } from '../../users/patterns.ts'
import { condition, isOn, property } from './condition.ts'

/** True when an attribute has a value. User name, e-mail and names are attributes too. */
export const conditionalUserAttribute = condition({
  id: 'conditional-user-attribute',
  label: 'Condition - user attribute',
  help: 'Flow is executed only if the user attribute exists and has the expected value',
  properties: [
    property('attribute_name', { label: 'Attribute name', helpText: 'Name of the attribute to check', type: 'String' }),
    property('attribute_expected_value', {
      label: 'Expected attribute value',
      helpText: 'Expected value in the attribute',
      type: 'String',
    }),
    property('include_group_attributes', {
      label: 'Include group attributes',
      helpText:
        'If On, the condition checks if any of the joined groups has one attribute matching the configured name and value (this option can affect performance)',
      type: 'boolean',
    }),
    property('not', { label: 'Negate output', helpText: 'Apply a not to the check result', type: 'boolean' }),
    property('regex', { label: 'regex', helpText: 'Check equality with regex', type: 'boolean' }),
  ],
  needsUser: true,
  async holds({ config, facts: factsOf }) {
    const facts = await factsOf()
    if (facts === undefined) return false
    const values = valuesOf(facts, config['attribute_name'] ?? '', isOn(config, 'include_group_attributes'))
    return anyMatches(config['attribute_expected_value'], isOn(config, 'regex'), values.slice(0, valuesMax)) !== isOn(config, 'not')
  },
})

/** Values that are looked at. */
const valuesMax = 1_000
/** Characters of a value that a pattern is tried on: what people can set themselves must not keep the server busy. */
const patternValueLengthMax = 1_000

function valuesOf(facts: UserFacts, name: string, withGroups: boolean): readonly string[] {
  const { username, email, firstName, lastName } = facts
  const own: Readonly<Record<string, string | undefined>> = { username, email, firstName, lastName }
  const column = Object.hasOwn(own, name) ? own[name] : undefined
  const groups = withGroups ? facts.groups.flatMap((group) => [group, ...group.parents]) : []
  return [
    ...(column === undefined ? [] : [column]),
    ...(facts.attributes.get(name) ?? []),
    ...groups.flatMap((group) => group.attributes[name] ?? []),
  ]
}

/**
 * Whether one of the values is the expected one. A pattern must match the whole value; one that is none, or that takes too long, matches
 * nothing.
 */
function anyMatches(expected: string | undefined, isPattern: boolean, values: readonly string[]): boolean {
  if (expected === undefined) return false
  if (!isPattern) return values.includes(expected)
  const short = values.filter(({ length }) => length <= patternValueLengthMax)
  return anyMatchesInTime(expected, short) ?? false
}
