import assert from 'node:assert/strict'
import { defaultUserProfile } from '../../src/realm/defaults/components.ts'
import type { RealmSnapshot } from '../../src/realm/model.ts'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import type { UPConfig } from '../../src/representations/user-profile.ts'
import type { TestServer } from '../server.ts'

type Attribute = NonNullable<UPConfig['attributes']>[number]

/** Attributes that everybody may see and change unless they say otherwise. */
export const attribute = (name: string, more: Attribute = {}): Attribute => ({
  name,
  permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
  ...more,
})

/** A realm whose user profile has these attributes besides the default ones. */
export function realmWithProfile(realm: string, attributes: readonly Attribute[], config: UPConfig = {}): RealmRepresentation {
  const defaults = defaultUserProfile() as UPConfig
  const profile = { ...defaults, attributes: [...(defaults.attributes ?? []), ...attributes], ...config }
  return withProfileText(realm, JSON.stringify(profile))
}

export const withProfileText = (realm: string, text: string): RealmRepresentation => ({
  realm,
  enabled: true,
  components: {
    'org.keycloak.userprofile.UserProfileProvider': [
      { providerId: 'declarative-user-profile', config: { 'kc.user.profile.config': [text] } },
    ],
  },
})

export async function snapshotOf(server: TestServer, name: string): Promise<RealmSnapshot> {
  return (await server.services.realms.find(name)) ?? assert.fail(`no realm ${name}`)
}
