import { OAuthError } from '../../http/errors.ts'
import { isPkceText } from '../pkce.ts'
import type { Check } from './check.ts'

const invalid = (description: string): OAuthError => new OAuthError('invalid_request', description, { reason: description })

/** Proof Key for Code Exchange (RFC 7636 section 4.3). A client may demand one method of everybody who uses its id. */
export const codeChallenge: Check = {
  name: 'code_challenge',
  run(request) {
    if (request.responseType === undefined || !request.responseType.code) return
    const demanded = request.client.attributes['pkce.code.challenge.method']
    const challenge = request.get('code_challenge')
    const method = request.get('code_challenge_method')
    if (demanded) {
      if (method === undefined) throw invalid('Missing parameter: code_challenge_method')
      if (method !== demanded) throw invalid('Invalid parameter: code challenge method is not matching the configured one')
    }
    if (challenge === undefined) {
      if (demanded || method !== undefined) throw invalid('Missing parameter: code_challenge')
      return
    }
    if (method !== undefined && method !== 'S256' && method !== 'plain') throw invalid('Invalid parameter: code_challenge_method')
    if (!isPkceText(challenge)) throw invalid('Invalid parameter: code_challenge')
  },
}
