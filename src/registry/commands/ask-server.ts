import type { RemoteConfig, RemoteLogin } from '../../config/config.ts'
import type { HttpClient, OutgoingResponse } from '../../http/client.ts'
import { promptPassword } from './prompt.ts'

/** The server said no. The message is one line. */
export class Refused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Refused'
  }
}

/** A request below the realm, `/external-systems`, with its answer: the JSON, or undefined without a body. Throws Refused, HttpClientError. */
export type AskServer = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, json?: unknown) => Promise<unknown>

/** Gets a token, and returns what asks with it. Throws Refused, HttpClientError, PromptRefused. */
export async function logIn(http: HttpClient, { server, realm, login }: RemoteConfig): Promise<AskServer> {
  const token = await accessToken(http, server, login)
  return async (method, path, json) => {
    const response = await http.send({
      method,
      url: `${server}/admin/realms/${encodeURIComponent(realm)}${path}`,
      headers: { authorization: `Bearer ${token}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    if (response.status < 300) return jsonOf(response)
    throw new Refused(refusalOf(response))
  }
}

async function accessToken(http: HttpClient, server: string, login: RemoteLogin): Promise<string> {
  const form =
    login.kind === 'client'
      ? { grant_type: 'client_credentials', client_id: login.clientId, client_secret: login.secret }
      : {
          grant_type: 'password',
          client_id: 'admin-cli',
          username: login.username,
          password: login.password ?? (await promptPassword(`Password of ${login.username}: `)),
        }
  const response = await http.send({
    method: 'POST',
    url: `${server}/realms/${encodeURIComponent(login.realm)}/protocol/openid-connect/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const token = response.status === 200 ? member(jsonOf(response), 'access_token') : undefined
  if (token === undefined) throw new Refused(`Not logged in: ${refusalOf(response)}`)
  return token
}

function jsonOf({ body }: OutgoingResponse): unknown {
  try {
    return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

const member = (json: unknown, name: string): string | undefined => {
  const value = typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The server's own words, or its status. */
function refusalOf(response: OutgoingResponse): string {
  const json = jsonOf(response)
  const words = member(json, 'errorMessage') ?? member(json, 'error_description') ?? member(json, 'error')
  return words === undefined ? `the server answered ${response.status}` : `${words} (${response.status})`
}
