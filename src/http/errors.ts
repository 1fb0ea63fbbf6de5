/**
 * The three families of errors on the wire. Each carries what the client is told and what the audit event says, and each is caught in
 * one place: the endpoint pipeline of its family. Any other exception is a bug: logged with the request id and answered with a bare 500.
 */

export interface OAuthErrorOptions {
  /** HTTP status; 400 unless given. */
  readonly status?: number
  /** The `error` of the audit event when it differs from the OAuth code. */
  readonly event?: string
  /** What only the operator may read: the event's `reason`. */
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  /** False for the few errors that the reference makes no audit event of. */
  readonly audited?: boolean
}

/** `{"error": code, "error_description": description}` (RFC 6749 section 5.2). */
export class OAuthError extends Error {
  readonly code: string
  readonly description: string | undefined
  readonly status: number
  readonly event: string
  readonly reason: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly audited: boolean
  constructor(code: string, description?: string, options: OAuthErrorOptions = {}) {
    super(description ?? code)
    this.name = 'OAuthError'
    this.code = code
    this.description = description
    this.status = options.status ?? 400
    this.event = options.event ?? code
    this.reason = options.reason
    this.headers = options.headers ?? {}
    this.audited = options.audited ?? true
  }
}

/** The shapes in which the reference server's Admin API tells an error. */
export type AdminErrorBody =
  | { readonly error: string; readonly error_description?: string }
  | { readonly errorMessage: string; readonly field?: string; readonly params?: readonly unknown[] }

/** An error of the Admin REST API: `new AdminError(404, { error: 'Realm not found.' })`. */
export class AdminError extends Error {
  readonly status: number
  readonly body: AdminErrorBody
  constructor(status: number, body: AdminErrorBody) {
    super('error' in body ? body.error : body.errorMessage)
    this.name = 'AdminError'
    this.status = status
    this.body = body
  }
}

/** An error that a person sees as a page. The message key is looked up in the login messages; `values` fill its `{0}` and so on. */
export class PageError extends Error {
  readonly messageKey: string
  readonly status: number
  readonly event: string | undefined
  readonly values: readonly string[]
  /** What only the operator may read: the event's `reason`. */
  readonly reason: string | undefined
  constructor(messageKey: string, status: number, event?: string, values: readonly string[] = [], reason?: string) {
    super(messageKey)
    this.name = 'PageError'
    this.messageKey = messageKey
    this.status = status
    this.event = event
    this.values = values
    this.reason = reason
  }
}
