import { webauthnAuthenticator as ofKind } from './webauthn.ts'

/** A passkey instead of a password. It needs no user: a resident key tells who it is. */
export const webauthnAuthenticatorPasswordless = ofKind({
  id: 'webauthn-authenticator-passwordless',
  label: 'WebAuthn Passwordless Authenticator',
  help: 'Authenticator for Passwordless WebAuthn authentication',
  kind: 'webauthn-passwordless',
  needsUser: false,
  setupAction: 'webauthn-register-passwordless',
})
