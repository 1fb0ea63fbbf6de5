import { nowSeconds } from '../clock.ts'
import { withCookies } from '../http/cookies.ts'
import type { HttpResponse } from '../http/values.ts'
import type { Session } from '../sessions/session.ts'
import { users } from '../storage/users.ts'
import { chosenOrganizationNote } from '../tokens/mappers/asked-organizations.ts'
import { acrNote, acrOfLevel, finalLevel } from './acr.ts'
import { reportFailure, showPage } from './answers.ts'
import type { LoginContext } from './context.ts'
import { expireRestartCookie, localeCookie, loginCookies, readIdentity, rememberMeCookies } from './cookies.ts'
import { expiredPage } from './expired.ts'
import { namedUser } from './login-details.ts'
import { lastingLocale } from './login-locale.ts'
import {
  attemptedUsernameNote,
  authTimeNote,
  chosenOrganizationLoginNote,
  consentDetailNote,
  rememberMeNote,
  ssoAuthNote,
  ssoNote,
} from './notes.ts'
import { errorContent } from './pages/error.ts'

/** The notes of the client's part of a session: what the request asked for, read again at a refresh, at userinfo, at introspection. */
const keptParameters = [
  ...['scope', 'nonce', 'redirect_uri', 'claims', 'acr_values', 'response_type', 'response_mode', 'access_type'],
] as const

/**
 * Ends a login: the login in progress is used up (of two tabs' answers one wins), the user gets a session or the client a part in the
 * one that the browser has, the protocol answers, the browser gets its cookies.
 */
export async function finishLogin(context: LoginContext): Promise<HttpResponse> {
  const { realm, client, request, services, session: asked } = context
  const user = await context.user()
  if (user === undefined || user.enabled !== 1 || !(await services.authenticationSessions.take(asked))) return expiredPage(context)
  const known = asked.notes[ssoNote] ?? (await sessionOfBrowser(context))
  if (known === 'another user') return anotherUserPage(context)
  const bySso = known !== undefined && asked.notes[ssoAuthNote] === 'true'
  const session = (known && (await join(context, known, bySso))) || (await create(context))
  if (!bySso) await services.guard.succeeded(realm, user.id)
  const protocol = services.protocols.get(client.protocol)
  if (protocol === undefined) throw new Error(`no login protocol ${client.protocol}`)
  const response = await protocol.finish({ realm, client, request, asked, session })
  services.events.emit({
    type: 'LOGIN',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: user.id,
    sessionId: session.id,
    ipAddress: request.remoteAddress,
    details: {
      ...context.details,
      ...protocol.details(asked),
      username: context.details['username'] ?? (await namedUser(context)),
      consent: asked.notes[consentDetailNote] ?? 'no_consent_required',
    },
  })
  const locale = await lastingLocale(context)
  return withCookies(response, [
    ...(locale === undefined ? [] : [localeCookie(request, realm, locale)]),
    expireRestartCookie(request, realm),
    ...(realm.settings.rememberMe && !bySso
      ? rememberMeCookies(request, realm, session.rememberMe ? (asked.notes[attemptedUsernameNote] ?? user.username) : undefined)
      : []),
    ...(await loginCookies({ realm, request, clock: services.clock, random: services.random }, session)),
  ])
}

/**
 * The session that the browser has got since this login began, in another tab. Whoever was known to this login may have been left on
 * purpose; somebody who came in beside it was not.
 */
async function sessionOfBrowser({ realm, request, services, session }: LoginContext): Promise<string | 'another user' | undefined> {
  const identity = readIdentity({ realm, request, clock: services.clock })
  const found = identity && (await services.sessions.find(realm, identity.sessionId, false))
  if (identity === undefined || found === undefined) return undefined
  return found.userId === session.userId ? identity.sessionId : 'another user'
}

async function anotherUserPage(context: LoginContext): Promise<HttpResponse> {
  const { realm, request, services } = context
  const identity = readIdentity({ realm, request, clock: services.clock })
  const other = identity && (await users(services.database).findById(realm.id, identity.userId))
  reportFailure(context, 'different_user_authenticated')
  return showPage(context, errorContent({ message: { key: 'differentUserAuthenticated', values: [other?.username ?? ''] } }))
}

/** What was asked for, and the level that was reached. */
function clientNotes({ realm, client, session }: LoginContext, bySso: boolean): Record<string, string> {
  const kept = keptParameters.flatMap((name) => {
    const value = session.request[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const chosen = session.notes[chosenOrganizationLoginNote]
  return {
    ...Object.fromEntries(kept),
    ...(chosen === undefined ? {} : { [chosenOrganizationNote]: chosen }),
    [acrNote]: acrOfLevel(realm, client, session.request, finalLevel(session, bySso)),
  }
}

/** A login by proof notes when it was: single sign-on keeps the time of the proof. */
function userNotes({ session, services }: LoginContext, bySso: boolean): Record<string, string> {
  return bySso ? session.sessionNotes : { [authTimeNote]: String(nowSeconds(services.clock)), ...session.sessionNotes }
}

function join(context: LoginContext, sessionId: string, bySso: boolean): Promise<Session | undefined> {
  const { services, realm, client, session } = context
  return services.sessions.attach(realm, client, sessionId, {
    userId: session.userId ?? '',
    notes: userNotes(context, bySso),
    clientNotes: clientNotes(context, bySso),
  })
}

function create(context: LoginContext): Promise<Session> {
  const { services, realm, client, request, session } = context
  return services.sessions.create(realm, client, {
    userId: session.userId ?? '',
    offline: false,
    rememberMe: session.notes[rememberMeNote] === 'true',
    ipAddress: request.remoteAddress,
    userAgent: request.headers['user-agent'],
    notes: userNotes(context, false),
    clientNotes: clientNotes(context, false),
  })
}
