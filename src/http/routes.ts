import type { HttpRequest, HttpResponse } from './values.ts'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'

/** Which pipeline catches the errors of a route and how they look. */
export type RouteFamily = 'oauth' | 'admin' | 'page'

/**
 * One row of the route table. The table is the truth: the router, the documentation of endpoints and the compatibility page are made
 * from it. `S` is what the handlers of a surface need.
 */
export interface Route<S> {
  readonly method: HttpMethod
  /** Below the base path, parameters as `:name`: `/realms/:realm/protocol/openid-connect/token`. */
  readonly path: string
  readonly family: RouteFamily
  /** One line for the reference documentation. */
  readonly summary: string
  /** Admin routes only: the realm-management role a caller needs; several: any of them. Absent: any admin of the realm. */
  readonly role?: string | readonly string[]
  /** Methods told to a CORS preflight of the path (Fetch standard), as the reference lists them. Absent: no preflight answer. */
  readonly preflight?: string
  /** Largest body in bytes; `limits.bodyBytesMax` unless given. */
  readonly bodyBytesMax?: number
  handle(request: HttpRequest, services: S): Promise<HttpResponse>
}

/** A route whose services are already given: what the edge mounts. */
export interface MountedRoute extends Omit<Route<never>, 'handle'> {
  readonly handle: (request: HttpRequest) => Promise<HttpResponse>
}

export function mount<S>(routes: readonly Route<S>[], services: S): MountedRoute[] {
  return routes.map((route) => ({ ...route, handle: (request) => route.handle(request, services) }))
}
