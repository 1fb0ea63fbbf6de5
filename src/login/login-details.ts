import type { LoginContext } from './context.ts'
import { attemptedUsernameNote, rememberMeNote } from './notes.ts'

/** Who logs in, as he was named on the page; by the name of the account where nobody asked for one. */
export async function namedUser(context: LoginContext): Promise<string | undefined> {
  return context.session.notes[attemptedUsernameNote] ?? (await context.user())?.username
}

/** What the application's protocol tells of the answer that was asked for. */
export const answerDetails = ({ services, client, session }: LoginContext): Readonly<Record<string, string>> =>
  services.protocols.get(client.protocol)?.details(session) ?? {}

/** What the audit events of required actions and of consent tell of the login around them. */
export async function describeLogin(context: LoginContext): Promise<void> {
  const { details, session } = context
  Object.assign(details, answerDetails(context), {
    username: await namedUser(context),
    remember_me: String(session.notes[rememberMeNote] === 'true'),
  })
}
