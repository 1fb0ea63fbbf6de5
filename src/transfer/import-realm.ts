/**
 * The transfer room: whole realms in and out. A new realm, whether from an empty body or a file of an old version, is the given
 * representation completed by defaults (realm/defaults) and then written in one transaction. May call everything to its left.
 */
import type { Clock } from '../clock.ts'
import type { PasswordHasher } from '../crypto/passwords.ts'
import type { Random } from '../crypto/random.ts'
import { addFallbackProviders, generateKeys } from '../keys/generate.ts'
import { completeRealm } from '../realm/defaults/complete.ts'
import { completeUser } from '../realm/defaults/users.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Realms } from '../realm/realms.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import type { UserRepresentation } from '../representations/user.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { type Database, type Sql, UniqueViolation } from '../storage/sql.ts'
import { userImport } from '../storage/user-import.ts'
import { duplicateResource, ImportError } from './errors.ts'
import { joinAll, joinMaster, masterRealm } from './join-master.ts'
import { algorithmsOfClient, algorithmsOfRealm } from './missing-keys.ts'
import { orderedRandom } from './ordered-random.ts'
import { prepareUsers } from './prepare-users.ts'
import { requireFlows, settled } from './settings.ts'
import { writeRealm, writeWhatNamesUsers } from './write-realm.ts'
import { writeUsers } from './write-users.ts'
import type { Writing } from './writing.ts'

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
  /** Users beside those of the representation, too many to be held in memory. */
  readonly users?: UserSource
}

export interface UserSource {
  /** Users as a file has them, none of a service account. Asked again when the transaction has to be run again. */
  batches(): AsyncIterable<readonly UserRepresentation[]>
}

/**
 * Creates a realm. Returns its name and id. Throws ImportError: no name, a reserved character, a name that is taken, sections that do
 * not fit together; then nothing is changed.
 */
export async function importRealm(
  parts: TransferParts,
  given: RealmRepresentation,
  kind: 'create' | 'import' | 'master',
  { creatorId, replaced, users: source }: ImportContext = {},
): Promise<{ id: string; name: string }> {
  const { database, clock } = parts
  // The rows of one realm stand together, so that it costs no more pages among a thousand others.
  const random = orderedRandom(parts.random, clock)
  const name = given.realm ?? ''
  requireRealmName(name)
  if (replaced === undefined && (await realmRows(database).find(name))) throw taken(name)
  requireDistinct(given)
  const completed = settled(completeRealm(given, { realmName: name, kind, random, clock }))
  requireFlows(completed, new Set((completed.authenticationFlows ?? []).flatMap(({ alias }) => alias ?? [])))
  const id = completed.id ?? random.uuid()
  const algorithms = [...algorithmsOfRealm(completed), ...(completed.clients ?? []).flatMap(algorithmsOfClient)]
  const [components, users] = await Promise.all([
    generateKeys(
      addFallbackProviders(completed.components ?? {}, algorithms, () => random.uuid()),
      { random, clock, realmName: name },
    ),
    prepareUsers(parts, completed.users ?? []),
  ])
  const prepared = { realm: { ...completed, id, realm: name, components }, users }
  const masterId = await database
    .transaction(async (tx) => {
      if (replaced) await realmRows(tx).remove(replaced.id)
      const writing = await writeRealm(tx, prepared, random)
      if (source) await writeBatches(parts, writing, source)
      await writeWhatNamesUsers(writing, prepared.realm)
      if (!completed.duplicateEmailsAllowed) await requireOwnEmails(tx, id)
      if (kind !== 'master') return joinMaster(tx, name, { random, creatorId, adopts: kind === 'import' })
      if (replaced) await joinAll(tx, random)
      return undefined
    }, source && 'bulk')
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? duplicate(error, name) : error
    })
  if (replaced && replaced.id !== id) await parts.realms.changed(replaced.id)
  await parts.realms.changed(id)
  if (masterId !== undefined) await parts.realms.changed(masterId)
  return { id, name }
}

/** So many new users that searches would be planned wrongly. */
const manyUsers = 10_000

/** Passwords are hashed while the transaction is open: a file that brings a million of them has to give their hashes to be quick. */
async function writeBatches(parts: TransferParts, writing: Writing, source: UserSource): Promise<void> {
  const { random } = writing
  let written = 0
  for await (const batch of source.batches()) {
    const users = await prepareUsers(
      parts,
      batch.map((user) => completeUser(user, { ...parts, random })),
    )
    await writeUsers(writing, users)
    written += users.length
  }
  if (written >= manyUsers) await userImport(writing.tx).countAnew()
}

/** Throws ImportError for realm roles of one name. */
function requireDistinct({ roles }: RealmRepresentation): void {
  const names = (roles?.realm ?? []).map((role) => role.name)
  if (new Set(names).size < names.length) throw duplicateResource()
}

/** Throws ImportError when two users share an e-mail address. */
async function requireOwnEmails(tx: Sql, realmId: string): Promise<void> {
  if ((await userImport(tx).sharedEmail(realmId)) !== undefined) throw duplicateResource()
}

const taken = (name: string): ImportError => new ImportError(409, `Realm ${name} already exists`)

/** Somebody was faster, or an id of the file belongs to something else already. */
const duplicate = ({ constraint }: UniqueViolation, name: string): ImportError =>
  /realm_name|realm\.name/.test(constraint) ? taken(name) : duplicateResource()
