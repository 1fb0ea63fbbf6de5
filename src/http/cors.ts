import type { HttpRequest, HttpResponse } from './values.ts'

/** Headers that a browser script may send; the reference's list, in its order. */
const allowedHeaders =
  'Origin, Accept, X-Requested-With, Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, Content-Type, Authorization'
const preflightMaxAgeSeconds = 3_600

/** Echoes any origin: for public documents and for preflights, where the client is not known yet (reference behaviour). */
export function anyOrigin(request: Pick<HttpRequest, 'headers'>): Record<string, string> {
  const origin = request.headers.origin
  return origin === undefined ? {} : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
}

/** Headers of an actual answer to an origin that has been found to be allowed. */
export function allowedOrigin(origin: string, exposed: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': exposed,
  }
}

/** Answers OPTIONS. Without an Origin header it says nothing but 200. */
export function preflightResponse(request: Pick<HttpRequest, 'headers'>, methods: string): HttpResponse {
  const origin = request.headers.origin
  if (origin === undefined) return { status: 200 }
  return {
    status: 200,
    headers: {
      ...anyOrigin(request),
      'access-control-allow-methods': methods,
      'access-control-allow-headers': allowedHeaders,
      'access-control-max-age': String(preflightMaxAgeSeconds),
    },
  }
}
