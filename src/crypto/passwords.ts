import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createHashQueue } from './hash-queue.ts'
import type { Random } from './random.ts'

/** A password credential as the reference server stores and exports it: two JSON texts. */
export interface PasswordCredential {
  /** `{"value": base64, "salt": base64, "additionalParameters": {}}` */
  readonly secretData: string
  /** `{"hashIterations": number, "algorithm": text, "additionalParameters": {name: [text]}}` */
  readonly credentialData: string
}

/** What new passwords are hashed with: the realm's password policies `hashAlgorithm` and `hashIterations`. */
export interface HashPolicy {
  /** `argon2` unless given. */
  readonly algorithm?: string
  /** The algorithm's default unless given and positive: the policy's own "not set" is -1. */
  readonly iterations?: number
}

export interface PasswordHasher {
  /**
   * @param isWanted as for `verify`
   * @throws TypeError when no password can be hashed with the policy's algorithm
   * @throws HashQueueFull when too many hashes wait already, and when the result is not wanted any more
   */
  hash(password: string, policy?: HashPolicy, isWanted?: () => boolean): Promise<PasswordCredential>
  /**
   * False for a wrong password and for a credential that can not be read: unknown algorithm, missing or excessive parameters.
   *
   * @param isWanted asked before the hash is computed, which may be some time after the call
   * @throws HashQueueFull when too many hashes wait already, and when the result is not wanted any more
   */
  verify(password: string, credential: PasswordCredential, isWanted?: () => boolean): Promise<boolean>
  /** Hashes that wait for their turn; for metrics. */
  waiting(): number
}

/** Bounds on what an imported credential may ask for, so that a login can not be made to take the machine's memory. */
export const passwordLimits = {
  memoryKibMax: 1024 * 1024,
  iterationsMax: 100_000_000,
  hashBytesMin: 4,
  hashBytesMax: 1024,
  parallelismMax: 64,
} as const

const saltBytes = 16
/** RFC 9106 section 3.1. */
const argon2SaltBytesMin = 8

const pbkdf2Variants: ReadonlyMap<string, { readonly hash: string; readonly iterations: number; readonly hashBytes: number }> = new Map([
  ['pbkdf2', { hash: 'sha1', iterations: 1_300_000, hashBytes: 64 }],
  ['pbkdf2-sha256', { hash: 'sha256', iterations: 600_000, hashBytes: 32 }],
  ['pbkdf2-sha512', { hash: 'sha512', iterations: 210_000, hashBytes: 64 }],
])

const argon2Iterations = 5
/** The most that a realm's policy may ask for; more is taken for a mistake (reference behaviour). */
const argon2IterationsMax = 100
/** In the member order in which the reference server prints them. */
const argon2Parameters = { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] } as const
/** The numbers by which the library knows the types and versions. */
const argon2Types: ReadonlyMap<string, number> = new Map([
  ['d', 0],
  ['i', 1],
  ['id', 2],
])
const argon2Versions: ReadonlyMap<string, number> = new Map([
  ['1.0', 0],
  ['1.3', 1],
])

/** The algorithms that the policy `hashAlgorithm` may name. */
export const hashAlgorithms: readonly string[] = Object.freeze(['argon2', ...pbkdf2Variants.keys()])

/** The reference server's default number of iterations of an algorithm; undefined for an unknown one. */
export const defaultHashIterations = (algorithm: string): number | undefined =>
  algorithm === 'argon2' ? argon2Iterations : pbkdf2Variants.get(algorithm)?.iterations

interface CredentialData {
  readonly hashIterations: number
  readonly algorithm: string
  readonly additionalParameters: Readonly<Record<string, readonly string[]>>
}

/** A hash to be computed: everything but the password. */
type Recipe = (password: string) => Promise<Buffer>

const pbkdf2Async = promisify(pbkdf2)

/**
 * Hashes and verifies passwords in libuv's thread pool.
 *
 * @param options.concurrency hashes at a time; keep it below the pool's threads, so that signatures never wait for passwords
 * @param options.queueMax hashes that may wait; beyond it HashQueueFull
 */
export function createPasswordHasher(options: {
  readonly concurrency: number
  readonly queueMax: number
  readonly random: Random
}): PasswordHasher {
  const queue = createHashQueue(options)
  return {
    waiting: () => queue.waiting(),
    async hash(password, policy = {}, isWanted) {
      const data = dataForPolicy(policy)
      const salt = options.random.bytes(saltBytes)
      const recipe = recipeFor(data, salt, pbkdf2Variants.get(data.algorithm)?.hashBytes ?? Number(argon2Parameters.hashLength[0]))
      if (recipe === undefined)
        throw new TypeError(`passwords can not be hashed with ${data.algorithm} and ${data.hashIterations} iterations`)
      const value = await queue.run(() => recipe(password), isWanted)
      return {
        secretData: JSON.stringify({ value: value.toString('base64'), salt: salt.toString('base64'), additionalParameters: {} }),
        credentialData: JSON.stringify(data),
      }
    },
    async verify(password, credential, isWanted) {
      const data = parseData(credential.credentialData)
      const secret = parseSecret(credential.secretData)
      if (data === undefined || secret === undefined) return false
      const recipe = recipeFor(data, secret.salt, secret.value.length)
      if (recipe === undefined) return false
      const computed = await queue.run(() => recipe(password), isWanted)
      return computed.length === secret.value.length && timingSafeEqual(computed, secret.value)
    },
  }
}

