/**
 * The transfer room: whole realms in and out. A new realm, whether from an empty body or a file of an old version, is the given
 * representation completed by defaults (realm/defaults) and then written in one transaction. May call everything to its left.
 */
import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { Random } from '../crypto/random.ts'
import { addFallbackProviders, generateKeys } from '../keys/generate.ts'
import { completeRealm } from '../realm/defaults/complete.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Realms } from '../realm/realms.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import type { CredentialRepresentation, UserRepresentation } from '../representations/user.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { type Database, UniqueViolation } from '../storage/sql.ts'
import { duplicateResource, ImportError } from './errors.ts'
import { joinAll, joinMaster, masterRealm } from './join-master.ts'
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

export { masterRealm }

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

/** What else is known of a realm that is being made. */
export interface ImportContext {
  /** The user of master who may then do all in the realm but impersonate. */
  readonly creatorId?: string
  /** The realm of the same name that goes away in the same moment; when the import fails it stays as it is. */
  readonly replaced?: Pick<RealmSnapshot, 'id'>
}

/**
 * Creates a realm. Returns its name and id. Throws ImportError: no name, a reserved character, a name that is taken, sections that do
 * not fit together; then nothing is changed.
 */
export async function importRealm(
  parts: TransferParts,
  given: RealmRepresentation,
  kind: 'create' | 'import' | 'master',
  { creatorId, replaced }: ImportContext = {},
): Promise<{ id: string; name: string }> {
  const { database, random, clock } = parts
  const name = given.realm ?? ''
  requireRealmName(name)
  if (replaced === undefined && (await realmRows(database).find(name))) throw taken(name)
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
      if (replaced) await realmRows(tx).remove(replaced.id)
      await writeRealm(tx, prepared, random)
      if (kind !== 'master') return joinMaster(tx, name, { random, creatorId, adopts: kind === 'import' })
      if (replaced) await joinAll(tx, random)
      return undefined
    })
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? duplicate(error, name) : error
    })
  if (replaced && replaced.id !== id) await parts.realms.changed(replaced.id)
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
