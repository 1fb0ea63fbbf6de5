/**
 * Texts of the e-mails, one file per language; message keys, their values and the subjects are the reference's. `{0}` is a place for a
 * value; a text whose key ends in `Html` is markup. Periods have a text per plural form (`.one`, `.few` …). Data that may call nothing.
 */
export const en: Readonly<Record<string, string>> = Object.freeze({
  emailVerificationSubject: 'Verify email',
  emailVerificationBody:
    'Somebody gave this address for an account at {2}. If it was you, open the link below to confirm that the address is yours:\n\n{0}\n\nThe link works for {3}.\n\nIf it was not you, there is nothing to do.',
  emailVerificationBodyHtml:
    '<p>Somebody gave this address for an account at {2}. If it was you, open the link below to confirm that the address is yours.</p><p><a href="{0}" rel="nofollow">Confirm this e-mail address</a></p><p>The link works for {3}.</p><p>If it was not you, there is nothing to do.</p>',
  emailUpdateConfirmationSubject: 'Verify new email',
  emailUpdateConfirmationBody:
    'Open the link below to make {1} the address of your account at {2}:\n\n{0}\n\nThe link works for {3}.\n\nIf you do not want that, there is nothing to do.',
  emailUpdateConfirmationBodyHtml:
    '<p>Open the link below to make {1} the address of your account at {2}.</p><p><a href="{0}" rel="nofollow">Use the new address</a></p><p>The link works for {3}.</p><p>If you do not want that, there is nothing to do.</p>',
  passwordResetSubject: 'Reset password',
  passwordResetBody:
    'Somebody asked to set new credentials for your account at {2}. If it was you, open the link below:\n\n{0}\n\nThe link works once, within {3}.\n\nIf it was not you, there is nothing to do: nothing has been changed.',
  passwordResetBodyHtml:
    '<p>Somebody asked to set new credentials for your account at {2}. If it was you, open the link below.</p><p><a href="{0}" rel="nofollow">Set new credentials</a></p><p>The link works once, within {3}.</p><p>If it was not you, there is nothing to do: nothing has been changed.</p>',
  executeActionsSubject: 'Update Your Account',
  executeActionsBody:
    'An administrator of {2} asks you to do the following for your account: {4}. Open the link below to begin:\n\n{0}\n\nThe link works for {3}.\n\nIf you know nothing of this, there is nothing to do: nothing has been changed.',
  executeActionsBodyHtml:
    '<p>An administrator of {2} asks you to do the following for your account: {4}. Open the link below to begin.</p><p><a href="{0}" rel="nofollow">Update your account</a></p><p>The link works for {3}.</p><p>If you know nothing of this, there is nothing to do: nothing has been changed.</p>',
  orgInviteSubject: 'Invitation to join the {0} organization',
  orgInviteBody:
    'You are invited to join the {1} organization at {2}. Open the link below to join:\n\n{0}\n\nThe link works for {3}.\n\nIf you do not want that, there is nothing to do.',
  orgInviteBodyHtml:
    '<p>You are invited to join the {1} organization at {2}.</p><p><a href="{0}" rel="nofollow">Join the organization</a></p><p>The link works for {3}.</p><p>If you do not want that, there is nothing to do.</p>',
  orgInviteBodyPersonalized:
    'Hello, {4} {5}!\n\nYou are invited to join the {1} organization at {2}. Open the link below to join:\n\n{0}\n\nThe link works for {3}.\n\nIf you do not want that, there is nothing to do.',
  orgInviteBodyPersonalizedHtml:
    '<p>Hello, {4} {5}!</p><p>You are invited to join the {1} organization at {2}.</p><p><a href="{0}" rel="nofollow">Join the organization</a></p><p>The link works for {3}.</p><p>If you do not want that, there is nothing to do.</p>',
  emailTestSubject: 'SMTP test message',
  emailTestBody: 'This is a test message: e-mail works.',
  emailTestBodyHtml: '<p>This is a test message: e-mail works.</p>',
  eventLoginErrorSubject: 'Login error',
  eventLoginErrorBody: 'A login to your account failed on {0}, from {1}. If it was not you, please tell an administrator.',
  eventLoginErrorBodyHtml: '<p>A login to your account failed on {0}, from {1}. If it was not you, please tell an administrator.</p>',
  eventRemoveTotpSubject: 'Remove OTP',
  eventRemoveTotpBody:
    'One-time passwords were removed from your account on {0}, from {1}. If it was not you, please tell an administrator.',
  eventRemoveTotpBodyHtml:
    '<p>One-time passwords were removed from your account on {0}, from {1}. If it was not you, please tell an administrator.</p>',
  eventUpdatePasswordSubject: 'Update password',
  eventUpdatePasswordBody: 'The password of your account was changed on {0}, from {1}. If it was not you, please tell an administrator.',
  eventUpdatePasswordBodyHtml:
    '<p>The password of your account was changed on {0}, from {1}. If it was not you, please tell an administrator.</p>',
  eventUpdateTotpSubject: 'Update OTP',
  eventUpdateTotpBody: 'One-time passwords were set up for your account on {0}, from {1}. If it was not you, please tell an administrator.',
  eventUpdateTotpBodyHtml:
    '<p>One-time passwords were set up for your account on {0}, from {1}. If it was not you, please tell an administrator.</p>',
  eventUpdateCredentialSubject: 'Update credential',
  eventUpdateCredentialBody:
    'A credential of your account ({0}) was changed on {1}, from {2}. If it was not you, please tell an administrator.',
  eventUpdateCredentialBodyHtml:
    '<p>A credential of your account ({0}) was changed on {1}, from {2}. If it was not you, please tell an administrator.</p>',
  eventRemoveCredentialSubject: 'Remove credential',
  eventRemoveCredentialBody:
    'A credential of your account ({0}) was removed on {1}, from {2}. If it was not you, please tell an administrator.',
  eventRemoveCredentialBodyHtml:
    '<p>A credential of your account ({0}) was removed on {1}, from {2}. If it was not you, please tell an administrator.</p>',
  eventUserDisabledByTemporaryLockoutSubject: 'User disabled by temporary lockout',
  eventUserDisabledByTemporaryLockoutBody:
    'Your account was locked for a while on {0}, after several failed logins. If they were not yours, please tell an administrator.',
  eventUserDisabledByTemporaryLockoutHtml:
    '<p>Your account was locked for a while on {0}, after several failed logins. If they were not yours, please tell an administrator.</p>',
  eventUserDisabledByPermanentLockoutSubject: 'User disabled by permanent lockout',
  eventUserDisabledByPermanentLockoutBody:
    'Your account was locked on {0}, after several failed logins. Please ask an administrator to open it again.',
  eventUserDisabledByPermanentLockoutHtml:
    '<p>Your account was locked on {0}, after several failed logins. Please ask an administrator to open it again.</p>',
  'requiredAction.CONFIGURE_TOTP': 'Configure OTP',
  'requiredAction.TERMS_AND_CONDITIONS': 'Terms and Conditions',
  'requiredAction.UPDATE_PASSWORD': 'Update Password',
  'requiredAction.UPDATE_PROFILE': 'Update Profile',
  'requiredAction.VERIFY_EMAIL': 'Verify Email',
  'requiredAction.UPDATE_EMAIL': 'Update Email',
  'requiredAction.CONFIGURE_RECOVERY_AUTHN_CODES': 'Generate Recovery Codes',
  'requiredAction.webauthn-register': 'Set up a passkey as a second factor',
  'requiredAction.webauthn-register-passwordless': 'Set up a passkey',
  'linkExpirationFormatter.timePeriodUnit.seconds.one': '{0} second',
  'linkExpirationFormatter.timePeriodUnit.seconds.other': '{0} seconds',
  'linkExpirationFormatter.timePeriodUnit.minutes.one': '{0} minute',
  'linkExpirationFormatter.timePeriodUnit.minutes.other': '{0} minutes',
  'linkExpirationFormatter.timePeriodUnit.hours.one': '{0} hour',
  'linkExpirationFormatter.timePeriodUnit.hours.other': '{0} hours',
  'linkExpirationFormatter.timePeriodUnit.days.one': '{0} day',
  'linkExpirationFormatter.timePeriodUnit.days.other': '{0} days',
})
