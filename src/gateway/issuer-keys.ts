import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { type PublicKey, parseKeySet, pickKey } from '../crypto/jwk-set.ts'
import type { HttpClient } from '../http/client.ts'
import type { Logger } from '../log.ts'
import { IssuerError, type Metadata, readText } from './metadata.ts'

export const issuerKeysLimits = {
  /** An unknown kid makes the set be read again, but not more often than this: strangers can send any kid. Who comes in between waits. */
  intervalMs: 1_000,
  /** After this time the set is read again beside the requests, so that a key that was taken out of it is soon not accepted any more. */
  freshMs: 5 * 60 * 1000,
  /** An issuer that cannot be reached for so long has no say any more: its keys may have been withdrawn. */
  usableMs: 24 * 60 * 60 * 1000,
} as const

/** The keys of one issuer, which may change at any time. */
export interface IssuerKeys {
  /**
   * Undefined when the issuer has no such key: its set was then read after the question came, so that a key which was in use by then is
   * known. Throws IssuerError when no set can be read.
   */
  find(kid: string | undefined, algorithm: string): Promise<PublicKey | undefined>
  /** Whether a key that verified a token still counts. */
  holds(key: PublicKey): boolean
  /** Reads the set unless it is there. Throws IssuerError. */
  ready(): Promise<void>
}

export interface IssuerKeysParts {
  readonly http: Pick<HttpClient, 'send'>
  readonly clock: Clock
  readonly log: Logger
  readonly metadata: Metadata
  /** From the metadata unless given. */
  readonly jwksUri: string | undefined
}

export function openIssuerKeys({ http, clock, log, metadata, jwksUri }: IssuerKeysParts): IssuerKeys {
  let keys: readonly PublicKey[] = []
  let readAtMs = Number.NEGATIVE_INFINITY
  let startedAtMs = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let failure: IssuerError | undefined

  const read = async (): Promise<void> => {
    startedAtMs = clock.now()
    try {
      const url = jwksUri ?? (await metadata.url('jwks_uri'))
      const set = parseKeySet(await readText(http, url))
      if (set === undefined) throw new IssuerError(`${url} answers with no key set`)
      // Keys that are still there stay the same objects: tokens that they verified are known by them.
      keys = set.map((key) => keys.find((old) => isSame(old, key)) ?? key)
      readAtMs = clock.now()
      failure = undefined
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error
      failure = error
      metadata.forget()
      log.warn('The keys of an issuer cannot be read', { reason: error.message, kept: keys.length })
    }
  }
  const start = (): Promise<void> => {
    running = read().finally(() => {
      running = undefined
    })
    return running
  }
  /** Shared by all who ask before it begins. */
  const readNext = (): Promise<void> => {
    next ??= (async () => {
      await running
      const waitMs = startedAtMs + issuerKeysLimits.intervalMs - clock.now()
      if (waitMs > 0) await sleep(Math.min(waitMs, issuerKeysLimits.intervalMs))
      next = undefined
      await start()
    })()
    return next
  }
  /** Beside the request: nobody waits for it. */
  const refresh = (): void => {
    if (clock.now() - startedAtMs >= issuerKeysLimits.freshMs && running === undefined) void start()
  }
  const usable = (): boolean => clock.now() - readAtMs < issuerKeysLimits.usableMs
  const pick = (kid: string | undefined, algorithm: string): PublicKey | undefined => (usable() ? pickKey(keys, kid, algorithm) : undefined)

  return {
    async find(kid, algorithm) {
      const known = pick(kid, algorithm)
      if (known !== undefined) {
        refresh()
        return known
      }
      // A set that is being read may be one of before the key was made, or may already hold it.
      if (running !== undefined) await running
      const found = pick(kid, algorithm)
      if (found !== undefined) return found
      await readNext()
      const last = pick(kid, algorithm)
      if (last === undefined && failure !== undefined) throw failure
      return last
    },
    holds(key) {
      refresh()
      return usable() && keys.includes(key)
    },
    async ready() {
      if (!usable()) await (running ?? readNext())
      if (!usable()) throw failure ?? new IssuerError('no key set was read')
    },
  }
}

const isSame = (a: PublicKey, b: PublicKey): boolean => a.kid === b.kid && a.algorithm === b.algorithm && a.key.equals(b.key)
