import { registerWebauthn } from './webauthn.ts'

/** Registers an authenticator as a second factor. */
export const webauthnRegister = registerWebauthn('webauthn-register', 'Webauthn Register', 'webauthn')
