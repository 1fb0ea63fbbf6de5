import { registerWebauthn } from './webauthn.ts'

/** Registers a passkey. */
export const webauthnRegisterPasswordless = registerWebauthn(
  'webauthn-register-passwordless',
  'Webauthn Register Passwordless',
  'webauthn-passwordless',
)
