import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import { kcActionNote } from '../notes.ts'
import type { Step } from '../step.ts'

const property = (facts: Omit<ConfigProperty, 'secret' | 'required' | 'readOnly'>): ConfigProperty =>
  Object.freeze({ ...facts, secret: false, required: false, readOnly: false })

/** Every action but deleting the account has it: how fresh a login must be when an application asks for the action. */
export const maxAuthAge = property({
  name: 'max_auth_age',
  label: 'Maximum Age of Authentication',
  helpText:
    'How many seconds after the last authentication an application may ask for this action without the user having to authenticate again. Used only when the action is asked for by the parameter kc_action.',
  type: 'String',
  defaultValue: 300,
})

/** Seconds; the reference's default. */
export const maxAuthAgeSeconds = 300

export const emailCooldown = property({
  name: 'emailResendCooldownSeconds',
  label: 'Cooldown Between Email Resend (seconds)',
  helpText: 'Seconds that must pass before another verification e-mail can be sent.',
  type: 'String',
  defaultValue: '30',
})

export const verifyNewEmail = property({
  name: 'verifyEmail',
  label: 'Force Email Verification',
  helpText: 'A new e-mail must be verified even if the realm does not verify e-mails.',
  type: 'boolean',
  defaultValue: false,
})

export const addRecoveryCodes = property({
  name: 'add-recovery-codes',
  label: 'Add Recovery Codes',
  helpText: 'After one-time passwords are set up, the user sets up recovery codes too, unless there are some already.',
  type: 'boolean',
  defaultValue: false,
})

export const warningThreshold = property({
  name: 'warning_threshold',
  label: 'Warning Threshold',
  helpText: 'With fewer recovery codes left than this, the account console advises to set up new ones.',
  type: 'Integer',
  defaultValue: 4,
})

/** True when the application asked for this action: then the user may cancel it, and is not told that he has to do it. */
export const isAskedFor = ({ session, execution }: Step): boolean => session.notes[kcActionNote] === execution

/** A whole number of the configuration; the default when it is none. */
export function configNumber({ config }: Step, { name, defaultValue }: ConfigProperty): number {
  const value = Number(config[name] || defaultValue)
  return Number.isInteger(value) && value >= 0 ? value : Number(defaultValue)
}

/** The form's Cancel button. */
export const isCancelled = (step: Step, form: { get(name: string): string | undefined }): boolean =>
  isAskedFor(step) && form.get('cancel-aia') !== undefined
