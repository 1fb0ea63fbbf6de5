import type { UserRow } from '../storage/users.ts'
import type { FailedFactor } from '../users/login-guard.ts'
import type { Step } from './step.ts'

/**
 * What stands against taking a credential that was just checked, in the words of the audit event; undefined when nothing does. Counts a
 * wrong one. Asked after the check, right or wrong: see LoginGuard.
 */
export async function refusalOf(
  { services, realm, request }: Step,
  user: UserRow,
  factor: FailedFactor,
  right: boolean,
): Promise<string | undefined> {
  const { lock } = await services.guard.state(realm, user)
  if (lock !== undefined) return lock
  if (right) return undefined
  await services.guard.failed(realm, user, request.remoteAddress, factor)
  return 'invalid_user_credentials'
}
