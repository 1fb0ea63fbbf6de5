import type { CredentialRow } from '../../storage/credentials.ts'
import { credentials } from '../../storage/credentials.ts'
import { reportAction, reportCredential } from '../audit.ts'
import { kcActionNote, kcActionStatusNote } from '../notes.ts'
import { deleteCredentialPage } from '../pages/delete-credential.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { isCancelled, maxAuthAge, maxAuthAgeSeconds } from './required-action-properties.ts'

/** `kc_action=delete_credential:ID`. */
const namedId = ({ session }: Step): string | undefined => session.request['kc_action']?.split(':')[1]

async function chosen(step: Step): Promise<CredentialRow | undefined> {
  const id = namedId(step)
  return (await step.credentials()).find((credential) => credential.id === id && credential.type !== 'password-history')
}

const notFound = (step: Step): ActionResult => {
  const { notes } = step.session
  const id = namedId(step)
  const error = id === undefined ? 'missing_credential_id' : 'credential_not_found'
  reportAction(step, 'CUSTOM_REQUIRED_ACTION', { error, details: { credential_id: id } })
  // The application is told of the error, and the login ends well.
  notes[kcActionStatusNote] = 'error'
  delete notes[kcActionNote]
  return { kind: 'done' }
}

/** Takes one of the user's credentials away, which the application names. */
export const deleteCredential: RequiredAction = {
  alias: 'delete_credential',
  label: 'Delete Credential',
  properties: [maxAuthAge],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  async start(step): Promise<ActionResult> {
    const credential = await chosen(step)
    if (credential === undefined) return notFound(step)
    const label = credential.user_label || credential.type
    return { kind: 'challenge', page: deleteCredentialPage({ actionUrl: step.actionUrl, label }) }
  },
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const credential = await chosen(step)
    if (credential === undefined) return notFound(step)
    await credentials(step.services.database).remove(credential.user_id, credential.id)
    const details = { credential_id: credential.id, credential_user_label: credential.user_label ?? undefined }
    reportCredential(step, 'REMOVE', credential.type, { details })
    return { kind: 'done' }
  },
}
