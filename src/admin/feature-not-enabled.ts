import { AdminError } from '../http/errors.ts'

/** The answer to what the reference has only after its operator has switched it on, or what is not here. */
export const featureNotEnabled = (): AdminError =>
  new AdminError(501, { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' })
