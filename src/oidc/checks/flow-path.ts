import { PageError } from '../../http/errors.ts'
import type { Check } from './check.ts'

/** Registration and forgotten passwords are the realm's to allow. */
export const flowPath: Check = {
  name: 'flow path',
  run({ flowPath: path, realm: { settings } }) {
    if (path === 'registration' && !settings.registrationAllowed)
      throw new PageError('registrationNotAllowedMessage', 400, 'registration_disabled')
    if (path === 'reset-credentials' && !settings.resetPasswordAllowed)
      throw new PageError('resetCredentialNotAllowedMessage', 400, 'not_allowed')
  },
}
