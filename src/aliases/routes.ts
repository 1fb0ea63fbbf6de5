/**
 * Foreign URL shapes: paths that existing integrations call already, onto the handlers of oidc/. What a shape adds to a request is written
 * here; what an endpoint does is not. May call everything to its left, of the surfaces oidc alone.
 */
import type { Route } from '../http/routes.ts'
import type { OidcServices } from '../oidc/services.ts'
import { entranceRoutes } from './entrances.ts'
import { oauth2Routes } from './oauth2.ts'
import { passwordGrantRoute } from './password-grant.ts'
import { tokenRefreshRoute } from './token-refresh.ts'

/** The base paths of the server, '' for the root, and the realm that also answers at /oauth2. */
export interface AliasLayout {
  readonly relativePath: string
  readonly aliasPaths: readonly string[]
  readonly oauth2Realm: string | undefined
}

type AliasRoutes = readonly Route<OidcServices>[]

/** Rows below every base path. */
export const aliasRoutes = ({ oauth2Realm }: Pick<AliasLayout, 'oauth2Realm'>): AliasRoutes => [
  tokenRefreshRoute,
  ...(oauth2Realm === undefined ? [] : oauth2Routes(oauth2Realm)),
]

/** Rows that stand for themselves at the root of the host: the same ones, and those that belong to one of the base paths. */
export const hostAliasRoutes = (layout: AliasLayout): AliasRoutes => [
  ...aliasRoutes(layout),
  ...([layout.relativePath, ...layout.aliasPaths].includes('/api') ? [passwordGrantRoute] : []),
  ...layout.aliasPaths.flatMap(entranceRoutes),
]
