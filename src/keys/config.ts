import type { ConfigPropertyRepresentation } from '../representations/component.ts'
import type { KeyStatus } from './key.ts'
import type { KeyConfig } from './provider.ts'

/** The value of a setting; an empty text counts as none. */
export function setting(config: KeyConfig | undefined, name: string): string | undefined {
  const value = config?.[name]?.[0]
  return value === '' ? undefined : value
}

export function priorityOf(config: KeyConfig | undefined): number {
  const priority = setting(config, 'priority')
  return priority !== undefined && isLong(priority) ? Number(priority) : 0
}

/** Disabled keys do nothing, passive ones verify and decrypt, active ones sign and encrypt too. */
export function statusOf(config: KeyConfig | undefined): KeyStatus {
  if (setting(config, 'enabled') === 'false') return 'DISABLED'
  return setting(config, 'active') === 'false' ? 'PASSIVE' : 'ACTIVE'
}

/** A config with some members set; `undefined` removes one. */
export function withSettings(config: KeyConfig, changes: Readonly<Record<string, string | undefined>>): Record<string, string[]> {
  const merged = Object.entries(config).map(([name, values]): [string, string[]] => [name, [...values]])
  const result = Object.fromEntries(merged)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete result[name]
    else result[name] = [value]
  }
  return result
}

type Property = ConfigPropertyRepresentation & { readonly name: string; readonly label: string }

const unflagged = { secret: false, required: false, readOnly: false }

export const textProperty = (
  name: string,
  label: string,
  helpText: string,
  more: Partial<ConfigPropertyRepresentation> = {},
): Property => ({
  name,
  label,
  helpText,
  type: 'String',
  ...more,
  ...{ ...unflagged, secret: more.secret ?? false },
})

export const booleanProperty = (name: string, label: string, helpText: string, defaultValue: unknown): Property => ({
  name,
  label,
  helpText,
  type: 'boolean',
  defaultValue,
  ...unflagged,
})

export const listProperty = (
  name: string,
  label: string,
  helpText: string,
  defaultValue: unknown,
  options: readonly string[],
): Property => ({
  name,
  label,
  helpText,
  type: 'List',
  defaultValue,
  options: [...options],
  ...unflagged,
})

const priority = textProperty('priority', 'Priority', 'Priority for the provider', { defaultValue: '0' })
const enabled = booleanProperty('enabled', 'Enabled', 'Set if the keys are enabled', 'true')
const active = booleanProperty('active', 'Active', 'Set if the keys can be used for signing', 'true')

/** The settings that every key provider has, in the order of its form. */
export const commonProperties: readonly Property[] = [priority, enabled, active]

/** Checks the settings that every key provider has; every other check comes after. */
export const checkCommon = (config: KeyConfig): string | undefined =>
  checkLong(config, priority) ?? checkBoolean(config, enabled) ?? checkBoolean(config, active)

type Labelled = Pick<Property, 'name' | 'label'>

const checkSingle = (config: KeyConfig, { name, label }: Labelled): string | undefined =>
  (config[name]?.length ?? 0) > 1 ? `'${label}' should be a single entry` : undefined

export const checkRequired = (config: KeyConfig, property: Labelled): string | undefined =>
  checkSingle(config, property) ?? (setting(config, property.name) === undefined ? `'${property.label}' is required` : undefined)

export function checkBoolean(config: KeyConfig, property: Labelled): string | undefined {
  const value = setting(config, property.name) ?? 'true'
  return (
    checkSingle(config, property) ?? (value === 'true' || value === 'false' ? undefined : `'${property.label}' should be 'true' or 'false'`)
  )
}

export function checkOneOf(config: KeyConfig, property: Labelled, options: readonly string[]): string | undefined {
  const value = setting(config, property.name)
  const known = value === undefined || options.includes(value)
  const choices = `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
  return checkSingle(config, property) ?? (known ? undefined : `'${property.label}' should be ${choices}`)
}

export function checkLong(config: KeyConfig, property: Labelled): string | undefined {
  const value = setting(config, property.name)
  return checkSingle(config, property) ?? (value === undefined || isLong(value) ? undefined : `'${property.label}' should be a number`)
}

/** A decimal number that fits 64 bits, as the reference server reads priorities. */
const isLong = (text: string): boolean => /^[+-]?\d{1,19}$/.test(text) && BigInt.asIntN(64, signed(text)) === signed(text)

const signed = (text: string): bigint => BigInt(text.replace('+', ''))
