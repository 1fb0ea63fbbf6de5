import { defaultUserProfile } from '../realm/defaults/components.ts'
import { placeholder } from '../realm/defaults/placeholder.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { UPConfig, UPGroup } from '../representations/user-profile.ts'
import { findValidator } from './profile-validators/profile-validators.ts'
import type { ProfileValidator, ValidatorConfig } from './profile-validators/validator.ts'

/** Who looks at or changes a profile. */
export type ProfileRole = 'user' | 'admin'

/** One attribute of a realm's user profile. */
export interface ProfileAttribute {
  readonly name: string
  /** A text, or a message key as `${email}`; the name of an attribute that has none. */
  readonly displayName: string
  readonly group: string | undefined
  readonly annotations: Readonly<Record<string, unknown>> | undefined
  readonly multivalued: boolean
  readonly defaultValue: string | undefined
  readonly validations: readonly {
    readonly id: string
    readonly validator: ProfileValidator | undefined
    readonly config: ValidatorConfig
  }[]
  readonly viewers: ReadonlySet<string>
  readonly editors: ReadonlySet<string>
  /** Undefined: never. Without roles and scopes: always. */
  readonly required: { readonly roles: readonly string[]; readonly scopes: readonly string[] } | undefined
  /** Not empty: it belongs to the profile only while one of these client scopes is asked for. */
  readonly selectorScopes: readonly string[]
  /** Pages of a login never ask for it; consoles do. */
  readonly isOffPages: boolean
}

export interface ProfileConfig {
  readonly attributes: readonly ProfileAttribute[]
  readonly groups: readonly UPGroup[]
  /** What may be done with attributes that the profile does not name; undefined: nothing. */
  readonly unmanaged: 'ENABLED' | 'ADMIN_VIEW' | 'ADMIN_EDIT' | undefined
}

/** The profile of a realm, read once per snapshot. */
export const profileConfigOf = (realm: RealmSnapshot): ProfileConfig => realm.derived(compileProfile)

function compileProfile(realm: RealmSnapshot): ProfileConfig {
  const config = readProfile(profileTextOf(realm)) ?? (defaultUserProfile() as UPConfig)
  const attributes = listOf(config.attributes).flatMap(compileAttribute)
  const hasLocale = !realm.settings.internationalizationEnabled || attributes.some(({ name }) => name === localeAttribute.name)
  return {
    attributes: hasLocale ? attributes : [localeAttribute, ...attributes],
    groups: listOf(config.groups),
    unmanaged: config.unmanagedAttributePolicy,
  }
}

const everyRole: ReadonlySet<string> = new Set<ProfileRole>(['user', 'admin'])

/** In a realm of several languages people have one, whether the profile names it or not (reference behaviour). */
const localeAttribute: ProfileAttribute = {
  name: 'locale',
  displayName: 'locale',
  group: undefined,
  annotations: undefined,
  multivalued: false,
  defaultValue: undefined,
  validations: [],
  viewers: everyRole,
  editors: everyRole,
  required: undefined,
  selectorScopes: [],
  isOffPages: true,
}

/** The profile's JSON as the realm stores it; undefined for a realm that has the default one. */
export const profileTextOf = ({ components }: Pick<RealmSnapshot, 'components'>): string | undefined =>
  components.find(({ providerId }) => providerId === 'declarative-user-profile')?.config?.['kc.user.profile.config']?.[0]

/** Undefined for what is no profile: a realm with a broken one has the default profile, and its users can log in. */
export function readProfile(text: string | undefined): UPConfig | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as UPConfig) : undefined
  } catch {
    return undefined
  }
}

const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : [])

/** What these are called stands in the texts of the pages. */
const namedByMessage: ReadonlySet<string> = new Set(['username', 'email'])

function compileAttribute(attribute: NonNullable<UPConfig['attributes']>[number]): ProfileAttribute[] {
  const { name, required, permissions, validations } = attribute ?? {}
  if (typeof name !== 'string' || name === '') return []
  const editors = new Set(listOf(permissions?.edit))
  // An attribute has one value unless it says otherwise.
  const single = attribute.multivalued || validations?.['multivalued'] ? {} : { multivalued: { max: '1' } }
  const compiled = Object.entries({ ...validations, ...single }).map(([id, config]) => ({
    id,
    validator: findValidator(id),
    config: config ?? {},
  }))
  return [
    {
      name,
      displayName: attribute.displayName || (namedByMessage.has(name) ? placeholder(name) : name),
      group: attribute.group,
      annotations: attribute.annotations,
      multivalued: attribute.multivalued ?? false,
      defaultValue: attribute.defaultValue,
      validations: compiled,
      viewers: new Set([...listOf(permissions?.view), ...editors]),
      editors,
      required:
        required === undefined || required === null ? undefined : { roles: listOf(required.roles), scopes: listOf(required.scopes) },
      selectorScopes: listOf(attribute.selector?.scopes),
      isOffPages: false,
    },
  ]
}
