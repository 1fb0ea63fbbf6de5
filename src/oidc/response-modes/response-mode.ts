/**
 * Response modes: how an answer of the authorization endpoint reaches the application, one file per value of `response_mode`. Not here:
 * what the answer says. May call keys.
 */
import type { Clock } from '../../clock.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'

/** An answer on its way: where to, and what. Names are in the order of the wire. */
export interface AuthorizationAnswer {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly baseUrl: string
  readonly clock: Clock
  readonly redirectUri: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

export interface ResponseMode {
  /** The value of `response_mode`. */
  readonly id: string
  send(answer: AuthorizationAnswer): Promise<HttpResponse>
}

/** A browser that goes back must ask again: an answer is good once. */
export const notStored = { 'cache-control': 'no-store, must-revalidate, max-age=0' } as const

export const redirectTo = (location: string): HttpResponse => ({ status: 302, headers: { ...notStored, location } })

/** Headers hold ASCII: other characters of a redirect URI are percent-encoded, nothing else is touched. */
const ascii = (uri: string): string => uri.replaceAll(/[^ -~]+/g, encodeURIComponent)

const encode = (parameters: AuthorizationAnswer['parameters']): string =>
  new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString()

/** The redirect URI with the parameters behind its own query. */
export function inQuery(redirectUri: string, parameters: AuthorizationAnswer['parameters']): string {
  const uri = ascii(redirectUri)
  const mark = uri.indexOf('#')
  const [start, fragment] = mark < 0 ? [uri, ''] : [uri.slice(0, mark), uri.slice(mark)]
  const joint = start.endsWith('?') || start.endsWith('&') ? '' : start.includes('?') ? '&' : '?'
  return `${start}${joint}${encode(parameters)}${fragment}`
}

/** The redirect URI with the parameters as its fragment, or behind its own. */
export function inFragment(redirectUri: string, parameters: AuthorizationAnswer['parameters']): string {
  const uri = ascii(redirectUri)
  return `${uri}${uri.includes('#') ? '&' : '#'}${encode(parameters)}`
}
