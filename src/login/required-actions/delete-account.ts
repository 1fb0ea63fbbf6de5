import { users } from '../../storage/users.ts'
import { reportAction } from '../audit.ts'
import { clientUrl } from '../client-url.ts'
import { deleteAccountPage } from '../pages/delete-account-confirm.ts'
import { errorContent } from '../pages/error.ts'
import { infoPage } from '../pages/info.ts'
import type { PageContent } from '../pages/page.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { isAskedFor, isCancelled } from './required-action-properties.ts'

/** Users may delete their account when they have this role of this client. */
const allowingRole = { client: 'account', name: 'delete-account' } as const

async function isAllowed({ services, session }: Step): Promise<boolean> {
  if (session.userId === undefined) return false
  const roles = await users(services.database).grantedRoles(session.userId)
  return roles.some(({ name, client }) => name === allowingRole.name && client === allowingRole.client)
}

const forbidden: PageContent = errorContent({ message: { key: 'deletingAccountForbidden' }, status: 200 })

/** Takes the account away, with everything that belongs to it. */
export const deleteAccount: RequiredAction = {
  alias: 'delete_account',
  label: 'Delete Account',
  properties: [],
  applicationMayAsk: true,
  // Who takes an account away proves each time that it is his.
  maxAuthAgeSeconds: 0,
  async start(step): Promise<ActionResult> {
    if (!(await isAllowed(step))) return { kind: 'end', page: forbidden }
    return { kind: 'challenge', page: deleteAccountPage({ actionUrl: step.actionUrl, cancellable: isAskedFor(step) }) }
  },
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const { services, realm, session } = step
    const user = await step.user()
    if (user === undefined || !(await isAllowed(step))) {
      reportAction(step, 'DELETE_ACCOUNT', {
        error: 'delete_account_failed',
        details: { reason: 'does not have the required roles for user deletion' },
      })
      return { kind: 'end', page: forbidden }
    }
    await users(services.database).remove(realm.id, user.id)
    reportAction(step, 'DELETE_ACCOUNT', { details: { username: user.username } })
    session.userId = undefined
    return { kind: 'end', page: infoPage({ message: { key: 'userDeletedSuccessfully' }, linkUrl: clientUrl(step) }) }
  },
}
