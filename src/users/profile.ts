import type { RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { UserProfileMetadata } from '../representations/user-profile.ts'
import { type ProfileAttribute, type ProfileConfig, type ProfileRole, profileConfigOf } from './profile-config.ts'
import { isReadOnlyForAll, lockReason } from './profile-read-only.ts'
import { isBlank } from './profile-validators/blank.ts'
import type { Fault, ProfileValidator } from './profile-validators/validator.ts'

/** Who fills the profile in: a user at a login or in the console of his account, somebody who makes an account, or an administrator. */
export type ProfileContext = 'user' | 'account' | 'registration' | 'admin'

/** By attribute name; `username`, `email`, `firstName` and `lastName` are attributes like others. */
export type ProfileValues = Readonly<Record<string, readonly string[]>>

export interface ProfileError {
  readonly field: string
  /** The reference's message key. */
  readonly key: string
  /** What the message's text takes: the attribute (its display name for users), then the validator's values. */
  readonly params: readonly (string | number | null)[]
}

export interface ProfileInput {
  readonly context: ProfileContext
  readonly values: ProfileValues
  /** What is stored; undefined for a new user. */
  readonly before?: ProfileValues | undefined
  /** What becomes of attributes that `values` does not name; kept unless given. Only what the context may edit is removed. */
  readonly missing?: 'keep' | 'remove'
  /** Names of the client scopes of the login; attributes may be asked for by them. Undefined outside a login: none is asked for. */
  readonly scopes?: ReadonlySet<string> | undefined
  /** BCP 47; `en` unless given. */
  readonly locale?: string
}

export interface ProfileResult {
  readonly errors: readonly ProfileError[]
  /** The whole profile as it is to be stored when there are no errors. Attributes without a value are left out. */
  readonly values: ProfileValues
}

/** Characters of an attribute that the profile does not name. */
const unmanagedLengthMax = 2_048

const none: readonly string[] = []

/**
 * Checks a profile against the realm's rules (reference behaviour): permissions, required attributes, validators. Usernames and e-mail
 * addresses come out in lower case. Whether they are taken by somebody else is for ./accounts.ts to ask.
 */
export function validateProfile(realm: RealmSnapshot, input: ProfileInput): ProfileResult {
  const config = profileConfigOf(realm)
  const emailName = nameByEmail(realm, input)
  const given: ProfileValues = { ...lowerCased(input.values), ...(emailName === undefined ? {} : { username: [emailName] }) }
  const before = input.before ?? {}
  const errors: ProfileError[] = []
  const values: Record<string, readonly string[]> = {}
  const known = new Set<string>()
  for (const attribute of config.attributes) {
    known.add(attribute.name)
    const { name } = attribute
    const result =
      name === 'username' && emailName !== undefined
        ? { errors: [], value: [emailName] }
        : validateAttribute(realm, input, attribute, given[name], before[name] ?? none)
    errors.push(...result.errors)
    values[name] = result.value
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(given)])) {
    if (known.has(name)) continue
    const result = validateUnmanaged(config, input, name, given[name], before[name] ?? none)
    errors.push(...result.errors)
    values[name] = result.value
  }
  return { errors, values: withoutBlanks(values) }
}

interface Checked {
  readonly errors: readonly ProfileError[]
  readonly value: readonly string[]
}

function lowerCased(values: ProfileValues): ProfileValues {
  const lower = (name: string): ProfileValues =>
    values[name] === undefined ? {} : { [name]: values[name].map((value) => value.toLowerCase()) }
  return { ...values, ...lower('email'), ...lower('username') }
}

/** Where the e-mail address is the name, the name follows it, whatever name is given. */
function nameByEmail({ settings }: RealmSnapshot, { values, before, missing }: ProfileInput): string | undefined {
  if (!settings.registrationEmailAsUsername) return undefined
  const emails = values['email'] ?? (missing === 'remove' ? none : before?.['email'])
  return emails?.find((value) => value !== '')?.toLowerCase()
}

const roleOf = (context: ProfileContext): ProfileRole => (context === 'admin' ? 'admin' : 'user')

/** An attribute that a client scope brings belongs to the profile only in a login with that scope; for administrators it always does. */
const isSelected = ({ selectorScopes, isOffPages }: ProfileAttribute, { context, scopes }: ProfileInput): boolean => {
  if (isOffPages) return context === 'admin' || context === 'account'
  return context === 'admin' || selectorScopes.length === 0 || selectorScopes.some((scope) => scopes?.has(scope))
}

