import { nowSeconds } from '../../clock.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { users } from '../../storage/users.ts'
import { termsAttribute } from '../required-actions/terms-and-conditions.ts'
import { type FormAction, formActionRequirements } from './form-action.ts'

/** The new user agrees to the realm's terms in the form itself. */
export const registrationTermsAndConditions: FormAction = {
  id: 'registration-terms-and-conditions',
  label: 'Terms and conditions',
  help: 'Asks the user to accept terms and conditions before submitting its registration form.',
  requirements: formActionRequirements,
  properties: [],
  validate: async ({ form }) =>
    form.get('termsAccepted') === 'on'
      ? []
      : [{ field: 'termsAccepted', problem: 'termsAcceptanceRequired', error: 'invalid_registration' }],
  async apply({ step }, user) {
    const { database, clock } = step.services
    await database.transaction(async (tx) => {
      await userChanges(tx).setAttribute(user.id, termsAttribute, [String(nowSeconds(clock))])
      await users(tx).removeRequiredAction(user.id, 'TERMS_AND_CONDITIONS')
    })
  },
}
