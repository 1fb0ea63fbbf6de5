import { OAuthError } from '../../http/errors.ts'
import { isImplicit, isImplicitOrHybrid } from '../response-type.ts'
import type { Check } from './check.ts'

const switchedOff = (flow: 'Standard' | 'Implicit'): OAuthError =>
  new OAuthError(
    'unauthorized_client',
    `Client is not allowed to initiate browser login with given response_type. ${flow} flow is disabled for the client.`,
    { event: 'not_allowed' },
  )

/** The client's switches for the standard and the implicit flow; a hybrid flow needs both. */
export const clientFlows: Check = {
  name: 'client flows',
  // The reference's words: its constants, not those of the wire.
  details: ({ responseMode }) => ({ response_mode: responseMode?.id.replace('.', '_') }),
  run({ client, responseType }) {
    if (responseType === undefined) return
    if (!isImplicit(responseType) && client.doc.standardFlowEnabled === false) throw switchedOff('Standard')
    if (isImplicitOrHybrid(responseType) && !client.doc.implicitFlowEnabled) throw switchedOff('Implicit')
  },
}