function mayEdit({ settings }: RealmSnapshot, { name, editors }: ProfileAttribute, { context, before }: ProfileInput): boolean {
  if (name === 'username') return before === undefined || settings.registrationEmailAsUsername || (settings.editUsernameAllowed ?? false)
  return editors.has(roleOf(context))
}

export function isRequired({ required }: ProfileAttribute, { context, scopes }: Pick<ProfileInput, 'context' | 'scopes'>): boolean {
  if (required === undefined) return false
  if (required.roles.length === 0 && required.scopes.length === 0) return true
  return required.roles.includes(roleOf(context)) || (context !== 'admin' && required.scopes.some((scope) => scopes?.has(scope)))
}

function validateAttribute(
  realm: RealmSnapshot,
  input: ProfileInput,
  attribute: ProfileAttribute,
  given: readonly string[] | undefined,
  before: readonly string[],
): Checked {
  const { name } = attribute
  if (!isSelected(attribute, input)) return { errors: [], value: before }
  const fault = (key: string, ...values: Fault['values']): ProfileError => errorOf(input, attribute, { key, values })
  const emailIsName = realm.settings.registrationEmailAsUsername ?? false
  // Without an address the name stays what it is: administrators are told so, others that the address is missing.
  const nameStays = name === 'username' && emailIsName && input.context === 'admin' && input.before !== undefined
  if (nameStays || !mayEdit(realm, attribute, input)) {
    if (given === undefined || sameTexts(filled(given), before)) return { errors: [], value: before }
    // Of a new user an administrator's value for what only users may write is left out; what is wrong with it is told all the same.
    const isNew = input.context === 'admin' && input.before === undefined
    const faults = faultsOf(given, attribute, input.locale ?? 'en').map((found) => errorOf(input, attribute, found))
    return { errors: isNew ? faults : [fault('error-user-attribute-read-only'), ...faults], value: before }
  }
  const absent = input.missing === 'remove' && name !== 'username' ? none : before
  const entered = given ?? absent
  const value =
    filled(entered).length === 0 && attribute.defaultValue !== undefined && before.length === 0 ? [attribute.defaultValue] : entered
  if (name === 'username' && emailIsName && input.context !== 'admin') return { errors: [], value }
  // Without a name nobody is told what is wrong with it, but that it is missing.
  if (name === 'username' && input.context !== 'admin' && filled(value).length === 0)
    return { errors: [fault('missingUsernameMessage')], value }
  const errors = faultsOf(value, attribute, input.locale ?? 'en').map((found) => errorOf(input, attribute, found))
  const blankEmail = name === 'email' && input.context !== 'admin' && given !== undefined && filled(given).length === 0
  if (blankEmail) errors.push(fault('missingEmailMessage'))
  if (filled(value).length === 0 && ((name === 'email' && emailIsName) || isRequired(attribute, input)))
    errors.push(fault('error-user-attribute-required'))
  return { errors, value }
}

/** What the validators find in all values; the same fault is told once. */
function faultsOf(values: readonly string[], { validations }: ProfileAttribute, locale: string): Fault[] {
  const found = validations.flatMap(({ validator, config }) => {
    if (validator === undefined) return []
    const looked = values.filter((value) => value !== '' || validator.looksAtEmpty)
    return [validator.validateAll?.(filled(values), config), ...looked.map((value) => validator.validate?.(value, config, locale))]
  })
  return [...new Map(found.filter((fault) => fault !== undefined).map((fault) => [JSON.stringify(fault), fault])).values()]
}

function validateUnmanaged(
  { unmanaged }: ProfileConfig,
  input: ProfileInput,
  name: string,
  given: readonly string[] | undefined,
  before: readonly string[],
): Checked {
  // A profile need not name the columns of a user: they are kept all the same.
  const writable = isColumn(name) || unmanaged === 'ENABLED' || (unmanaged === 'ADMIN_EDIT' && input.context === 'admin')
  if (!writable) return { errors: [], value: before }
  const value = given ?? (input.missing === 'remove' && name !== 'username' ? none : before)
  if (sameTexts(filled(value), before)) return { errors: [], value }
  if (isReadOnlyForAll(name, roleOf(input.context))) {
    if (given === undefined) return { errors: [], value: before }
    return { errors: [{ field: name, key: 'updateReadOnlyAttributesRejectedMessage', params: [name] }], value: before }
  }
  const long = value.some((text) => text.length > unmanagedLengthMax)
  return { errors: long ? [{ field: name, key: 'error-invalid-length', params: [name, 0, unmanagedLengthMax] }] : [], value }
}

