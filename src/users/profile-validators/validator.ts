/**
 * Validators of user profile attributes: one file each, named by the id in the profile's JSON, and the table of them
 * (profile-validators.ts). Each looks at one value, or at all values of an attribute. Not here: which attribute has which (../profile.ts).
 * They may call nothing but ../patterns.ts.
 */
import { parseInteger } from '../password-policy/policy.ts'

/** What is wrong: the reference's message key, and the values after the attribute's name. */
export interface Fault {
  readonly key: string
  readonly values: readonly (string | number | null)[]
}

export type ValidatorConfig = Readonly<Record<string, unknown>>

/** What is wrong with a configuration: its member, the reference's message key, and the values after it. */
export interface ConfigFault {
  readonly member: string
  readonly key: string
  readonly values: readonly string[]
}

export interface ProfileValidator {
  readonly id: string
  /** What is wrong with a configuration that an administrator writes; absent: nothing can be. */
  configFaults?(config: ValidatorConfig): readonly ConfigFault[]
  /** One value. Blank ones are not looked at unless `looksAtEmpty`. `locale` is BCP 47. */
  validate?(value: string, config: ValidatorConfig, locale: string): Fault | undefined
  readonly looksAtEmpty?: boolean
  /** All values at once, none included. */
  validateAll?(values: readonly string[], config: ValidatorConfig): Fault | undefined
}

/** A limit, given as a number or as its text. */
export function limitOf(config: ValidatorConfig, name: string): number | undefined {
  const value = config[name]
  if (typeof value === 'number') return value
  return typeof value === 'string' ? (parseInteger(value.trim()) ?? finite(value)) : undefined
}

const finite = (text: string): number | undefined => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)

const isGiven = (config: ValidatorConfig, name: string): boolean => config[name] !== undefined && config[name] !== null

export const missingMember = (member: string): ConfigFault => ({ member, key: 'error-validator-config-missing-value', values: [] })
export const wrongMember = (member: string, ...values: readonly string[]): ConfigFault => ({
  member,
  key: 'error-validator-config-invalid-value',
  values,
})

/** Members that are there and no numbers. */
export const numberFaults = (config: ValidatorConfig, names: readonly string[]): ConfigFault[] =>
  names.flatMap((member) =>
    isGiven(config, member) && limitOf(config, member) === undefined
      ? [{ member, key: 'error-validator-config-invalid-number-value', values: [String(config[member])] }]
      : [],
  )

/** Limits that are no numbers, or of which the upper one lies below the lower one; `strict`: or at it. */
export function limitFaults(config: ValidatorConfig, { strict }: { readonly strict: boolean }): ConfigFault[] {
  const faults = numberFaults(config, ['min', 'max'])
  const min = limitOf(config, 'min')
  const max = limitOf(config, 'max')
  const turned = min !== undefined && max !== undefined && (strict ? max <= min : max < min)
  return turned ? [...faults, wrongMember('max')] : faults
}

export const isOn = (config: ValidatorConfig, name: string): boolean | undefined => {
  const value = config[name]
  return value === undefined || value === null ? undefined : String(value) === 'true'
}

export const textOf = (config: ValidatorConfig, name: string): string | undefined => {
  const value = config[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export const textsOf = (config: ValidatorConfig, name: string): readonly string[] | undefined => {
  const value = config[name]
  return Array.isArray(value) ? value.map(String) : undefined
}

/** Refuses a number beyond the limits that the configuration names. */
export function rangeFault(value: number, config: ValidatorConfig): Fault | undefined {
  const min = limitOf(config, 'min')
  const max = limitOf(config, 'max')
  if (min !== undefined && max !== undefined)
    return value < min || value > max ? { key: 'error-number-out-of-range', values: [min, max] } : undefined
  if (min !== undefined && value < min) return { key: 'error-number-out-of-range-too-small', values: [min, null] }
  return max !== undefined && value > max ? { key: 'error-number-out-of-range-too-big', values: [null, max] } : undefined
}

/** A validator that refuses some characters. */
export const prohibits = (id: string, key: string, characters: RegExp): ProfileValidator => ({
  id,
  validate: (value, config) => (characters.test(value) ? { key: textOf(config, 'error-message') ?? key, values: [] } : undefined),
})

/** True for a day that the calendar has. */
export function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 0
}
