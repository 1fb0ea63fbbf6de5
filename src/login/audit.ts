import type { AuditEvent } from '../events/events.ts'
import type { Step } from './step.ts'

export interface Reported {
  /** The event's error; the type then gets `_ERROR` behind it. */
  readonly error?: string
  readonly details?: Readonly<Record<string, string | undefined>>
}

type Type = Extract<AuditEvent['type'], `${string}_ERROR`> extends `${infer T}_ERROR` ? T : never

/** Tells the audit log what a step of a login did. Details of the login itself are added; never a secret among them. */
export function report(
  step: Pick<Step, 'services' | 'realm' | 'client' | 'session' | 'request' | 'details'>,
  type: Type,
  reported: Reported = {},
): void {
  const { services, realm, client, session, request, details } = step
  const { error } = reported
  services.events.emit({
    type: error === undefined ? type : `${type}_ERROR`,
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: session.userId,
    ipAddress: request.remoteAddress,
    error,
    details: { ...details, ...reported.details },
  })
}

/** The same of a required action, by its alias. */
export const reportAction = (step: Step, type: Type, reported: Reported = {}): void =>
  report(step, type, { ...reported, details: { custom_required_action: step.execution, ...reported.details } })

/**
 * What the reference tells twice since it has general credential events: under the old type and as a change of a credential.
 *
 * @param credentialType `password`, `otp`, `recovery-authn-codes`
 */
export function reportCredential(step: Step, change: 'UPDATE' | 'REMOVE', credentialType: string, { error, details }: Reported = {}): void {
  const all = { ...(error === undefined ? {} : { error }), details: { credential_type: credentialType, ...details } }
  const old = oldTypes.get(`${change} ${credentialType}`)
  // The login that the action belongs to tells of it too.
  step.details['credential_type'] = credentialType
  if (old !== undefined) reportAction(step, old, all)
  reportAction(step, `${change}_CREDENTIAL`, all)
}

const oldTypes: ReadonlyMap<string, 'UPDATE_PASSWORD' | 'UPDATE_TOTP' | 'REMOVE_TOTP'> = new Map([
  ['UPDATE password', 'UPDATE_PASSWORD'],
  ['UPDATE otp', 'UPDATE_TOTP'],
  ['REMOVE otp', 'REMOVE_TOTP'],
])
