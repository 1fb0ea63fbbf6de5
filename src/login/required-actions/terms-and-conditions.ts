import { nowSeconds } from '../../clock.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { reportAction } from '../audit.ts'
import { termsPage } from '../pages/terms.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import { maxAuthAge } from './required-action-properties.ts'

/** The user attribute that says when the terms were accepted, in seconds since the epoch. */
export const termsAttribute = 'terms_and_conditions'

/** The realm's terms; who declines them does not get in. */
export const termsAndConditions: RequiredAction = {
  alias: 'TERMS_AND_CONDITIONS',
  label: 'Terms and Conditions',
  properties: [maxAuthAge],
  applicationMayAsk: false,
  start: async ({ actionUrl }) => ({ kind: 'challenge', page: termsPage({ actionUrl }) }),
  async submit(step, form): Promise<ActionResult> {
    const { session, services } = step
    const { userId } = session
    if (userId === undefined || form.get('cancel') !== undefined) {
      reportAction(step, 'CUSTOM_REQUIRED_ACTION', { error: 'rejected_by_user' })
      return { kind: 'failure', error: 'rejected_by_user', description: 'termsAndConditionsDeclined' }
    }
    const now = String(nowSeconds(services.clock))
    await services.database.transaction((tx) => userChanges(tx).setAttribute(userId, termsAttribute, [now]))
    reportAction(step, 'CUSTOM_REQUIRED_ACTION')
    return { kind: 'done' }
  },
}