/** True when a stored credential is what the policy would make today; otherwise the password is hashed anew at the next login. */
export function followsPolicy(credential: Pick<PasswordCredential, 'credentialData'>, policy: HashPolicy): boolean {
  const stored = parseData(credential.credentialData)
  const wanted = dataForPolicy(policy)
  if (stored === undefined || stored.algorithm !== wanted.algorithm || stored.hashIterations !== wanted.hashIterations) return false
  return Object.entries(wanted.additionalParameters).every(([name, [value]]) => stored.additionalParameters[name]?.[0] === value)
}

function dataForPolicy(policy: HashPolicy): CredentialData {
  const algorithm = policy.algorithm ?? 'argon2'
  const wanted = policy.iterations ?? 0
  // A number meant for PBKDF2 would take a minute with Argon2: beyond its limit the reference takes the default.
  const fits = wanted > 0 && !(algorithm === 'argon2' && wanted > argon2IterationsMax)
  const iterations = fits ? wanted : defaultHashIterations(algorithm)
  return { hashIterations: iterations ?? 0, algorithm, additionalParameters: algorithm === 'argon2' ? argon2Parameters : {} }
}

function recipeFor(data: CredentialData, salt: Buffer, hashBytes: number): Recipe | undefined {
  if (!within(data.hashIterations, 1, passwordLimits.iterationsMax)) return undefined
  if (!within(hashBytes, passwordLimits.hashBytesMin, passwordLimits.hashBytesMax)) return undefined
  if (data.algorithm === 'argon2') return argon2Recipe(data, salt, hashBytes)
  if (data.algorithm === 'scrypt') return scryptRecipe(data, salt, hashBytes)
  const variant = pbkdf2Variants.get(data.algorithm)
  if (variant === undefined) return undefined
  // The stored value's length counts: older versions of the reference server made 64 bytes with every hash.
  return (password) => pbkdf2Async(password, salt, data.hashIterations, hashBytes, variant.hash)
}

function argon2Recipe(data: CredentialData, salt: Buffer, hashBytes: number): Recipe | undefined {
  const parameter = (name: string): string => data.additionalParameters[name]?.[0] ?? ''
  const algorithm = argon2Types.get(parameter('type'))
  const version = argon2Versions.get(parameter('version'))
  const memoryCost = Number(parameter('memory'))
  const parallelism = Number(parameter('parallelism'))
  if (algorithm === undefined || version === undefined || Number(parameter('hashLength')) !== hashBytes) return undefined
  if (!within(parallelism, 1, passwordLimits.parallelismMax) || salt.length < argon2SaltBytesMin) return undefined
  if (!within(memoryCost, 8 * parallelism, passwordLimits.memoryKibMax)) return undefined
  return async (password) => {
    // Loaded at the first password: a native module costs 16 ms and 8 MB, which a server of machine clients never needs.
    const { hashRaw } = await import('@node-rs/argon2')
    return hashRaw(password, { salt, algorithm, version, outputLen: hashBytes, memoryCost, timeCost: data.hashIterations, parallelism })
  }
}

/**
 * scrypt (RFC 7914) for imported users; the reference server has none. `hashIterations` is the cost N, the additional parameters
 * `blockSize` (8 unless given) and `parallelism` (1 unless given) are r and p.
 */
function scryptRecipe(data: CredentialData, salt: Buffer, hashBytes: number): Recipe | undefined {
  const blockSize = Number(data.additionalParameters['blockSize']?.[0] ?? 8)
  const parallelization = Number(data.additionalParameters['parallelism']?.[0] ?? 1)
  const cost = data.hashIterations
  // The cost must be a power of two above 1 (RFC 7914 section 2).
  if (cost < 2 || !Number.isInteger(Math.log2(cost))) return undefined
  if (!within(blockSize, 1, 64) || !within(parallelization, 1, passwordLimits.parallelismMax)) return undefined
  const maxmem = 128 * blockSize * (cost + parallelization + 2)
  if (maxmem > passwordLimits.memoryKibMax * 1024) return undefined
  return (password) =>
    new Promise((resolve, reject) => {
      scrypt(password, salt, hashBytes, { cost, blockSize, parallelization, maxmem }, (error, derived) => {
        if (error) reject(error)
        else resolve(derived)
      })
    })
}

const within = (value: number, least: number, most: number): boolean => Number.isInteger(value) && value >= least && value <= most

function parseData(json: string): CredentialData | undefined {
  const value = parseObject(json)
  const hashIterations = value?.['hashIterations']
  const algorithm = value?.['algorithm']
  if (typeof hashIterations !== 'number' || typeof algorithm !== 'string') return undefined
  const parameters: Record<string, string[]> = {}
  for (const [name, items] of Object.entries(value?.['additionalParameters'] ?? {})) {
    if (Array.isArray(items)) parameters[name] = items.map(String)
  }
  return { hashIterations, algorithm, additionalParameters: parameters }
}

function parseSecret(json: string): { readonly value: Buffer; readonly salt: Buffer } | undefined {
  const parsed = parseObject(json)
  const value = parsed?.['value']
  const salt = parsed?.['salt']
  if (typeof value !== 'string' || typeof salt !== 'string') return undefined
  return { value: Buffer.from(value, 'base64'), salt: Buffer.from(salt, 'base64') }
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
