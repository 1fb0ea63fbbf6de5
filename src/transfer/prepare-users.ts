import type { PasswordHasher } from '../crypto/passwords.ts'
import type { CredentialRepresentation, UserRepresentation } from '../representations/user.ts'
import { ImportError } from './errors.ts'

/** A user with an id and a name, whose credentials are in their stored form. */
export interface PreparedUser {
  readonly id: string
  readonly user: UserRepresentation
  readonly credentials: readonly (CredentialRepresentation & { readonly secretData: string; readonly credentialData: string })[]
}

/**
 * Brings credentials into their stored form: plain passwords are hashed, hashed ones kept, those from before version 8 rewritten. The
 * hasher bounds how many are hashed at a time.
 */
export async function prepareUsers(
  { passwords }: { readonly passwords: PasswordHasher },
  users: readonly UserRepresentation[],
): Promise<PreparedUser[]> {
  const prepared: PreparedUser[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < users.length; at = next++) {
      const user = users[at]
      if (user) prepared[at] = await prepareUser(passwords, user)
    }
  }
  await Promise.all(Array.from({ length: hashesAtATime }, lane))
  return prepared
}

/** More would fill the hasher's queue, in which logins wait too. */
const hashesAtATime = 2

async function prepareUser(passwords: PasswordHasher, user: UserRepresentation): Promise<PreparedUser> {
  const { id, username } = user
  if (id === undefined || username === undefined) throw new ImportError(400, 'User name is missing')
  const credentials: PreparedUser['credentials'][number][] = []
  for (const given of user.credentials ?? []) {
    const { value, temporary: _temporary, ...credential } = modern(given)
    credentials.push({ createdDate: user.createdTimestamp ?? 0, ...credential, ...(await storedForm(passwords, credential, value)) })
  }
  return { id, user, credentials }
}

/** Types of one-time passwords from before they were one type with a sub-type. */
const oldOtpTypes: ReadonlySet<string | undefined> = new Set(['totp', 'hotp'])

/** What is hashed with an algorithm that is not named: the only one of its time. */
const oldAlgorithm = 'pbkdf2'
const oldIterations = 20_000
const passwordPriority = 10
const otpPriority = 20

/**
 * A credential as files from before version 8 have it, hash, salt and iterations in members of their own, in the form of today
 * (reference behaviour). Others come back as they are.
 */
function modern(given: CredentialRepresentation): CredentialRepresentation {
  const { hashedSaltedValue, salt, hashIterations, algorithm, digits, counter, period, device, config, ...credential } = given
  if (given.secretData !== undefined && given.credentialData !== undefined) return credential
  if (given.value !== undefined || hashedSaltedValue === undefined) return given
  if (oldOtpTypes.has(given.type)) {
    const data = {
      subType: given.type,
      digits: digits ?? 6,
      counter: counter ?? 0,
      period: period ?? 30,
      algorithm: algorithm ?? 'HmacSHA1',
    }
    return {
      ...credential,
      ...(device === undefined ? {} : { userLabel: device }),
      type: 'otp',
      priority: given.priority ?? otpPriority,
      secretData: JSON.stringify({ value: hashedSaltedValue }),
      credentialData: JSON.stringify(data),
    }
  }
  const data = {
    hashIterations: hashIterations ?? oldIterations,
    algorithm: algorithm ?? oldAlgorithm,
    additionalParameters: config ?? {},
  }
  return {
    ...credential,
    priority: given.priority ?? passwordPriority,
    secretData: JSON.stringify({ value: hashedSaltedValue, salt: salt ?? '', additionalParameters: {} }),
    credentialData: JSON.stringify(data),
  }
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
