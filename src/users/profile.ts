import type { RealmSnapshot } from '../realm/model.ts'
import type { UserRow } from '../storage/users.ts'

/**
 * True when a login has to wait until the user has completed the profile. The default profile asks everybody for e-mail and names; in
 * `master` it asks for nothing, so that a first administrator without an e-mail can log in (reference behaviour).
 */
export function missesProfile(realm: RealmSnapshot, user: UserRow): boolean {
  const required = realm.derived(requiredAttributes)
  return (
    (required.has('email') && !user.email) ||
    (required.has('firstName') && !user.first_name) ||
    (required.has('lastName') && !user.last_name)
  )
}

interface ProfileAttribute {
  readonly name?: string
  readonly required?: { readonly roles?: readonly string[]; readonly scopes?: readonly string[] }
}

/** Names of the attributes that users themselves must fill in, whatever the client asks for. */
function requiredAttributes(realm: RealmSnapshot): ReadonlySet<string> {
  const component = realm.components.find((c) => c.providerId === 'declarative-user-profile')
  const text = component?.config?.['kc.user.profile.config']?.[0]
  if (text === undefined) return realm.name === 'master' ? new Set() : new Set(['email', 'firstName', 'lastName'])
  const attributes = (JSON.parse(text) as { attributes?: readonly ProfileAttribute[] }).attributes ?? []
  const demanded = attributes.filter(({ required }) => required !== undefined && !required.scopes?.length && askedOfUsers(required.roles))
  return new Set(demanded.flatMap((attribute) => attribute.name ?? []))
}

const askedOfUsers = (roles: readonly string[] | undefined): boolean => !roles?.length || roles.includes('user')
