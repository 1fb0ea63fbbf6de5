import type { RealmSnapshot } from '../realm/model.ts'
import type { UPConfig } from '../representations/user-profile.ts'
import { findValidator } from './profile-validators/profile-validators.ts'
import type { ConfigFault, ValidatorConfig } from './profile-validators/validator.ts'

type Attribute = NonNullable<UPConfig['attributes']>[number]

/** Attributes that every profile has. */
const kept = ['username', 'email'] as const
const roles: readonly string[] = ['admin', 'user']

/** Validators that the reference runs by itself; a profile may name them, and that changes nothing. */
const internalValidators: readonly string[] = [
  'organization-member-validator',
  'up-attribute-required-by-metadata-value',
  'up-blank-attribute-value',
  'up-brokering-federated-username-has-value',
  'up-duplicate-email',
  'up-duplicate-username',
  'up-email-exists-as-username',
  'up-immutable-attribute',
  'up-readonly-attribute-unchanged',
  'up-registration-email-as-username-email-value',
  'up-registration-email-as-username-username-value',
  'up-registration-username-exists',
  'up-username-has-value',
  'up-username-mutation',
]

/**
 * What is wrong with a user profile's configuration, in the reference's words; empty when a realm may have it. One without a list of
 * attributes may be had: then there are none.
 */
export function profileFaults(realm: Pick<RealmSnapshot, 'clientScopes'>, config: UPConfig): string[] {
  const attributes = config.attributes ?? undefined
  const groups = config.groups ?? []
  if (attributes === undefined) return groupFaults(groups)
  const scopes = realm.clientScopes.map(({ name }) => name)
  const groupNames = groups.map((group) => group.name)
  const seen = new Set<string>()
  const faults = attributes.flatMap((attribute) => {
    const { name } = attribute
    if (!name) return ["Attribute configuration without 'name' is not allowed"]
    if (seen.has(name)) return [`Attribute configuration already exists with 'name':'${name}'`]
    seen.add(name)
    return attributeFaults(name, attribute, scopes, groupNames)
  })
  const removed = kept.filter((name) => !seen.has(name)).map((name) => `The attribute '${name}' can not be removed`)
  return [...faults, ...removed, ...groupFaults(groups)]
}

function groupFaults(groups: NonNullable<UPConfig['groups']>): string[] {
  const nameless = groups.filter(({ name }) => name === undefined || name === null).length
  return nameless === 0 ? [] : [`Name is mandatory for groups, found ${nameless} group(s) without name.`]
}

function attributeFaults(name: string, attribute: Attribute, scopes: readonly string[], groups: readonly (string | undefined)[]): string[] {
  const { validations, permissions, required, selector, group } = attribute
  const unsupported = (where: string, what: 'role' | 'scope', given: readonly string[] | undefined): string[] =>
    (given ?? [])
      .filter((one) => !(what === 'role' ? roles : scopes).includes(one))
      .map((one) => `'${where}' configuration for attribute '${name}' contains unsupported ${what} '${one}'`)
  return [
    // The quotation mark at the end is the reference's.
    ...(/^[\w.-]+$/.test(name)
      ? []
      : [`Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): ${name}'`]),
    ...Object.entries(validations ?? {}).flatMap(([id, config]) => validationFaults(name, id, config ?? {})),
    ...unsupported('permissions.view', 'role', permissions?.view),
    ...unsupported('permissions.edit', 'role', permissions?.edit),
    ...unsupported('required.roles', 'role', required?.roles),
    ...unsupported('required.scopes', 'scope', required?.scopes),
    ...unsupported('selector.scopes', 'scope', selector?.scopes),
    ...(group === undefined || group === null || groups.includes(group) ? [] : [`Attribute '${name}' references unknown group '${group}'`]),
    ...(isDefaultAllowed(attribute) ? [] : [`Default value for attribute '${name}' is invalid`]),
  ]
}

function validationFaults(name: string, id: string, config: ValidatorConfig): string[] {
  const validator = findValidator(id)
  if (validator === undefined) {
    return internalValidators.includes(id) ? [] : [`Validator '${id}' defined for attribute '${name}' doesn't exist`]
  }
  const faults = validator.configFaults?.(config) ?? []
  const listed = faults.map((fault) => `${written(id, fault)}, `).join('')
  return faults.length === 0 ? [] : [`Validator '${id}' defined for attribute '${name}' has incorrect configuration: ${listed}`]
}

const written = (id: string, { member, key, values }: ConfigFault): string =>
  `ValidationError{validatorId='${id}', inputHint='${member}', message='${key}', messageParameters=[${values.join(', ')}]}`

/** The value that a new user gets has to pass the attribute's own validators. */
function isDefaultAllowed({ defaultValue, validations, multivalued }: Attribute): boolean {
  if (defaultValue === undefined || defaultValue === null) return true
  return Object.entries(validations ?? {}).every(([id, config]) => {
    if (id === 'multivalued' && !multivalued) return true
    return findValidator(id)?.validate?.(defaultValue, config ?? {}, 'en') === undefined
  })
}
