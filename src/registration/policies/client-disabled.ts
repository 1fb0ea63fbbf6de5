import type { RegistrationPolicy } from './policy.ts'

/** New clients wait for an administrator. */
export const clientDisabled: RegistrationPolicy = {
  id: 'client-disabled',
  imposes: { enabled: false },
  refusal: (act) => (act.kind === 'update' && act.given.enabled && !act.before.enabled ? 'Not permitted to enable client' : undefined),
}
