export const routeMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** A role as the settings name it: word for word, or the value of the path's parameter. */
export type WantedRole = { readonly name: string } | { readonly parameter: string }

/** One row of `routes`. A token opens it when it has all that is listed. */
export interface RouteSettings {
  /** As it was written: `/api/{condition}`, `/files/*`. */
  readonly path: string
  readonly methods: readonly string[]
  /** Scheme, host and port. */
  readonly origin: URL
  /** Path of the upstream without a slash at the end; empty for the root. */
  readonly basePath: string
  /** What the upstream does not see of the path; empty for nothing. */
  readonly stripPrefix: string
  readonly realmRoles: readonly WantedRole[]
  readonly clientRoles: readonly { readonly client: string; readonly roles: readonly WantedRole[] }[]
  readonly scopes: readonly string[]
  /** The token must be for one of these; empty: for anybody. */
  readonly audience: readonly string[]
}

/** The parameter of a path: `{condition}`. */
export const parameterOf = (path: string): string | undefined => /\{([^{}/]*)\}/.exec(path)?.[1]
