import type { Clock } from '../../clock.ts'
import type { PasswordHasher } from '../../crypto/passwords.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { CredentialRow } from '../../storage/credentials.ts'
import type { Blacklists } from './blacklists.ts'
import { passwordPolicyOf } from './parse.ts'
import type { PasswordContext, Violation } from './policy.ts'

export interface CheckParts {
  readonly passwords: PasswordHasher
  readonly clock: Clock
  readonly blacklists: Blacklists
}

/** Whose password it is to be. `credentials`: those of a user who exists. */
export interface PasswordOwner {
  readonly username: string
  readonly email: string | undefined
  readonly credentials: readonly CredentialRow[]
}

const dayMs = 86_400_000

/** The first policy of the realm that the password breaks; undefined when it may be set. An empty one never may: see ../accounts.ts. */
export async function checkPassword(
  parts: CheckParts,
  realm: RealmSnapshot,
  owner: PasswordOwner,
  password: string,
): Promise<Violation | undefined> {
  const context = contextOf(parts, owner, password)
  for (const { type, config } of passwordPolicyOf(realm).rules) {
    const violation = await type.check?.(password, config, context)
    if (violation !== undefined) return violation
  }
  return undefined
}

function contextOf({ passwords, clock, blacklists }: CheckParts, owner: PasswordOwner, password: string): PasswordContext {
  const present = owner.credentials.filter(({ type }) => type === 'password')
  const earlier = owner.credentials.filter(({ type }) => type === 'password-history').toSorted((a, b) => b.created_at_ms - a.created_at_ms)
  const anyIs = async (rows: readonly CredentialRow[]): Promise<boolean> => {
    for (const row of rows) {
      if (await passwords.verify(password, { secretData: row.secret_data, credentialData: row.credential_data })) return true
    }
    return false
  }
  return {
    username: owner.username,
    email: owner.email,
    wasAmongLast: (count) => anyIs([...present, ...earlier.slice(0, count - 1)]),
    wasUsedWithinDays: (days) => anyIs([...present, ...earlier.filter((row) => row.created_at_ms > clock.now() - days * dayMs)]),
    isListed: (list, text) => blacklists.has(list, text),
  }
}
