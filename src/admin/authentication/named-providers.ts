import { property } from '../property.ts'
import type { ProviderMetadata } from './provider-metadata.ts'
import { x509Properties } from './x509-properties.ts'

const anyRequirement = ['REQUIRED', 'ALTERNATIVE', 'DISABLED'] as const

/**
 * Authenticators that a flow may name and that the login room does not run (yet): a login that comes to one of them fails. What has a
 * file in login/authenticators is described there and must not be here.
 */
export const namedAuthenticators: readonly ProviderMetadata[] = Object.freeze([
  {
    id: 'auth-spnego',
    label: 'Kerberos',
    help: 'Initiates the SPNEGO protocol.  Most often used with Kerberos.',
    requirements: anyRequirement,
    properties: [],
  },
  {
    id: 'auth-x509-client-username-form',
    label: 'X509/Validate Username Form',
    help: 'Validates username and password from X509 client certificate received as a part of mutual SSL handshake.',
    requirements: anyRequirement,
    properties: x509Properties,
  },
  {
    id: 'direct-grant-auth-x509-username',
    label: 'X509/Validate Username',
    help: 'Validates username and password from X509 client certificate received as a part of mutual SSL handshake.',
    requirements: ['REQUIRED'],
    properties: x509Properties,
  },
  {
    id: 'docker-http-basic-authenticator',
    label: 'Docker Authenticator',
    help: 'Uses HTTP Basic authentication to validate docker users, returning a docker error token on auth failure',
    requirements: ['REQUIRED'],
    properties: [],
  },
  {
    id: 'http-basic-authenticator',
    label: 'HTTP Basic Authentication',
    help: 'Validates username and password from Authorization HTTP header',
    requirements: ['REQUIRED', 'ALTERNATIVE', 'CONDITIONAL', 'DISABLED'],
    properties: [],
  },
  {
    id: 'idp-add-organization-member',
    label: 'Organization Member Onboard',
    help: 'Adds a federated user as a member of an organization',
    requirements: anyRequirement,
    properties: [],
  },
  {
    id: 'idp-auto-link',
    label: 'Automatically set existing user',
    help: 'Automatically set existing user to authentication context without any verification',
    requirements: anyRequirement,
    properties: [],
  },
  {
    id: 'idp-confirm-link',
    label: 'Confirm link existing account',
    help: 'Show the form where user confirms if he wants to link identity provider with existing account or rather edit user profile data retrieved from identity provider to avoid conflict',
    requirements: anyRequirement,
    properties: [],
  },
  {
    id: 'idp-confirm-override-link',
    label: 'Confirm override existing link',
    help: 'Confirm override the link if there is an existing broker user linked to the account.',
    requirements: ['REQUIRED', 'DISABLED'],
    properties: [],
  },
  {
    id: 'idp-create-user-if-unique',
    label: 'Create User If Unique',
    help: 'Detect if there is existing Keycloak account with same email like identity provider. If no, create new user',
    requirements: anyRequirement,
    properties: [
      property({
        name: 'require.password.update.after.registration',
        label: 'Require Password Update After Registration',
        helpText:
          'If this option is true and new user is successfully imported from Identity Provider to Keycloak (there is no duplicated email or username detected in Keycloak DB), then this user is required to update his password',
        type: 'boolean',
      }),
    ],
  },
  {
    id: 'idp-detect-existing-broker-user',
    label: 'Detect existing broker user',
    help: 'Detect if there is an existing Keycloak account with same email like identity provider. If no, throw an error.',
    requirements: ['REQUIRED', 'DISABLED'],
    properties: [],
  },
  {
    id: 'idp-email-verification',
    label: 'Verify existing account by Email',
    help: 'Email verification of existing Keycloak user, that wants to link his user account with identity provider',
    requirements: anyRequirement,
    properties: [],
  },
  {
    id: 'idp-review-profile',
    label: 'Review Profile',
    help: 'User reviews and updates profile data retrieved from Identity Provider in the displayed form',
    requirements: anyRequirement,
    properties: [
      property({
        name: 'update.profile.on.first.login',
        label: 'Update Profile on First Login',
        helpText:
          "Define conditions under which a user has to review and update his profile after first-time login. Value 'On' means that page for reviewing profile will be displayed and user can review and update his profile. Value 'off' means that page won't be displayed. Value 'missing' means that page is displayed just when some required attribute is missing (wasn't downloaded from identity provider). Value 'missing' is the default one. WARN: In case that user clicks 'Review profile info' on link duplications page, the update page will be always displayed. You would need to disable this authenticator to never display the page.",
        type: 'List',
        defaultValue: 'missing',
        options: ['on', 'missing', 'off'],
      }),
    ],
  },
  {
    id: 'idp-username-password-form',
    label: 'Username Password Form for identity provider reauthentication',
    help: 'Validates a password from login form. Username may be already known from identity provider authentication',
    requirements: ['REQUIRED'],
    properties: [],
  },
])

/** Form actions that the login room does not run (yet). */
export const namedFormActions: readonly ProviderMetadata[] = Object.freeze([
  {
    id: 'registration-recaptcha-enterprise',
    label: 'reCAPTCHA Enterprise',
    help: 'Adds Google reCAPTCHA Enterprise to the form.',
    requirements: ['REQUIRED', 'DISABLED'],
    properties: [
      property({ name: 'project.id', label: 'Project ID', helpText: 'Project ID the site key belongs to.', type: 'String' }),
      property({ name: 'site.key', label: 'reCAPTCHA Site Key', helpText: 'The site key.', type: 'String' }),
      property({
        name: 'api.key',
        label: 'Google API Key',
        helpText: 'An API key with the reCAPTCHA Enterprise API enabled in the given project ID.',
        type: 'String',
        secret: true,
      }),
      property({
        name: 'score.threshold',
        label: 'Min. Score Threshold',
        helpText:
          'The minimum score threshold for considering the reCAPTCHA valid (inclusive). Must be a valid double between 0.0 and 1.0.',
        type: 'String',
        defaultValue: '0.7',
      }),
      property({
        name: 'action',
        label: 'Action Name',
        helpText:
          'A meaningful name for this reCAPTCHA context (e.g. login, register). An action name can only contain alphanumeric characters, slashes and underscores and is not case-sensitive.',
        type: 'String',
        defaultValue: 'register',
      }),
      property({
        name: 'useRecaptchaNet',
        label: 'Use recaptcha.net',
        helpText: 'Whether to use recaptcha.net instead of google.com, which may have other cookies set.',
        type: 'boolean',
        defaultValue: false,
      }),
      property({
        name: 'recaptcha.v3',
        label: 'reCAPTCHA v3',
        helpText: 'Whether the site key belongs to a v3 (invisible, score-based reCAPTCHA) or v2 site (visible, checkbox-based).',
        type: 'boolean',
        defaultValue: false,
      }),
    ],
  },
])
