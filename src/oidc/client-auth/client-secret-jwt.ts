import { createSecretKey } from 'node:crypto'
import { verifySignature } from '../../crypto/jws.ts'
import { findSignatureAlgorithm } from '../../crypto/jws-algorithms.ts'
import { acceptAssertion, presentAssertion, readAssertion } from './assertion.ts'
import type { ClientAuthMethod } from './client-auth-method.ts'
import { secretAssertionInvalid, secretSignatureInvalid } from './failures.ts'
import { secretsOf } from './secrets.ts'

/** client_secret_jwt (OpenID Connect Core section 9, RFC 7523): an assertion with an HMAC by the client's secret. */
export const clientSecretJwt: ClientAuthMethod = {
  id: 'client-secret-jwt',
  methods: ['client_secret_jwt'],
  present: (_headers, form) => presentAssertion(form),
  async verify(_presented, client, context) {
    const assertion = await readAssertion(context, client, secretAssertionInvalid)
    const { algorithm } = assertion
    // The reference's two texts differ by a space.
    if (findSignatureAlgorithm(algorithm)?.kind !== 'hmac') throw secretSignatureInvalid(' failed validation')
    const secrets = secretsOf(client, context.clock)
    if (!secrets.some((secret) => verifySignature(assertion, createSecretKey(secret, 'utf8'), algorithm)))
      throw secretSignatureInvalid('  failed validation')
    await acceptAssertion(assertion, client, context)
  },
}
