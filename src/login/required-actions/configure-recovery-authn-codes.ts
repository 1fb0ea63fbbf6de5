import { hash } from 'node:crypto'
import type { Random } from '../../crypto/random.ts'
import { credentials } from '../../storage/credentials.ts'
import { recoveryCodesType } from '../../users/credentials/recovery-codes.ts'
import { reportCredential } from '../audit.ts'
import { endOtherSessions } from '../other-sessions.ts'
import { recoveryCodesPage } from '../pages/login-recovery-authn-code-config.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { isAskedFor, isCancelled, maxAuthAge, maxAuthAgeSeconds, warningThreshold } from './required-action-properties.ts'

/** As many as the reference makes. */
const codesCount = 12
/** Of 34 characters: 61 bits, so that a plain hash is enough. */
const codeLength = 12
/** Without O and 0, which are mistaken for each other. */
const alphabet = 'ABCDEFGHIJKLMNPQRSTUVWXYZ123456789'
/** The largest multiple of the alphabet's length in a byte: bytes above it are dropped, so that every character is equally likely. */
const unbiasedBytes = 256 - (256 % alphabet.length)

/** Codes that were shown and wait to be confirmed, comma-separated. */
const codesNote = 'RecoveryAuthnCodes'
const generatedAtNote = 'RecoveryAuthnCodes.generatedAt'

function newCode(random: Random): string {
  let code = ''
  while (code.length < codeLength) {
    for (const byte of random.bytes(codeLength)) {
      if (byte < unbiasedBytes && code.length < codeLength) code += alphabet.charAt(byte % alphabet.length)
    }
  }
  return code
}

function challenge(step: Step): ActionResult {
  const { session, services, actionUrl } = step
  const codes = Array.from({ length: codesCount }, () => newCode(services.random))
  const generatedAtMs = services.clock.now()
  session.notes[codesNote] = codes.join(',')
  session.notes[generatedAtNote] = String(generatedAtMs)
  return {
    kind: 'challenge',
    page: recoveryCodesPage({
      actionUrl,
      codes,
      generatedAtMs,
      cancellable: isAskedFor(step),
      message: isAskedFor(step) ? undefined : { kind: 'warning', key: 'configureBackupCodesMessage' },
    }),
  }
}

/** Codes for the day on which the other second factor is lost. New ones replace the old. */
export const configureRecoveryAuthnCodes: RequiredAction = {
  alias: 'CONFIGURE_RECOVERY_AUTHN_CODES',
  label: 'Recovery Authentication Codes',
  properties: [warningThreshold, maxAuthAge],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  start: async (step) => challenge(step),
  async submit(step, form): Promise<ActionResult> {
    const { session, services } = step
    const shown = session.notes[codesNote]
    const generatedAtMs = Number(session.notes[generatedAtNote])
    delete session.notes[codesNote]
    delete session.notes[generatedAtNote]
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const { userId } = session
    // What comes back must be what was shown: others' codes are not stored, and codes of an earlier page are void.
    if (userId === undefined || shown === undefined || form.get('generatedRecoveryAuthnCodes') !== shown) return challenge(step)
    const codes = shown.split(',').map((code, index) => ({ number: index + 1, encodedHashedValue: hash('sha512', code, 'base64') }))
    const priority = Math.max(0, ...(await step.credentials()).map((credential) => credential.priority)) + 10
    await services.database.transaction(async (tx) => {
      await credentials(tx).removeType(userId, recoveryCodesType)
      await credentials(tx).insert({
        id: services.random.uuid(),
        user_id: userId,
        type: recoveryCodesType,
        user_label: (form.get('userLabel') || 'Recovery codes').slice(0, 255),
        created_at_ms: generatedAtMs,
        priority,
        secret_data: JSON.stringify({ codes }),
        credential_data: JSON.stringify({ algorithm: 'SHA-512', totalCodes: codes.length, remainingCodes: codes.length }),
      })
    })
    if (form.get('logout-sessions') === 'on') await endOtherSessions(step)
    reportCredential(step, 'UPDATE', recoveryCodesType)
    return { kind: 'done' }
  },
}
