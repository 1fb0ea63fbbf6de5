import { AdminError } from '../../http/errors.ts'
import { type HttpResponse, jsonResponse } from '../../http/values.ts'
import { defaultUserProfile, userProfileType } from '../../realm/defaults/components.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type UPConfig, upConfig, userProfileMetadata } from '../../representations/user-profile.ts'
import { components } from '../../storage/components.ts'
import type { Sql } from '../../storage/sql.ts'
import { users as userRows } from '../../storage/users.ts'
import { profileMetadata, unmanagedValues } from '../../users/profile.ts'
import { profileFaults } from '../../users/profile-check.ts'
import { profileTextOf, readProfile } from '../../users/profile-config.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { json, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { findUser } from './users.ts'

/** Whoever may look at users or at the realm may see what a profile is made of. */
const readers = ['query-users', 'view-users', 'manage-users', 'view-realm', 'manage-realm'] as const

export const profileRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/users/profile', summary: 'Configuration of the user profile', role: readers, handle: getProfile },
  { method: 'PUT', path: '/users/profile', summary: 'Change the user profile', role: ['manage-realm'], handle: putProfile },
  {
    method: 'GET',
    path: '/users/profile/metadata',
    summary: 'What a form of the user profile is drawn from',
    role: readers,
    handle: getMetadata,
  },
  {
    method: 'GET',
    path: '/users/:user/unmanagedAttributes',
    summary: "Attributes of a user that the profile doesn't name",
    role: ['view-users', 'manage-users'],
    handle: getUnmanaged,
  },
]

const utf8Json = { 'content-type': 'application/json;charset=UTF-8' } as const

const currentProfile = (realm: RealmSnapshot): UPConfig => readProfile(profileTextOf(realm)) ?? (defaultUserProfile() as UPConfig)

async function getProfile({ realm }: AdminContext): Promise<HttpResponse> {
  return { status: 200, headers: utf8Json, body: printRepresentation(upConfig, currentProfile(realm)) }
}

async function getMetadata({ realm }: AdminContext): Promise<HttpResponse> {
  const metadata = profileMetadata(realm, { context: 'admin', before: undefined })
  return { status: 200, headers: utf8Json, body: printRepresentation(userProfileMetadata, metadata) }
}

/** Nothing in the body brings the default profile back. */
async function putProfile(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const text = request.body.toString('utf8').trim()
  const config = text === '' || text === 'null' ? undefined : readRepresentation(request, upConfig)
  const faults = config === undefined ? [] : profileFaults(realm, config)
  if (faults.length > 0) throw new AdminError(400, { errorMessage: `[${faults.join(', ')}]` })
  const { random } = context.services
  await changeRealm(context, (tx) => storeProfile(tx, realm, config, () => random.uuid()))
  const stored = printRepresentation(upConfig, config ?? (defaultUserProfile() as UPConfig))
  audit(context, { operation: 'UPDATE', resourceType: 'USER_PROFILE', resourcePath: 'users/profile', representation: stored })
  return { ...jsonResponse(200, {}), body: stored }
}

/** The profile lives in a component of the realm; without one the realm has the default profile. */
async function storeProfile(tx: Sql, realm: RealmSnapshot, config: UPConfig | undefined, newId: () => string): Promise<void> {
  const present = realm.components.find(({ providerType }) => providerType === userProfileType)
  if (config === undefined) {
    if (present?.id !== undefined) await components(tx).remove(realm.id, present.id)
    return
  }
  const values = { 'kc.user.profile.config': [printRepresentation(upConfig, config)] }
  if (present?.id !== undefined) {
    const doc = { ...present, config: { ...present.config, ...values } }
    await components(tx).update(realm.id, { id: present.id, name: present.name ?? '', doc: JSON.stringify(doc) })
    return
  }
  const made = { id: newId(), providerId: 'declarative-user-profile', providerType: userProfileType, parentId: realm.id, config: values }
  const { id, parentId, providerType, providerId } = made
  await components(tx).insert(realm.id, { id, parentId, providerType, providerId, name: '', doc: JSON.stringify(made) })
}

async function getUnmanaged(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const user = await findUser(context)
  const rows = await userRows(services.database).attributesOf([user.id])
  const stored = Object.fromEntries(
    Array.from(
      Map.groupBy(rows, ({ name }) => name),
      ([name, list]) => [name, list.map(({ value }) => value)],
    ),
  )
  return json(unmanagedValues(realm, stored))
}
