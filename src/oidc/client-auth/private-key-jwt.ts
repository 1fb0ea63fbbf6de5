import { verifySignature } from '../../crypto/jws.ts'
import { findSignatureAlgorithm } from '../../crypto/jws-algorithms.ts'
import { acceptAssertion, presentAssertion, readAssertion } from './assertion.ts'
import type { ClientAuthMethod } from './client-auth-method.ts'
import { invalidAssertion, keyMissing } from './failures.ts'

/** private_key_jwt (OpenID Connect Core section 9, RFC 7523): an assertion that the client signs with its own private key. */
export const privateKeyJwt: ClientAuthMethod = {
  id: 'client-jwt',
  methods: ['private_key_jwt'],
  present: (_headers, form) => presentAssertion(form),
  async verify(_presented, client, context) {
    const assertion = readAssertion(context.form, client)
    const { algorithm, kid } = assertion
    const kind = findSignatureAlgorithm(algorithm)?.kind
    if (kind === undefined || kind === 'hmac') throw invalidAssertion('Invalid signature algorithm')
    const found = await context.keys.find(client, kid, algorithm)
    if (found === undefined) throw keyMissing()
    context.details['client_jwt_kid'] = found.kid
    if ((found.algorithm ?? algorithm) !== algorithm || !verifySignature(assertion, found.key, algorithm))
      throw invalidAssertion('Client authentication with signed JWT failed: Signature on JWT token failed validation')
    await acceptAssertion(assertion, client, context)
  },
}
