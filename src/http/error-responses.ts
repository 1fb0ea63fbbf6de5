import { AdminError, OAuthError } from './errors.ts'
import { type HttpResponse, jsonResponse } from './values.ts'

/** No cache may keep an answer with a token or an error about one (RFC 6749 section 5.1). */
export const noStore: Readonly<Record<string, string>> = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** The JSON of an OAuthError (RFC 6749 section 5.2). Without a description it is left out. */
export function oauthErrorResponse(error: OAuthError, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const body = error.description === undefined ? { error: error.code } : { error: error.code, error_description: error.description }
  return jsonResponse(error.status, body, { ...noStore, ...headers, ...error.headers })
}

export const adminErrorResponse = (error: AdminError): HttpResponse => jsonResponse(error.status, error.body)

/** What everything else than an expected error looks like from outside. */
export const internalErrorResponse = (): HttpResponse =>
  jsonResponse(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })

export const notFoundResponse = (): HttpResponse => jsonResponse(404, { error: 'HTTP 404 Not Found' })

export const methodNotAllowedResponse = (): HttpResponse => jsonResponse(405, { error: 'HTTP 405 Method Not Allowed' })

export const noSuchResourceResponse = (): HttpResponse => jsonResponse(404, { error: 'Unable to find matching target resource method' })

export const badRequestResponse = (): HttpResponse => jsonResponse(400, { error: 'HTTP 400 Bad Request' })

/** The rest of the body is not read, so that the connection cannot be used again. */
export const bodyTooLargeResponse = (): HttpResponse =>
  jsonResponse(413, { error: 'HTTP 413 Request Entity Too Large' }, { connection: 'close' })

/** An expected error that reached the edge; undefined for anything else, which is a bug. */
export function expectedErrorResponse(error: unknown): HttpResponse | undefined {
  if (error instanceof AdminError) return adminErrorResponse(error)
  if (error instanceof OAuthError) return oauthErrorResponse(error)
  return undefined
}
