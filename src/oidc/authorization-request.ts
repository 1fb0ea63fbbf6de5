import { type Form, readForm, readQuery } from '../http/parameters.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { resolveRedirectUri } from '../realm/redirect-uri.ts'
import { authenticationSessionLimits, type FlowPath } from '../sessions/authentication-session.ts'
import type { AuthorizationRequest } from './checks/check.ts'
import { findResponseMode } from './response-modes/response-modes.ts'
import { parseResponseType } from './response-type.ts'

/** Parameters that the login or the answer needs. Others are ignored (RFC 6749 section 3.1). */
const kept = [
  ...['response_type', 'response_mode', 'redirect_uri', 'scope', 'state', 'nonce', 'prompt', 'max_age', 'display', 'ui_locales'],
  ...['login_hint', 'claims', 'acr_values', 'code_challenge', 'code_challenge_method', 'kc_action', 'kc_idp_hint'],
] as const

/** A name is shorter than other parameters may be; the reference's limit. */
const loginHintLengthMax = 255

const lengthMax = (name: string): number => (name === 'login_hint' ? loginHintLengthMax : authenticationSessionLimits.parameterLengthMax)

/** The parameters of an authorization request: of the query, or of the form when it is posted. */
export const readParameters = (request: HttpRequest): Form => (request.method === 'POST' ? readForm(request) : readQuery(request))

/** Reads what an application asks for. Parameters that are too long count as absent (reference behaviour). */
export function readAuthorizationRequest(
  form: Form,
  {
    realm,
    client,
    baseUrl,
    path,
    pushed,
    knowsAccessType,
  }: {
    readonly realm: RealmSnapshot
    readonly client: Client
    readonly baseUrl: string
    readonly path: FlowPath
    readonly pushed: boolean
    readonly knowsAccessType: boolean
  },
): AuthorizationRequest {
  const get = (name: string): string | undefined => {
    const value = form.get(name)
    return value === undefined || value.length > lengthMax(name) ? undefined : value
  }
  const text = get('response_type')
  const responseType = text === undefined ? undefined : parseResponseType(text)
  const required = (get('scope') ?? '').split(' ').includes('openid')
  return {
    realm,
    client,
    accessType: knowsAccessType ? get('access_type') : undefined,
    flowPath: path === 'authenticate' && get('prompt') === 'create' ? 'registration' : path,
    pushed,
    get,
    repeated: form.repeated,
    // One that is too long was still sent: the client's only other one must not take its place.
    redirectUri: resolveRedirectUri(client, form.get('redirect_uri'), { baseUrl, required }),
    responseType,
    responseMode: findResponseMode(get('response_mode'), responseType),
  }
}

/** What is kept of a checked request until the login ends. */
export function keptParameters(request: AuthorizationRequest): Record<string, string> {
  const found = kept.flatMap((name) => {
    const value = name === 'scope' ? scopeOf(request) : request.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const { accessType } = request
  return { ...Object.fromEntries(found), ...(accessType === undefined ? {} : { [accessTypeNote]: accessType }) }
}

/** The parameter and the note of the client's part of a session by which a code knows whether a refresh token belongs to it. */
export const accessTypeNote = 'access_type'

/** Offline access is a scope: `access_type=offline` asks for it, where the client has it, as if the request had named it. */
function scopeOf({ client, accessType, get }: AuthorizationRequest): string | undefined {
  const scope = get('scope')
  const names = scope?.split(' ').filter((name) => name !== '') ?? []
  const canAsk = accessType === 'offline' && client.optionalScopes.some(({ name }) => name === offlineAccess)
  return canAsk && !names.includes(offlineAccess) ? [...names, offlineAccess].join(' ') : scope
}

const offlineAccess = 'offline_access'
