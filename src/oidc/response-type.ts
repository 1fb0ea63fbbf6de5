/** What an application wants back (OAuth 2.0 Multiple Response Types): each word at most once. */
export interface ResponseType {
  readonly code: boolean
  readonly idToken: boolean
  readonly token: boolean
}

const words: ReadonlySet<string> = new Set(['code', 'id_token', 'token', 'none'])

/** Words are separated by one blank; blanks may follow. Undefined for anything unknown, and for `none` beside others. */
export function parseResponseType(text: string): ResponseType | undefined {
  const named = text.replace(/ +$/, '').split(' ')
  if (named.some((word) => !words.has(word))) return undefined
  const distinct = new Set(named)
  if (distinct.has('none') && distinct.size > 1) return undefined
  return { code: distinct.has('code'), idToken: distinct.has('id_token'), token: distinct.has('token') }
}

/** True when tokens come straight from the authorization endpoint, beside a code or without. */
export const isImplicitOrHybrid = ({ idToken, token }: ResponseType): boolean => idToken || token

export const isImplicit = (type: ResponseType): boolean => isImplicitOrHybrid(type) && !type.code
