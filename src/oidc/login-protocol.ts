import type { HttpResponse } from '../http/values.ts'
import { acrNote } from '../login/acr.ts'
import { askedActionOf } from '../login/asked-action.ts'
import type { FinishedLogin, LoginProtocol } from '../login/login-protocol.ts'
import { authTimeNote, kcActionStatusNote } from '../login/notes.ts'
import { readClaimsRequest } from '../tokens/claims-request.ts'
import { accessType, type Granted, mintFront } from '../tokens/mint.ts'
import { permittedScopes, scopesOfToken } from '../tokens/roles.ts'
import type { Users } from '../users/users.ts'
import { type AnswerParameters, errorParameters, issuerParameter, present } from './answer.ts'
import { type CodeParts, issueCode, madeSession } from './code.ts'
import { endPushedRequest, pushedRequestNote } from './pushed-requests.ts'
import { query } from './response-modes/query.ts'
import type { ResponseMode } from './response-modes/response-mode.ts'
import { findResponseMode } from './response-modes/response-modes.ts'
import { isImplicit, isImplicitOrHybrid, parseResponseType, type ResponseType } from './response-type.ts'

export interface OpenidConnectParts extends CodeParts {
  readonly users: Pick<Users, 'facts'>
}

type Ended = Pick<FinishedLogin, 'realm' | 'client' | 'request' | 'asked'>

/** How OpenID Connect ends a login: an answer in the response mode that was asked for. */
export function openidConnect(parts: OpenidConnectParts): LoginProtocol {
  return {
    id: 'openid-connect',
    details: (asked) => ({
      response_type: asked.request['response_type'] ?? 'code',
      response_mode: modeOf(asked).id.replace('.', '_'),
    }),
    async finish(login) {
      const requestUri = login.asked.request[pushedRequestNote]
      if (requestUri !== undefined) await endPushedRequest(parts.sql, parts.clock, login.realm, requestUri)
      return send(parts, login, await successParameters(parts, login))
    },
    fail: (login, failure, description) => {
      const { realm, client, request, asked } = login
      const context = { realm, client, baseUrl: request.baseUrl }
      return send(parts, login, errorParameters(context, { code: failure, description }, asked.request['state']))
    },
  }
}

function send(
  { clock }: OpenidConnectParts,
  { realm, client, request, asked }: Ended,
  parameters: AnswerParameters,
): Promise<HttpResponse> {
  return modeOf(asked).send({ realm, client, baseUrl: request.baseUrl, clock, redirectUri: asked.redirectUri, parameters })
}

const modeOf = (asked: Ended['asked']): ResponseMode => findResponseMode(asked.request['response_mode'], responseTypeOf(asked)) ?? query

/** The request was checked before it was kept. */
const responseTypeOf = ({ request }: Ended['asked']): ResponseType =>
  parseResponseType(request['response_type'] ?? '') ?? { code: false, idToken: false, token: false }

async function successParameters(parts: OpenidConnectParts, login: FinishedLogin): Promise<AnswerParameters> {
  const { realm, client, request, asked, session } = login
  const type = responseTypeOf(asked)
  const status = asked.notes[kcActionStatusNote]
  const code = type.code ? await issueCode(parts, realm, codeGrant(login)) : undefined
  const tokens = isImplicitOrHybrid(type) ? await frontTokens(parts, login, { type, code }) : undefined
  return present([
    ['state', asked.request['state']],
    ['session_state', client.attributes['exclude.session.state.from.auth.response'] === 'true' ? undefined : session.id],
    ['iss', issuerParameter({ realm, client, baseUrl: request.baseUrl })],
    ['kc_action_status', status],
    ['kc_action', status === undefined ? undefined : askedActionOf(asked)],
    ['code', code],
    ['id_token', tokens?.idToken],
    ['access_token', tokens?.accessToken],
    ['token_type', tokens?.accessToken === undefined ? undefined : accessType(client)],
    ['expires_in', tokens?.expiresInSeconds?.toString()],
  ])
}

function codeGrant({ client, asked, session }: FinishedLogin): Parameters<typeof issueCode>[2] {
  const { request } = asked
  return {
    clientId: client.id,
    sessionId: session.id,
    redirectUri: request['redirect_uri'],
    challenge: request['code_challenge'],
    challengeMethod: request['code_challenge_method'],
    nonce: request['nonce'],
    madeSession: madeSession(session),
    clientNotes: session.client.notes,
  }
}

async function frontTokens(
  parts: OpenidConnectParts,
  { realm, client, request, asked, session }: FinishedLogin,
  { type, code }: { readonly type: ResponseType; readonly code: string | undefined },
): ReturnType<typeof mintFront> {
  const user = await parts.users.facts(realm, session.userId)
  if (user === undefined) throw new Error('the user of a finished login is gone')
  const { nonce, claims, scope, state } = asked.request
  const granted: Granted = {
    grantCode: 'na',
    implicit: isImplicit(type),
    user,
    scopes: permittedScopes(scopesOfToken(client, scope ?? ''), user),
    session,
    refreshToken: false,
    acr: session.client.notes[acrNote] ?? '1',
    authTime: authTimeOf(session.notes),
    nonce,
    claimsRequest: readClaimsRequest(claims),
  }
  const context = { realm, client, baseUrl: request.baseUrl, clock: parts.clock, random: parts.random }
  return mintFront(context, granted, { accessToken: type.token, idToken: type.idToken, code, state })
}

/** When the user of a session proved who he is, in seconds; undefined for a session that began without a browser. */
export function authTimeOf(notes: Readonly<Record<string, string>>): number | undefined {
  const text = notes[authTimeNote]
  return text === undefined ? undefined : Number(text)
}
