import type { Claims, MapperTarget } from '../protocol-mapper.ts'
import { type Combine, mergeWithKnown, parseClaimPath, putClaim, replaceKnown } from './claim-path.ts'

/** Puts a value into the claims; undefined is no value. */
export type WriteClaim = (claims: Claims, value: unknown) => void

/** What the server alone says in tokens. */
const ofServer = ['typ', 'iat', 'exp', 'iss', 'jti', 'nonce', 'session_state', 'scope']

/** Claims that the server alone says in tokens, and members that it alone says in a token response: mappers for them do nothing. */
const reserved = {
  // The session says whose token it is: who makes mappers could make his token that of anybody who is logged in.
  token: new Set([...ofServer, 'sid']),
  userinfo: new Set(ofServer),
  response: new Set([
    'access_token',
    'token_type',
    'refresh_token',
    'id_token',
    'expires_in',
    'refresh_expires_in',
    'scope',
    'session_state',
    'not-before-policy',
  ]),
}

/** Claims of a fixed type, which the reference keeps in fields of the token and not with the custom claims. */
const typed = new Set(['sub', 'azp', 'acr', 'aud', 'auth_time'])

/** The typed claims that a userinfo answer has; the others are dropped from it. */
const typedInUserinfo = new Set(['sub', 'aud'])

/**
 * Reads `claim.name`, `multivalued` and `jsonType.label`. Undefined when the config names no claim, or one that mappers may not write. A
 * multivalued claim is merged with what other mappers have put there, any other replaces it, unless `combine` says otherwise.
 */
export function claimWriter(config: Readonly<Record<string, string>>, target: MapperTarget, combine?: Combine): WriteClaim | undefined {
  return pathWriter(parseClaimPath(config['claim.name'] ?? ''), config, target, combine)
}

/** The same for a path that is already known. */
export function pathWriter(
  path: readonly string[],
  config: Readonly<Record<string, string>>,
  target: MapperTarget,
  combine: Combine = config['multivalued'] === 'true' ? mergeWithKnown : replaceKnown,
): WriteClaim | undefined {
  const [first] = path
  if (first === undefined || reserved[target === 'response' || target === 'userinfo' ? target : 'token'].has(first)) return undefined
  if (target !== 'response' && typed.has(first)) {
    if (path.length > 1 || (target === 'userinfo' && !typedInUserinfo.has(first))) return undefined
    return typedWriter(first, config['jsonType.label'] === 'JSON', target)
  }
  return (claims, value) => {
    if (value !== undefined) putClaim(claims, path, value, combine)
  }
}

function typedWriter(name: string, json: boolean, target: MapperTarget): WriteClaim {
  if (name === 'auth_time') {
    return (claims, value) => {
      const text = textOf(value, json)
      if (value !== undefined && /^[+-]?\d+$/.test(text)) claims[name] = Number(text)
    }
  }
  if (name !== 'aud') {
    return (claims, value) => {
      if (value !== undefined) claims[name] = textOf(value, json)
    }
  }
  return (claims, value) => {
    if (value === undefined) return
    const audiences = Array.isArray(value) && !json ? value.filter((item) => typeof item === 'string') : [textOf(value, json)]
    claims[name] = audiences.length === 1 && target !== 'userinfo' ? audiences[0] : audiences
  }
}

/** The text of a value, lists as `[a, b]` and JSON as JSON (reference behaviour). */
function textOf(value: unknown, json: boolean): string {
  if (json) return JSON.stringify(value) ?? ''
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, false)).join(', ')}]`
  return typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value)
}

/** Adds one audience, once. A single audience is a text, several are a list (RFC 7519 section 4.1.3). */
export function addAudience(claims: Claims, audience: string): void {
  const known = claims['aud']
  if (known === undefined) claims['aud'] = audience
  else if (!Array.isArray(known)) {
    if (known !== audience) claims['aud'] = [known, audience]
  } else if (!known.includes(audience)) claims['aud'] = [...known, audience]
}
