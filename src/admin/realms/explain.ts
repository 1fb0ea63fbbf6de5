import { decodeJws } from '../../crypto/jws.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { Client, UserFacts } from '../../realm/model.ts'
import { loadUserFacts } from '../../realm/user-facts.ts'
import { table, text } from '../../representations/fields.ts'
import { roleOrigins } from '../../storage/role-origins.ts'
import { users as userRows } from '../../storage/users.ts'
import { explainToken, type TokenOwner } from '../../tokens/explain.ts'
import { issuerOf, realmNameOf } from '../../tokens/issuer.ts'
import type { Claims } from '../../tokens/protocol-mapper.ts'
import { describeOrigins } from '../../tokens/role-origins.ts'
import { readSubject, type Subject } from '../../tokens/subject.ts'
import { ownerChecks, tokenChecks } from '../../tokens/token-checks.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json, readRepresentation } from '../bodies.ts'

/** Our own: why a token has what it has. The answer speaks of a client and of a person: the caller must be allowed to look at both. */
export const explainRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/explain',
    summary: 'Why a token has its claims and roles, and why it lacks others; also needs view-users or manage-users',
    role: ['view-clients', 'manage-clients'],
    handle: explain,
  },
]

const explainRepresentation = table('ExplainRepresentation', { token: text })

const refuse = (errorMessage: string): AdminError => new AdminError(400, { errorMessage })

async function explain(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  permissions.require('view-users', 'manage-users')
  // As it stands in a header that somebody has copied.
  const token = readRepresentation(request, explainRepresentation)
    .token?.trim()
    .replace(/^bearer +/i, '')
  if (token === undefined || token === '') throw refuse('token is missing')
  const jws = decodeJws(token)
  if (jws === undefined) throw refuse('The token is no JWT')
  const { claims } = jws
  const other = await otherRealm(context, claims['iss'])
  if (other !== undefined) throw refuse(`The token is of the realm ${other}`)
  const subject = await subjectOf(context, claims)
  const checks = [...tokenChecks({ realm, baseUrl: request.baseUrl, clock: services.clock }, token, jws), ...ownerChecks(subject)]
  const client = subject.kind === 'active' ? subject.client : await realm.client(String(claims['azp']))
  const explained = client === undefined ? undefined : await explainFor(context, client, subject, claims)
  return json({ valid: checks.every(({ ok }) => ok), checks, ...(explained ?? { claims: [], roles: [], withheld: [] }) })
}

/** The name of the realm of this server that has the issuer; undefined for the one in the path, and for issuers elsewhere. */
async function otherRealm({ request, services, realm }: AdminContext, issuer: unknown): Promise<string | undefined> {
  const name = realmNameOf(issuer)
  const named = name === undefined || name === realm.name ? undefined : await services.realms.find(name)
  return named && issuerOf(request.baseUrl, named) === issuer ? named.name : undefined
}

async function explainFor(
  context: AdminContext,
  client: Client,
  subject: Subject,
  claims: Claims,
): Promise<ReturnType<typeof explainToken>> {
  const { request, services, realm } = context
  const mintContext = { realm, client, baseUrl: request.baseUrl, clock: services.clock, random: services.random }
  const user = subject.kind === 'active' ? subject.user : await findOwner(context, client, claims)
  const owner = user && {
    user,
    session: subject.kind === 'active' ? subject.session : undefined,
    origins: await originsOf(context, user),
  }
  return explainToken(mintContext, claims, owner satisfies TokenOwner | undefined)
}

/** An ID token does not tell whether its session is an offline one. */
async function subjectOf({ services, realm }: AdminContext, claims: Claims): Promise<Subject> {
  const subject = await readSubject(services, realm, claims)
  return subject.kind === 'no-session' && claims['typ'] === 'ID' ? readSubject(services, realm, { ...claims, typ: 'Offline' }) : subject
}

/** The user of a token that is good no more. */
async function findOwner({ services, realm }: AdminContext, client: Client, claims: Claims): Promise<UserFacts | undefined> {
  if (claims['sid'] === undefined) {
    const account = await realm.serviceAccount(client)
    if (account !== undefined) return account
  }
  const row = await userRows(services.database).findById(realm.id, String(claims['sub']))
  return row && loadUserFacts(services.database, row)
}

async function originsOf({ services, realm }: AdminContext, user: UserFacts): Promise<ReadonlyMap<string, string>> {
  const places = new Map(user.groups.flatMap((group) => [group, ...group.parents]).map(({ id, path }) => [id, path]))
  const rows = roleOrigins(services.database)
  const given = await rows.given(user.id, [...places.keys()])
  const composites = await rows.composites(user.roles.map(({ id }) => id))
  return describeOrigins(
    given.map(({ role_id: roleId, group_id: groupId }) => ({
      roleId,
      groupPath: groupId === null ? undefined : (places.get(groupId) ?? groupId),
    })),
    composites.map(({ parent_id: parentId, child_id: childId, name, client }) => ({
      parentId,
      childId,
      parentName: client === null ? name : `${name} of ${client}`,
    })),
    realm.defaultRoleId,
  )
}
