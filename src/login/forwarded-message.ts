import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { forwardedMessageNote } from './notes.ts'
import type { Message } from './pages/page.ts'

/** Keeps something to say on the next page of a login. */
export function noteForwardedMessage(session: AuthenticationSession, message: Message): void {
  session.notes[forwardedMessageNote] = JSON.stringify(message)
}

/** What is to be said, once; undefined when nothing is. */
export function takeForwardedMessage(session: AuthenticationSession): Message | undefined {
  const kept = session.notes[forwardedMessageNote]
  delete session.notes[forwardedMessageNote]
  return kept === undefined ? undefined : (JSON.parse(kept) as Message)
}
