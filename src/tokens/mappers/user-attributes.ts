import type { GroupFacts, UserFacts } from '../../realm/model.ts'
import { textHashOrder } from './hash-order.ts'

const none: readonly string[] = []
const unset: readonly null[] = [null]

/**
 * The values of a user's attribute. A user's own values hide those of his groups, unless `aggregate` asks for all of them; of the groups the
 * first one with values counts, its own before those of its parents. User name, e-mail and names are attributes too; one of them that is not
 * set is a list with null (reference behaviour).
 */
export function attributeValues(user: UserFacts, name: string, aggregate: boolean): readonly (string | null)[] {
  const values = ownValues(user, name)
  if (!aggregate) return values.length > 0 || user.groups.length === 0 ? values : ofFirstGroup(user.groups, name)
  const all = new Set(values)
  for (const group of user.groups) {
    for (const value of group.attributes[name] ?? none) all.add(value)
    for (const parent of group.parents) for (const value of parent.attributes[name] ?? none) all.add(value)
  }
  const texts = [...all].filter((value) => value !== null)
  return texts.length > 1 ? textHashOrder(texts) : [...all]
}

/** The first of a user's own values; groups are not asked. */
export const firstOwnValue = (user: UserFacts, name: string): string | undefined => ownValues(user, name)[0] ?? undefined

function ownValues(user: UserFacts, name: string): readonly (string | null)[] {
  switch (name) {
    case 'username':
      return [user.username]
    case 'email':
      return user.email === undefined ? unset : [user.email]
    case 'firstName':
      return user.firstName === undefined ? unset : [user.firstName]
    case 'lastName':
      return user.lastName === undefined ? unset : [user.lastName]
    default:
      return user.attributes.get(name) ?? none
  }
}

function ofFirstGroup(groups: readonly GroupFacts[], name: string): readonly string[] {
  for (const group of groups) {
    for (const { attributes } of [group, ...group.parents]) {
      const values = attributes[name]
      if (values !== undefined && values.length > 0) return values
    }
  }
  return none
}
