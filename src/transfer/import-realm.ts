/**
 * The transfer room: whole realms in and out. A new realm, whether from an empty body or a file of an old version, is the given
 * representation completed by defaults (realm/defaults) and then written in one transaction. May call everything to its left.
 */
import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { Random } from '../crypto/random.ts'
import { addFallbackProviders, generateKeys } from '../keys/generate.ts'
import { completeRealm, masterAdminClient } from '../realm/defaults/complete.ts'
import type { Realms } from '../realm/realms.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import type { CredentialRepresentation, UserRepresentation } from '../representations/user.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { roles as roleRows } from '../storage/roles.ts'
import { type Database, type Sql, UniqueViolation } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'
import { duplicateResource, ImportError } from './errors.ts'
import { requireFlows, settled } from './settings.ts'
import { writeRealm } from './write-realm.ts'
import type { PreparedUser } from './write-users.ts'

export interface TransferParts {
  readonly database: Database
  readonly realms: Realms
  readonly clock: Clock
  readonly random: Random
  readonly passwords: PasswordHasher
}

/** The realm whose administrators run all others. */
export const masterRealm = 'master'

/** Characters that a realm name may not have: those that RFC 3986 reserves, but for the quote, and the backslash (reference behaviour). */
const reserved = /[!#$&()*+,/:;=?@[\\\]]/

/** Characters of a realm name: the reference's database holds no more. */
const realmNameMax = 255

/** Throws ImportError for a name that no realm may have. */
export function requireRealmName(name: string): void {
  if (name.trim() === '') throw new ImportError(400, 'Realm name cannot be empty')
  if (name.length > realmNameMax) throw new ImportError(400, 'Database operation failed')
  const bad = reserved.exec(name)?.[0]
  if (bad !== undefined) throw new ImportError(400, `Character '${bad}' not allowed.`, 'error')
}

/**
 * Creates a realm; the user of master with the id `creatorId` becomes its administrator. Returns its name and id. Throws ImportError: no name, a reserved character, a name that is taken, sections that do
 * not fit together.
 */
export async function importRealm(
  parts: TransferParts,
  given: RealmRepresentation,
  kind: 'create' | 'import' | 'master',
  creatorId?: string,
): Promise<{ id: string; name: string }> {
  const { database, random, clock } = parts
  const name = given.realm ?? ''
  requireRealmName(name)
  if (await realmRows(database).find(name)) throw taken(name)
  requireDistinct(given)
  const completed = settled(completeRealm(given, { realmName: name, kind, random, clock }))
  requireFlows(completed, new Set((completed.authenticationFlows ?? []).flatMap(({ alias }) => alias ?? [])))
  const id = completed.id ?? random.uuid()
  const [components, users] = await Promise.all([
    generateKeys(
      addFallbackProviders(completed.components ?? {}, algorithmsOf(completed), () => random.uuid()),
      { random, clock, realmName: name },
    ),
    prepareUsers(parts, completed.users ?? []),
  ])
  const prepared = { realm: { ...completed, id, realm: name, components }, users }
  const masterId = await database
    .transaction(async (tx) => {
      await writeRealm(tx, prepared, random)
      return kind === 'master' ? undefined : joinMaster(tx, name, random, creatorId)
    })
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? duplicate(error, name) : error
    })
  await parts.realms.changed(id)
  if (masterId !== undefined) await parts.realms.changed(masterId)
  return { id, name }
}

/** Throws ImportError for realm roles of one name, and for users of one e-mail address unless the realm allows that. */
function requireDistinct({ roles, users = [], duplicateEmailsAllowed }: RealmRepresentation): void {
  const names = (roles?.realm ?? []).map((role) => role.name)
  const addresses = duplicateEmailsAllowed ? [] : users.flatMap((user) => user.email?.toLowerCase() || [])
  for (const list of [names, addresses]) if (new Set(list).size < list.length) throw duplicateResource()
}

