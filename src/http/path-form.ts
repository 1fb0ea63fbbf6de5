/** The reference's error for a path that it does not route. */
export interface PathFault {
  readonly error: 'missingNormalization' | 'invalidCharacter'
  readonly error_description: string
}

/** Letters, digits, `-`, `.`, `_` and `~` need no escape (RFC 3986 section 2.3). */
const needlessEscape = /%(?:2[DE]|3\d|4[1-9A-F]|5[\dAF]|6[1-9A-F]|7[\dAE])/gi
const isNeedless = (code: string): boolean => /[\w.~-]/.test(String.fromCharCode(Number.parseInt(code.slice(1), 16)))

/**
 * What is wrong with the form of a path as it came; undefined for nothing. One thing has one path: a proxy in front that keeps strangers away
 * from `/admin` must read every path as we do, so those that it could read otherwise are refused (reference behaviour).
 */
export function pathFault(path: string): PathFault | undefined {
  if (path.includes(';')) return { error: 'invalidCharacter', error_description: "Request path contains invalid character ';'" }
  const isNormal = !path.includes('//') && !/\/\.{1,2}(?:\/|$)/.test(path) && !(path.match(needlessEscape) ?? []).some(isNeedless)
  return isNormal ? undefined : { error: 'missingNormalization', error_description: 'Request path not normalized' }
}
