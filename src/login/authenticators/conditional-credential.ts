import { usedCredentials } from '../used-credentials.ts'
import { condition, isOn, property } from './condition.ts'

/** True when one of the given types of credentials was used in this login (`included`), or when none of them was. */
export const conditionalCredential = condition({
  id: 'conditional-credential',
  label: 'Condition - credential',
  help: 'Condition to evaluate if a specific credential type has been used (or not used) by the user during the authentication process',
  properties: [
    property('credentials', {
      label: 'Credentials',
      helpText: 'The list of credentials to be considered by the condition.',
      type: 'MultivaluedList',
      options: ['webauthn', 'recovery-authn-codes', 'otp', 'password', 'webauthn-passwordless', 'kerberos', 'cert', 'none'],
      required: true,
    }),
    property('included', {
      label: 'Included',
      helpText:
        'If this option is true, the condition will be evaluated to true when any of the credentials specified in the credentials option\nhas been used in the authentication process, false otherwise.\nIf this option is false, the condition is evaluated in the opposite way, it will be true if none of the credentials configured\nhave been used, and false if one or more of them have been used.\n',
      type: 'boolean',
    }),
  ],
  needsUser: false,
  async holds(step) {
    const used = usedCredentials(step)
    const listed = (step.config['credentials'] ?? '').split('##')
    const found = listed.some((type) => (type === 'none' ? used.size === 0 : used.has(type)))
    return found === isOn(step.config, 'included')
  },
})
