import { HashQueueFull } from '../../crypto/hash-queue.ts'
import type { UserRow } from '../../storage/users.ts'
import { refusalOf } from '../proof.ts'
import type { Step } from '../step.ts'

/** Characters of a user name or password that are looked at: longer ones only cost time. */
const textMax = 4_096

export const limitedText = (text: string | undefined): string => (text ?? '').slice(0, textMax)

/** More logins than can be hashed: the form again, so that nothing is lost. */
export function tooManyLogins(error: unknown): 'busy' {
  if (error instanceof HashQueueFull) return 'busy'
  throw error
}

export interface Refusal {
  readonly messageKey: string
  readonly event: string
}

export const busy: Refusal = { messageKey: 'internalServerError', event: 'temporarily_unavailable' }

/** What is told of a wrong name or password: one text for both. That a user is switched off is told only to who knows the password. */
export async function refuse(step: Step, user: UserRow | undefined, right: boolean): Promise<Refusal | undefined> {
  if (user === undefined) return { messageKey: 'invalidUserMessage', event: 'user_not_found' }
  const event = await refusalOf(step, user, 'primary', right)
  if (event !== undefined) return { messageKey: 'invalidUserMessage', event }
  if (user.enabled !== 1) return { messageKey: 'accountDisabledMessage', event: 'user_disabled' }
  return undefined
}
