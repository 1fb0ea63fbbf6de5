import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import { type FormAction, formActionRequirements } from './form-action.ts'

const property = (facts: Partial<ConfigProperty> & Pick<ConfigProperty, 'name' | 'label' | 'helpText' | 'type'>): ConfigProperty => ({
  secret: false,
  required: false,
  readOnly: false,
  ...facts,
})

/** Known, so that flows that name it can be read; asking a foreign server is not built in, and a form that requires it lets nobody in. */
export const registrationRecaptchaAction: FormAction = {
  id: 'registration-recaptcha-action',
  label: 'reCAPTCHA',
  help: 'Adds Google reCAPTCHA to the form.',
  requirements: formActionRequirements,
  properties: [
    property({ name: 'site.key', label: 'reCAPTCHA Site Key', helpText: 'The site key.', type: 'String' }),
    property({ name: 'secret.key', label: 'reCAPTCHA Secret', helpText: 'The secret key.', type: 'String', secret: true }),
    property({
      name: 'action',
      label: 'Action Name',
      helpText: 'What the check is for: letters, digits, slashes and underscores.',
      type: 'String',
      defaultValue: 'register',
    }),
    property({
      name: 'useRecaptchaNet',
      label: 'Use recaptcha.net',
      helpText: 'recaptcha.net instead of google.com, which may set other cookies.',
      type: 'boolean',
      defaultValue: false,
    }),
    property({
      name: 'recaptcha.v3',
      label: 'reCAPTCHA v3',
      helpText: 'The site key is one of version 3 (a score, nothing to see) instead of version 2 (a check box).',
      type: 'boolean',
      defaultValue: false,
    }),
  ],
  validate: async () => [{ field: '', problem: 'recaptchaNotConfigured', error: 'invalid_registration' }],
}
