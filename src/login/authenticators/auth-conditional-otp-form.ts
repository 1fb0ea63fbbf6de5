import { anyMatchesInTime } from '../../users/patterns.ts'
import type { Authenticator } from '../authenticator.ts'
import type { Step } from '../step.ts'
import { authOtpForm } from './auth-otp-form.ts'
import { property } from './condition.ts'
import { userHasRole } from './conditional-user-role.ts'

/** The OTP form, shown only when an attribute or a role of the user or a header of the request says so. */
export const authConditionalOtpForm: Authenticator = {
  ...authOtpForm,
  id: 'auth-conditional-otp-form',
  label: 'Conditional OTP Form',
  help: 'Validates a OTP on a separate OTP form. Only shown if required based on the configured conditions.',
  properties: [
    property('otpControlAttribute', {
      label: 'OTP control User Attribute',
      helpText:
        "The name of the user attribute to explicitly control OTP auth. If attribute value is 'force' then OTP is always required. If value is 'skip' the OTP auth is skipped. Otherwise this check is ignored.",
      type: 'String',
    }),
    property('skipOtpRole', { label: 'Skip OTP for Role', helpText: 'OTP is always skipped if user has the given Role.', type: 'Role' }),
    property('forceOtpRole', {
      label: 'Force OTP for Role',
      helpText: 'OTP is always required if user has the given Role.',
      type: 'Role',
    }),
    property('noOtpRequiredForHeaderPattern', {
      label: 'Skip OTP for Header',
      helpText:
        'OTP is skipped if a HTTP request header does matches the given pattern.Can be used to specify trusted networks via: X-Forwarded-Host: (1.2.3.4|1.2.3.5).In this case requests from 1.2.3.4 and 1.2.3.5 come from a trusted source.',
      type: 'String',
      defaultValue: '',
    }),
    property('forceOtpForHeaderPattern', {
      label: 'Force OTP for Header',
      helpText: 'OTP required if a HTTP request header matches the given pattern.',
      type: 'String',
      defaultValue: '',
    }),
    property('defaultOtpOutcome', {
      label: 'Fallback OTP handling',
      helpText: 'What to do in case of every check abstains. Defaults to force OTP authentication.',
      type: 'List',
      options: ['skip', 'force'],
    }),
  ],
  configuredFor: async (step) => (await decide(step)) === 'skip' || (await authOtpForm.configuredFor?.(step)) === true,
  start: async (step) => ((await decide(step)) === 'skip' ? { kind: 'success' } : authOtpForm.start(step)),
}

type Decision = 'skip' | 'force'

/** The first of the checks that has something to say decides: attribute, roles, headers, then the configured outcome. */
async function decide(step: Step): Promise<Decision> {
  const { config } = step
  return (
    (await byAttribute(step)) ??
    ((await userHasRole(step, config['skipOtpRole'])) === true ? 'skip' : undefined) ??
    ((await userHasRole(step, config['forceOtpRole'])) === true ? 'force' : undefined) ??
    (anyHeaderMatches(step, config['noOtpRequiredForHeaderPattern']) === true ? 'skip' : undefined) ??
    // What takes too long does not spare anybody the code.
    (anyHeaderMatches(step, config['forceOtpForHeaderPattern']) === false ? undefined : 'force') ??
    (config['defaultOtpOutcome'] === 'skip' ? 'skip' : 'force')
  )
}

async function byAttribute({ config, facts: factsOf }: Step): Promise<Decision | undefined> {
  const name = config['otpControlAttribute']
  const facts = name === undefined ? undefined : await factsOf()
  const [value] = facts?.attributes.get(name ?? '') ?? []
  return value === 'skip' || value === 'force' ? value : undefined
}

/**
 * A pattern is matched with whole lines `name: value`, in whatever case the name comes. Undefined for one that takes too long: headers are
 * the caller's own.
 */
function anyHeaderMatches({ request }: Step, pattern: string | undefined): boolean | undefined {
  if (pattern === undefined || pattern === '') return false
  const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`)
  return anyMatchesInTime(pattern, lines, 'is')
}
