import { createSecretKey } from 'node:crypto'
import { nowSeconds } from '../../clock.ts'
import { verifySignature } from '../../crypto/jws.ts'
import { findSignatureAlgorithm } from '../../crypto/jws-algorithms.ts'
import { acceptAssertion, presentAssertion, readAssertion } from './assertion.ts'
import type { ClientAuthMethod } from './client-auth-method.ts'
import { secretAssertionInvalid, secretSignatureInvalid } from './failures.ts'

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
    const until = Number(client.attributes['client.secret.rotated.expiration.time'] ?? 0)
    const previous = nowSeconds(context.clock) < until ? client.attributes['client.secret.rotated'] : undefined
    const fits = [client.secret, previous].some(
      (secret) => secret !== undefined && secret !== '' && verifySignature(assertion, createSecretKey(secret, 'utf8'), algorithm),
    )
    if (!fits) throw secretSignatureInvalid('  failed validation')
    await acceptAssertion(assertion, client, context)
  },
}
