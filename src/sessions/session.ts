/** A user's login with one client's part in it. Immutable: a refresh makes a new one. */
export interface Session {
  readonly id: string
  readonly offline: boolean
  readonly userId: string
  readonly startedAtMs: number
  readonly lastRefreshMs: number
  readonly rememberMe: boolean
  /** Where the login came from and what the flow noted. */
  readonly ipAddress: string
  /** The User-Agent of the login, cut; undefined when there was none, or none was kept. */
  readonly userAgent?: string | undefined
  readonly notes: Readonly<Record<string, string>>
  readonly client: ClientSession
}

export interface ClientSession {
  readonly startedAtMs: number
  readonly lastRefreshMs: number
  /** The newest refresh token that was used, when the realm rotates them; and how often. */
  readonly refreshTokenId: string | undefined
  readonly refreshTokenUses: number
  readonly notes: Readonly<Record<string, string>>
}
