import { checkPassword } from '../../users/password-policy/check-password.ts'
import { setPassword } from '../../users/passwords.ts'
import { accountParts } from '../account-parts.ts'
import type { Step } from '../step.ts'
import { type FieldProblem, type FormAction, formActionRequirements } from './form-action.ts'

const always = 'always_set_password_on_register_form'

/**
 * False where e-mails are verified: the password is then set behind the link of the e-mail, so that nobody has an account with an
 * address of somebody else and a password of his own (reference behaviour).
 */
export const asksPassword = ({ realm }: Pick<Step, 'realm'>, config: Readonly<Record<string, string>>): boolean =>
  realm.settings.verifyEmail !== true || config[always] === 'true'

/** The password of the new user. */
export const registrationPasswordAction: FormAction = {
  id: 'registration-password-action',
  label: 'Password Validation',
  help: "Validates that password matches password confirmation field.  It also will store password in user's credential store.",
  requirements: formActionRequirements,
  properties: [
    {
      name: always,
      label: 'Always set password on register form',
      helpText:
        'Without it, users of a realm that verifies e-mails set their password after the e-mail is verified, which is safer. With it, the registration form asks for the password in any case.',
      type: 'boolean',
      secret: false,
      required: false,
      readOnly: false,
    },
  ],
  async validate({ step, form, profile, config }): Promise<readonly FieldProblem[]> {
    if (!asksPassword(step, config)) return []
    const password = form.get('password') ?? ''
    const problem = (field: string, key: string, values: readonly string[] = []): FieldProblem[] => [
      { field, problem: { key, values }, error: 'invalid_registration' },
    ]
    if (password === '') return problem('password', 'missingPasswordMessage')
    if (password !== form.get('password-confirm')) return problem('password-confirm', 'invalidPasswordConfirmMessage')
    const { realm, services } = step
    const email = profile['email']?.[0]
    const username = (realm.settings.registrationEmailAsUsername ? email : profile['username']?.[0]) ?? ''
    const owner = { username: username.toLowerCase(), email: email?.toLowerCase(), credentials: [] }
    const violation = await checkPassword(accountParts(services), realm, owner, password)
    return violation === undefined ? [] : problem('password', violation.key, violation.values)
  },
  requiredActions: ({ step, config }) => (asksPassword(step, config) ? [] : ['UPDATE_PASSWORD']),
  async apply({ step, form, config }, user) {
    if (asksPassword(step, config)) await setPassword(accountParts(step.services), step.realm, user, form.get('password') ?? '')
  },
}
