import type { ClaimsRequest } from './protocol-mapper.ts'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads the `claims` parameter (OpenID Connect Core section 5.5). What cannot be read asks for nothing: the parameter is a wish, and the
 * reference takes a request whose wish is garbled.
 */
export function readClaimsRequest(text: string | undefined): ClaimsRequest | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return undefined
    const { userinfo, id_token: idToken } = value
    return { ...(isObject(userinfo) ? { userinfo } : {}), ...(isObject(idToken) ? { id_token: idToken } : {}) }
  } catch {
    return undefined
  }
}
