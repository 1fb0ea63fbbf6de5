import type { RealmRepresentation } from '../../representations/realm.ts'

/** Members that are attributes of the realm too, under the name on the left, as long as there is something in them (reference behaviour). */
const originMembers = {
  webAuthnPolicyExtraOrigins: 'webAuthnPolicyExtraOrigins',
  webAuthnPolicyExtraOriginsPasswordless: 'webAuthnPolicyPasswordlessExtraOrigins',
} as const satisfies Readonly<Record<string, keyof RealmRepresentation>>

/** What attributes say of the policies for security keys. */
export function originsFromAttributes(attributes: Readonly<Record<string, string>> | undefined): RealmRepresentation {
  const found = Object.entries(originMembers).flatMap(([name, member]) => {
    const text = attributes?.[name]
    return text === undefined ? [] : [[member, withoutBlanks(text.split(','))] as const]
  })
  return Object.fromEntries(found)
}

/** Policies without further origins, as attributes that name none leave them. */
export const noOrigins = (): RealmRepresentation => Object.fromEntries(Object.values(originMembers).map((member) => [member, []]))

/** The attributes of a realm beside its policies. */
export function withOrigins(attributes: Readonly<Record<string, string>>, realm: RealmRepresentation): Record<string, string> {
  const result = { ...attributes }
  for (const [name, member] of Object.entries(originMembers)) {
    const origins = realm[member] ?? []
    if (origins.length > 0) result[name] = origins.join(',')
    else delete result[name]
  }
  return result
}

const withoutBlanks = (list: readonly string[]): string[] => list.filter((value) => value !== '')

/** Members of a policy without text or without entries are what they are in a new realm (reference behaviour). */
export function filledPolicies(realm: RealmRepresentation, defaults: RealmRepresentation): RealmRepresentation {
  const filled = Object.entries<unknown>({ ...realm }).flatMap(([name, value]) => {
    if (!name.startsWith('webAuthnPolicy')) return []
    const usual: unknown = Reflect.get(defaults, name)
    if (!Array.isArray(value)) return value === '' ? [[name, usual] as const] : []
    const list = value.filter((entry) => entry !== '')
    return [[name, list.length === 0 && Array.isArray(usual) ? [...usual] : list] as const]
  })
  return { ...realm, ...Object.fromEntries(filled) }
}
