import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type UserRepresentation, userRepresentation } from '../../representations/user.ts'
import { federatedIdentities } from '../../storage/federated-identities.ts'
import { groups as groupRows } from '../../storage/groups.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AccountResult, createUser } from '../../users/accounts.ts'
import { prepareCredentials, writeCredentials } from '../../users/given-credentials.ts'
import type { ProfileValues } from '../../users/profile.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { created, readRepresentation } from '../bodies.ts'
import { requireGroupWithinReach } from '../roles/admin-rights.ts'
import { linkRow } from './links.ts'
import { passwordRefusal, refusal, unknownError } from './refusals.ts'
import { knownActions, shownUser } from './user-changes.ts'

export const createUserRoutes: readonly AdminRoute[] = [
  { method: 'POST', path: '/users', summary: 'Make a user', role: ['manage-users'], handle: postUser },
]

/** Groups and links of one body; each is looked up. */
const listMax = 1_000
/** How deep a group may lie: each level is looked up. */
const pathPartsMax = 20

/**
 * POST of a user: profile, state, groups, required actions, links and credentials, all or nothing. The id is the server's; roles and
 * consents are none of it (reference behaviour). That a name is taken, or what is wrong with the profile, is told before what is wrong
 * with a password.
 */
async function postUser(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = readRepresentation(request, userRepresentation)
  const name = (realm.settings.registrationEmailAsUsername ? user.email : undefined) ?? user.username
  if (!name?.trim()) throw new AdminError(400, { errorMessage: 'User name is missing' })
  const parts = { ...services, sql: services.database }
  const owner = { username: user.username?.toLowerCase() ?? '', email: user.email?.toLowerCase(), credentials: [] }
  const prepared = await prepareCredentials(parts, realm, owner, user.credentials ?? [])
  for (const id of new Set(await groupIdsOf(services.database, realm.id, user.groups ?? []))) await requireGroupWithinReach(context, id)
  const account = {
    context: 'admin' as const,
    values: valuesOf(user),
    enabled: user.enabled ?? false,
    emailVerified: user.emailVerified,
    createdAtMs: user.createdTimestamp,
    requiredActions: await knownActions(realm, user.requiredActions ?? []),
  }
  const result = await services.database.transaction(async (tx): Promise<AccountResult> => {
    const groupIds = await groupIdsOf(tx, realm.id, user.groups ?? [])
    const made = await createUser({ ...parts, sql: tx }, realm, { ...account, groupIds: groupIds ?? [] })
    if (made.kind === 'refused') return made
    if (groupIds === undefined) throw unknownError()
    if (prepared.kind === 'refused') throw passwordRefusal(realm, prepared.violation)
    if (prepared.kind === 'unreadable') throw unknownError(prepared.reason === 'no JSON' ? 'Cannot parse the JSON' : undefined)
    for (const link of (user.federatedIdentities ?? []).slice(0, listMax))
      if (link.identityProvider !== undefined) await federatedIdentities(tx).insert(linkRow(made.user.id, link.identityProvider, link))
    await writeCredentials({ ...parts, sql: tx }, realm, made.user.id, prepared.credentials)
    return made
  })
  if (result.kind === 'refused') return refusal(result)
  audit(context, {
    operation: 'CREATE',
    resourceType: 'USER',
    resourcePath: `users/${result.user.id}`,
    representation: shownUser(user),
  })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/users/${result.user.id}`)
}

/** First and last name may come as attributes, too; username and address only as members of their own (reference behaviour). */
function valuesOf({ username, email, firstName, lastName, attributes }: UserRepresentation): ProfileValues {
  const { username: _name, email: _address, ...others } = attributes ?? {}
  const own = Object.entries({ username, email, firstName, lastName }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value]] as const],
  )
  return { ...others, ...Object.fromEntries(own) }
}

/** Ids of groups by their paths; undefined when there is no such group. One statement a level and group. */
async function groupIdsOf(tx: Sql, realmId: string, paths: readonly string[]): Promise<string[] | undefined> {
  const ids: string[] = []
  for (const path of paths.slice(0, listMax)) {
    const id = await groupByPath(tx, realmId, path)
    if (id === undefined) return undefined
    ids.push(id)
  }
  return ids
}

/** A slash may be part of a group's name: the longest name that is there counts. */
async function groupByPath(tx: Sql, realmId: string, path: string): Promise<string | undefined> {
  const parts = path.replace(/^\//, '').split('/').slice(0, pathPartsMax)
  let parentId = ''
  let at = 0
  while (at < parts.length) {
    let found: string | undefined
    let end = parts.length
    for (; end > at && found === undefined; end -= 1)
      found = (await groupRows(tx).find(realmId, parentId, parts.slice(at, end).join('/')))?.id
    if (found === undefined) return undefined
    parentId = found
    at = end + 1
  }
  return parentId === '' ? undefined : parentId
}
