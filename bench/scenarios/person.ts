import type { LoadRequest } from '../load.ts'
import { answerOf } from '../load.ts'
import type { BenchRealm } from './scenario.ts'

/** The person who logs in and the application that wants to know, as the realm file has them. */
export interface Cast {
  readonly username: string
  readonly password: string
  readonly clientId: string
  readonly secret: string
  readonly redirectUri: string
}

/** Of the scenarios that begin with a login: as many sessions as a run has connections by default, so that none waits for another. */
export const sessionsPrepared = 16

export function castOf({ realm, clients, users }: BenchRealm): Cast {
  const client = clients?.find((one) => one.secret !== undefined && (one.redirectUris ?? []).length > 0)
  const user = users?.find(({ credentials }) => credentials?.[0]?.value !== undefined)
  const [redirectUri] = client?.redirectUris ?? []
  const password = user?.credentials?.[0]?.value
  if (client?.secret === undefined || redirectUri === undefined || user === undefined || password === undefined)
    throw new Error(`realm ${realm} has no client with a secret and a redirect URI, or no user with a password`)
  return { username: user.username, password, clientId: client.clientId, secret: client.secret, redirectUri }
}

export const oidcUrl = (base: string, { realm }: BenchRealm, below: string): string =>
  `${base}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/${below}`

export const tokenUrl = (base: string, realm: BenchRealm): string => oidcUrl(base, realm, 'token')

export const formRequest = (url: string, form: Readonly<Record<string, string>>): LoadRequest => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(form).toString(),
})

/** A login by name and password in one request. */
export function loginRequest(base: string, realm: BenchRealm, more: Readonly<Record<string, string>> = {}): LoadRequest {
  const { username, password, clientId, secret } = castOf(realm)
  const client = { client_id: clientId, client_secret: secret }
  return formRequest(tokenUrl(base, realm), { grant_type: 'password', ...client, username, password, ...more })
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** The tokens of several sessions, turned into a request each. */
export async function requestsOfSessions(
  base: string,
  realm: BenchRealm,
  make: (tokens: Tokens) => LoadRequest,
): Promise<{ readonly requests: readonly [LoadRequest, ...LoadRequest[]] }> {
  const login = async (): Promise<LoadRequest> => make(JSON.parse(await answerOf(loginRequest(base, realm, { scope: 'openid' }))))
  const first = await login()
  return { requests: [first, ...(await Promise.all(Array.from({ length: sessionsPrepared - 1 }, login)))] }
}
