import type { RegistrationPolicy } from './policy.ts'

/** Scripts of which origins may register clients. */
export const registrationWebOrigins: RegistrationPolicy = {
  id: 'registration-web-origins',
  origins: (config) => config['web-origins'] ?? [],
}
