import type { RegistrationPolicy } from './policy.ts'

/** Tokens of a new client hold no role that is not mapped to it. */
export const scope: RegistrationPolicy = {
  id: 'scope',
  imposes: { fullScopeAllowed: false },
  refusal: (act) =>
    act.kind === 'update' && act.given.fullScopeAllowed && !act.before.fullScopeAllowed
      ? 'Not permitted to enable fullScopeAllowed'
      : undefined,
}
