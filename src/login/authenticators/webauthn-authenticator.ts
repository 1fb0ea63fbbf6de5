import { webauthnAuthenticator as ofKind } from './webauthn.ts'

/** An authenticator of the user as a second factor. */
export const webauthnAuthenticator = ofKind({
  id: 'webauthn-authenticator',
  label: 'WebAuthn Authenticator',
  help: 'Authenticator for WebAuthn. Usually used for WebAuthn two-factor authentication',
  kind: 'webauthn',
  needsUser: true,
  setupAction: 'webauthn-register',
})
