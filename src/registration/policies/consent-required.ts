import type { RegistrationPolicy } from './policy.ts'

/** People are asked before a new client learns of them. */
export const consentRequired: RegistrationPolicy = {
  id: 'consent-required',
  imposes: { consentRequired: true },
  refusal: (act) =>
    act.kind === 'update' && act.given.consentRequired === false && act.before.consentRequired
      ? 'Not permitted to update consentRequired to false'
      : undefined,
}
