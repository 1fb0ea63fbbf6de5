import type { LoadRequest } from '../load.ts'

/** A realm as a realm file describes it, as far as scenarios look into it. */
export interface BenchRealm {
  readonly realm: string
  readonly clients?: readonly {
    readonly clientId: string
    readonly secret?: string
    readonly enabled?: boolean
    readonly serviceAccountsEnabled?: boolean
  }[]
}

/** One thing that is measured; one file each. */
export interface Scenario {
  /** The word on the command line. */
  readonly name: string
  /** What one answer is, in the plural: the heading of the columns. */
  readonly unit: string
  /**
   * The request that is repeated.
   * @param base URL of the server with its base path, without a slash at the end
   * @param realm the realm as it is named on that server
   */
  request(base: string, realm: BenchRealm): LoadRequest
}
