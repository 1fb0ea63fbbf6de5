/** What is wrong with a body. The reference server answers each kind differently. */
export type RepresentationErrorKind =
  /** A member that the class does not have. */
  | 'unknown-member'
  /** JSON of the wrong type or an unreadable value in it. */
  | 'mismatch'
  /** Not JSON, noticed while reading the outermost object. */
  | 'syntax'
  /** Not JSON inside of a member's value, a number out of range, or one of the limits. */
  | 'nested'
  /** An empty body, or null where an object belongs. */
  | 'empty'

export interface RepresentationErrorBody {
  readonly error: string
  readonly error_description?: string
}

/** Where in the text it happened: line from 1, column from 1 in bytes, path such as `protocolMappers[0].config`. */
export interface RepresentationPlace {
  readonly line: number
  readonly column: number
  readonly path: string
}

/**
 * A body that is not the representation it should be. `status` and `body` are what the reference's Admin API answers, except where an
 * endpoint has its own word (realm create: `unable to read contents from stream`). `message` is for the operator who imports a file; it
 * names the place and never a value.
 */
export class RepresentationError extends Error {
  readonly kind: RepresentationErrorKind
  readonly status: 400 | 500
  readonly body: RepresentationErrorBody
  readonly place: RepresentationPlace
  constructor(kind: RepresentationErrorKind, body: RepresentationErrorBody, reason: string, place: RepresentationPlace) {
    super(`${place.path === '' ? '' : `${place.path}: `}${reason} (line ${place.line}, column ${place.column})`)
    this.name = 'RepresentationError'
    this.kind = kind
    this.status = kind === 'empty' ? 500 : 400
    this.body = body
    this.place = place
  }
}

/** The texts of the reference server by kind; `unknown-member` has its own, made where it is thrown. */
const bodies = {
  mismatch: { error: 'unknown_error', error_description: 'Cannot parse the JSON' },
  syntax: { error: 'invalid_request', error_description: 'Cannot parse the JSON' },
  nested: { error: 'HTTP 400 Bad Request', error_description: 'Cannot parse the JSON' },
  empty: { error: 'unknown_error', error_description: 'For more on this error consult the server log.' },
} as const

export function unreadable(kind: keyof typeof bodies, reason: string, place: RepresentationPlace): RepresentationError {
  return new RepresentationError(kind, bodies[kind], reason, place)
}

export function unknownMember(className: string, member: string, place: RepresentationPlace): RepresentationError {
  const at = `at line ${place.line} column ${place.column}`
  const error = `Invalid json representation for ${className}. Unrecognized field "${member}" ${at}.`
  return new RepresentationError('unknown-member', { error }, `unknown member of ${className}`, place)
}