function errorOf({ context }: ProfileInput, { name, displayName }: ProfileAttribute, { key, values }: Fault): ProfileError {
  if (context === 'admin') return { field: name, key, params: [name, ...values] }
  return { field: name, key, params: [displayName, ...values.map((value) => (value === null ? null : String(value)))] }
}

const columns: readonly string[] = ['username', 'email', 'firstName', 'lastName']
export const isColumn = (name: string): boolean => columns.includes(name)

const filled = (values: readonly string[]): readonly string[] => values.filter((value) => !isBlank(value))

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index])

const withoutBlanks = (values: ProfileValues): ProfileValues =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, list]) => {
      const kept = filled(list)
      return kept.length === 0 ? [] : [[name, kept]]
    }),
  )

/** A user's profile as validators see it. */
export function profileValuesOf(user: Pick<UserFacts, 'username' | 'email' | 'firstName' | 'lastName' | 'attributes'>): ProfileValues {
  const one = (name: string, value: string | undefined): ProfileValues => (value === undefined ? {} : { [name]: [value] })
  return {
    ...Object.fromEntries(user.attributes),
    username: [user.username],
    ...one('email', user.email),
    ...one('firstName', user.firstName),
    ...one('lastName', user.lastName),
  }
}

/** What a page or a console needs to draw the form of a profile, as the reference prints it: attributes that the context may see. */
export function profileMetadata(realm: RealmSnapshot, input: Pick<ProfileInput, 'context' | 'scopes' | 'before'>): UserProfileMetadata {
  const { attributes, groups } = profileConfigOf(realm)
  const full: ProfileInput = { ...input, values: {} }
  const emailIsName = realm.settings.registrationEmailAsUsername ?? false
  // Administrators are shown that the name follows the address; pages do not ask for a name then.
  const nameIsFixed = emailIsName && input.context === 'admin'
  const isAsked = (attribute: ProfileAttribute): boolean => {
    if (attribute.name === 'username') return !nameIsFixed
    return (attribute.name === 'email' && emailIsName) || isRequired(attribute, full)
  }
  const visible = attributes.filter((attribute) => isSelected(attribute, full) && attribute.viewers.has(roleOf(input.context)))
  return {
    attributes: visible.map((attribute) => ({
      name: attribute.name,
      displayName: attribute.displayName,
      required: isAsked(attribute),
      readOnly: !mayEdit(realm, attribute, full) || (attribute.name === 'username' && nameIsFixed),
      ...(attribute.annotations === undefined ? {} : { annotations: { ...attribute.annotations } }),
      validators: Object.fromEntries(attribute.validations.map(({ id, validator, config }) => [id, shownConfig(validator, config)])),
      ...(attribute.group === undefined ? {} : { group: attribute.group }),
      multivalued: attribute.multivalued,
      ...(attribute.defaultValue === undefined ? {} : { defaultValue: attribute.defaultValue }),
    })),
    groups: groups.map((group) => ({ ...group })),
  }
}

/** Validators of single values say that they leave blank ones alone, but for those of which a profile only knows the name. */
const shownConfig = (validator: ProfileValidator | undefined, config: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  validator?.validate === undefined || validator.looksAtEmpty ? { ...config } : { ...config, 'ignore.empty.value': true }

/** The attributes of a user that the context may see; `values` as stored. */
export function visibleValues(realm: RealmSnapshot, values: ProfileValues, input: Pick<ProfileInput, 'context' | 'scopes'>): ProfileValues {
  const { context } = input
  const { attributes, unmanaged } = profileConfigOf(realm)
  const selected = attributes.filter((attribute) => isSelected(attribute, { ...input, values: {} }))
  const viewers = new Map(selected.map((attribute) => [attribute.name, attribute.viewers]))
  const unmanagedShown = unmanaged === 'ENABLED' || (unmanaged !== undefined && context === 'admin')
  const unnamedShown = (name: string): boolean => unmanagedShown || (name === lockReason && context === 'admin')
  const isShown = (name: string): boolean => isColumn(name) || (viewers.get(name)?.has(roleOf(context)) ?? unnamedShown(name))
  return Object.fromEntries(Object.entries(values).filter(([name]) => isShown(name)))
}

/** The attributes of a user that the profile does not name, as far as administrators may see such. */
export function unmanagedValues(realm: RealmSnapshot, values: ProfileValues): ProfileValues {
  const { attributes, unmanaged } = profileConfigOf(realm)
  if (unmanaged === undefined) return {}
  const managed = new Set(attributes.map(({ name }) => name))
  return Object.fromEntries(Object.entries(values).filter(([name]) => !managed.has(name) && !isColumn(name)))
}