/** Algorithms that the realm or one of its clients asks tokens to be signed with. */
function algorithmsOf(realm: RealmRepresentation): string[] {
  const ofClients = (realm.clients ?? []).flatMap(({ attributes = {} }) => signatureAttributes.map((name) => attributes[name]))
  return [realm.defaultSignatureAlgorithm, ...ofClients].flatMap((algorithm) => algorithm || [])
}

const signatureAttributes = ['access.token.signed.response.alg', 'id.token.signed.response.alg', 'user.info.response.signature.alg']

const taken = (name: string): ImportError => new ImportError(409, `Realm ${name} already exists`)

/** Somebody was faster, or an id of the file belongs to something else already. */
const duplicate = ({ constraint }: UniqueViolation, name: string): ImportError =>
  /realm_name|realm\.name/.test(constraint) ? taken(name) : duplicateResource()

/** Lets master's administrators run the new realm: a client of its name whose roles are part of `admin`. Returns master's id. */
async function joinMaster(tx: Sql, realmName: string, random: Random, creatorId: string | undefined): Promise<string | undefined> {
  const master = await realmRows(tx).find(masterRealm)
  if (master === undefined) return undefined
  const { client, roles } = masterAdminClient(realmName, random)
  const { id = random.uuid(), clientId = '', defaultClientScopes, optionalClientScopes, ...doc } = client
  await clientRows(tx).insert(master.id, { id, clientId, doc: JSON.stringify(doc) })
  const admin = await roleRows(tx).find(master.id, 'admin')
  const idByName = new Map<string, string>()
  for (const role of roles) {
    const { id: roleId = random.uuid(), name = '', composite, composites, clientRole, containerId, ...roleDoc } = role
    await roleRows(tx).insert(master.id, { id: roleId, clientId: id, name, doc: JSON.stringify(roleDoc) })
    idByName.set(name, roleId)
    if (admin) await roleRows(tx).addComposite(admin.id, roleId)
    if (creatorId !== undefined) await userRows(tx).addRole(creatorId, roleId)
  }
  for (const role of roles) {
    for (const child of role.composites?.client?.[clientId] ?? []) {
      const parentId = idByName.get(role.name ?? '')
      const childId = idByName.get(child)
      if (parentId !== undefined && childId !== undefined) await roleRows(tx).addComposite(parentId, childId)
    }
  }
  await realmRows(tx).bump(master.id)
  return master.id
}

/** Brings credentials into their stored form: plain passwords are hashed, hashed ones kept. The hasher bounds how many at a time. */
async function prepareUsers({ passwords }: TransferParts, users: readonly UserRepresentation[]): Promise<PreparedUser[]> {
  const prepared: PreparedUser[] = []
  for (const user of users) {
    const credentials: PreparedUser['credentials'][number][] = []
    for (const { value, temporary: _temporary, ...credential } of user.credentials ?? []) {
      credentials.push({ createdDate: user.createdTimestamp ?? 0, ...credential, ...(await storedForm(passwords, credential, value)) })
    }
    prepared.push({ user, credentials })
  }
  return prepared
}

async function storedForm(
  passwords: PasswordHasher,
  credential: CredentialRepresentation,
  value: string | undefined,
): Promise<{ secretData: string; credentialData: string }> {
  const { secretData, credentialData, type } = credential
  if (secretData !== undefined && credentialData !== undefined) return { secretData, credentialData }
  if (value === undefined) throw new ImportError(400, 'Invalid credential: neither a value nor stored data is given')
  if (type === undefined || type === 'password') return passwords.hash(value)
  const { digits = 6, period = 30, counter = 0, algorithm = 'HmacSHA1' } = credential
  return {
    secretData: JSON.stringify({ value }),
    credentialData: JSON.stringify({ subType: type === 'hotp' ? 'hotp' : 'totp', digits, period, counter, algorithm }),
  }
}
