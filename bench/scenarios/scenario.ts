import type { LoadRequest } from '../load.ts'

/** A realm as a realm file describes it, as far as scenarios look into it. */
export interface BenchRealm {
  readonly realm: string
  readonly clients?: readonly {
    readonly clientId: string
    readonly secret?: string
    readonly enabled?: boolean
    readonly serviceAccountsEnabled?: boolean
    readonly redirectUris?: readonly string[]
  }[]
  readonly users?: readonly {
    readonly username: string
    readonly credentials?: readonly { readonly type: string; readonly value?: string }[]
  }[]
}

/** What is done again and again: requests, each connection one of them over and over; or a walk of several requests. */
export type Work = { readonly requests: readonly [LoadRequest, ...LoadRequest[]] } | { readonly walk: () => Promise<void> }

/** What the figures are held to: so many times those of another contender, per CPU-second of each. */
export interface Goal {
  readonly against: 'reference' | 'bare hasher' | 'bare proxy'
  readonly atLeast: number
}

/** One thing that is measured; one file each. */
export interface Scenario {
  /** The word on the command line. */
  readonly name: string
  /** What one answer is, in the plural: the heading of the columns. */
  readonly unit: string
  /** Beside the bench, unless --realm names another. Both servers get the same file. */
  readonly realmFile: string
  /** The server that does only the dear part of it, if there is one. */
  readonly floor: 'bare signer' | 'bare hasher' | undefined
  /** Whether its first answer is a token for which nothing had to be done before: then that tells what a start costs. */
  readonly startsWithToken: boolean
  readonly goals: readonly Goal[]
  /**
   * Makes what the work needs (logins) and says what the work is. Rejects while the server does not answer yet.
   * @param base URL of the server with its base path, without a slash at the end
   * @param realm the realm as it is named on that server
   */
  prepare(base: string, realm: BenchRealm): Promise<Work>
}
