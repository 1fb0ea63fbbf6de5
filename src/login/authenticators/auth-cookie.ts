import { nowSeconds } from '../../clock.ts'
import type { RealmAuthentication } from '../../realm/model.ts'
import { users } from '../../storage/users.ts'
import { levelMaxAges, resumeLevels } from '../acr.ts'
import { askedActionMaxAgeSeconds } from '../asked-action.ts'
import type { Authenticator } from '../authenticator.ts'
import { readIdentity } from '../cookies.ts'
import { authTimeNote, reauthenticationNote, ssoAuthNote, ssoNote } from '../notes.ts'
import type { Step, StepResult } from '../step.ts'
import { topFlow } from '../top-flow.ts'

/**
 * Single sign-on: the browser's identity cookie names a session that is still there. When the application wants a fresh login
 * (prompt=login, max_age) the user is known, but must prove it again.
 */
export const authCookie: Authenticator = {
  id: 'auth-cookie',
  label: 'Cookie',
  help: 'Validates the SSO cookie set by the auth server.',
  category: 'cookie',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [],
  needsUser: false,
  async start(step): Promise<StepResult> {
    const { realm, request, services, session } = step
    const identity = readIdentity({ realm, request, clock: services.clock })
    if (identity === undefined) return { kind: 'attempted' }
    const found = await services.sessions.find(realm, identity.sessionId, false)
    if (found === undefined || found.userId !== identity.userId) return { kind: 'attempted' }
    const user = await users(services.database).findById(realm.id, found.userId)
    if (user === undefined || user.enabled !== 1) return { kind: 'attempted' }
    step.identify(user)
    session.notes[ssoNote] = identity.sessionId
    const notes = (await services.sessions.notesOf(realm, identity.sessionId)) ?? {}
    const authentication = await realm.authentication()
    if (mustProveAgain(step, authentication, notes)) {
      session.notes[reauthenticationNote] = 'true'
      return { kind: 'attempted' }
    }
    const maxAges = levelMaxAges(authentication, topFlow(authentication, realm, step.client, 'authenticate'))
    // A higher level is asked for: what was proved before stays, and the rest of the flow adds to it.
    if (!resumeLevels(step, notes, maxAges, nowSeconds(services.clock))) return { kind: 'attempted' }
    session.notes[ssoAuthNote] = 'true'
    return { kind: 'success' }
  },
}

/** What the authorization request says of how fresh the login must be (OpenID Connect Core section 3.1.2.1), and the action it asks for. */
function mustProveAgain(
  { realm, session, services }: Step,
  authentication: RealmAuthentication,
  notes: Readonly<Record<string, string>>,
): boolean {
  const prompts = (session.request['prompt'] ?? '').split(' ')
  if (prompts.includes('login')) return true
  const { max_age: maxAge = '' } = session.request
  const ages = [/^[+-]?\d+$/.test(maxAge) ? Number(maxAge) : undefined, askedActionMaxAgeSeconds(realm, authentication, session)]
  const ageSeconds = nowSeconds(services.clock) - Number(notes[authTimeNote] ?? 0)
  return ages.some((most) => most !== undefined && (most === 0 || ageSeconds > most))
}
