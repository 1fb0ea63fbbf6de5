import type { HttpRequest, HttpResponse } from './values.ts'

export interface CookieAttributes {
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'None' | 'Lax' | 'Strict'
  /** Absent: until the browser ends. */
  readonly maxAgeSeconds?: number
}

/** Cookies read from one request. More is no browser. */
const cookiesMax = 100

/** The cookies of a request by name; the first of several with one name counts (RFC 6265 section 5.4: the longest path comes first). */
export function readCookies(request: Pick<HttpRequest, 'headers'>): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const part of (request.headers.cookie ?? '').split(';', cookiesMax)) {
    const equals = part.indexOf('=')
    const name = part.slice(0, equals).trim()
    if (equals > 0 && !cookies.has(name))
      cookies.set(
        name,
        part
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      )
  }
  return cookies
}

/** A Set-Cookie line. The value must be made of cookie characters: base64url, hex, percent-encoded text. */
export function setCookie(name: string, value: string, { path, secure, httpOnly, sameSite, maxAgeSeconds }: CookieAttributes): string {
  const age = maxAgeSeconds === undefined ? '' : `;Max-Age=${maxAgeSeconds}`
  return `${name}=${value};Version=1;Path=${path}${age}${secure ? ';Secure' : ''}${httpOnly ? ';HttpOnly' : ''};SameSite=${sameSite}`
}

/** A Set-Cookie line that removes the cookie. */
export const expiredCookie = (name: string, attributes: CookieAttributes): string =>
  setCookie(name, '', { ...attributes, maxAgeSeconds: 0 })

/** Adds Set-Cookie lines to an answer. */
export function withCookies(response: HttpResponse, cookies: readonly string[]): HttpResponse {
  const present = [response.headers?.['set-cookie'] ?? []].flat()
  return { ...response, headers: { ...response.headers, 'set-cookie': [...present, ...cookies] } }
}
