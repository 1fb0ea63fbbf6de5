import type { FormAction } from './form-action.ts'
import { registrationPasswordAction } from './registration-password-action.ts'
import { registrationRecaptchaAction } from './registration-recaptcha-action.ts'
import { registrationTermsAndConditions } from './registration-terms-and-conditions.ts'
import { registrationUserCreation } from './registration-user-creation.ts'

export const formActions: readonly FormAction[] = Object.freeze([
  registrationUserCreation,
  registrationPasswordAction,
  registrationRecaptchaAction,
  registrationTermsAndConditions,
])

const byId: ReadonlyMap<string, FormAction> = new Map(formActions.map((action) => [action.id, action]))

export const findFormAction = (id: string): FormAction | undefined => byId.get(id)
