import { AdminError } from '../http/errors.ts'
import { type SystemType, systemTypes } from './system-type.ts'

export const systemLimits = {
  nameLengthMax: 32,
  /** Characters of a role, of an attribute, of a search condition and of a business process. */
  textLengthMax: 255,
  rolesMax: 100,
  /** Search conditions of one system, and business processes. All of its roles are in each of its tokens. */
  accessMax: 500,
  /** Two passwords for longer than this are no rotation any more: 30 days. */
  graceSecondsMax: 30 * 24 * 60 * 60,
} as const

/** What a rule is about; pages have a text for each in their own language. */
export type RuleSubject = 'name' | 'type' | 'roles' | 'attributes' | 'key' | 'access' | 'grace'

/** 400 with the broken rule. */
export class BrokenRule extends AdminError {
  readonly subject: RuleSubject
  constructor(subject: RuleSubject, errorMessage: string) {
    super(400, { errorMessage })
    this.name = 'BrokenRule'
    this.subject = subject
  }
}

const nameRule = `The name of an external system has at most ${systemLimits.nameLengthMax} characters of a-z, 0-9 and '-', and begins and ends with a letter or digit`

/** Throws AdminError 400 with the rule. */
export function requireName(name: string | undefined): string {
  if (name !== undefined && name.length <= systemLimits.nameLengthMax && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) return name
  throw new BrokenRule('name', nameRule)
}

export function requireType(type: string | undefined): SystemType {
  const found = systemTypes.find((one) => one === type)
  if (found === undefined) throw new BrokenRule('type', `The type of an external system is one of: ${systemTypes.join(', ')}`)
  return found
}

/** No control characters: such a text could break a line of whoever prints it. */
const isText = (text: unknown): text is string =>
  typeof text === 'string' && text.trim() !== '' && text.length <= systemLimits.textLengthMax && !/\p{Cc}/u.test(text)

export function requireRoles(roles: readonly string[]): readonly string[] {
  const distinct = [...new Set(roles)]
  if (distinct.length > systemLimits.rolesMax)
    throw new BrokenRule('roles', `An external system has at most ${systemLimits.rolesMax} roles`)
  if (!distinct.every(isText)) throw new BrokenRule('roles', `The name of a role has 1 to ${systemLimits.textLengthMax} characters`)
  return distinct
}

export const attributeNames = ['drfo', 'edrpou', 'fullName'] as const

export type SystemAttributes = Partial<Record<(typeof attributeNames)[number], string>>

/** Those that have a value. */
export function requireAttributes(attributes: SystemAttributes): SystemAttributes {
  const given = attributeNames.flatMap((name) => {
    const value = attributes[name]
    if (value === undefined || value === null) return []
    if (!isText(value)) throw new BrokenRule('attributes', `The attribute ${name} has 1 to ${systemLimits.textLengthMax} characters`)
    return [[name, value.trim()] as const]
  })
  return Object.fromEntries(given)
}

/** What a system may reach: search conditions of the data factory, and business processes; `*` stands for all processes. */
export interface SystemAccess {
  readonly searchConditions: readonly string[]
  readonly businessProcesses: readonly string[]
}

/** The names of the wire: of search conditions and of process definitions. They become a segment of a path. */
const accessName = /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u

export function requireAccess(access: SystemAccess): SystemAccess {
  return {
    searchConditions: accessNames(access.searchConditions, 'searchConditions', false),
    businessProcesses: accessNames(access.businessProcesses, 'businessProcesses', true),
  }
}

function accessNames(names: readonly string[], member: keyof SystemAccess, all: boolean): readonly string[] {
  const distinct = [...new Set(names)]
  if (distinct.length > systemLimits.accessMax) throw new BrokenRule('access', `${member}: at most ${systemLimits.accessMax} names`)
  const fits = (name: unknown): boolean =>
    typeof name === 'string' && ((all && name === '*') || (name.length <= systemLimits.textLengthMax && accessName.test(name)))
  if (distinct.every(fits)) return distinct
  const rule = `a name has 1 to ${systemLimits.textLengthMax} letters, digits, '.', '_' and '-', and begins with a letter, a digit or '_'`
  throw new BrokenRule('access', `${member}: ${rule}${all ? "; '*' stands for all" : ''}`)
}

/** Seconds for which the password before goes on working. */
export function requireGrace(graceSeconds = 0): number {
  if (Number.isInteger(graceSeconds) && graceSeconds >= 0 && graceSeconds <= systemLimits.graceSecondsMax) return graceSeconds
  throw new BrokenRule('grace', `graceSeconds is a whole number from 0 to ${systemLimits.graceSecondsMax}`)
}
