import { verifySignature } from '../../crypto/jws.ts'
import { findSignatureAlgorithm } from '../../crypto/jws-algorithms.ts'
import { OAuthError } from '../../http/errors.ts'
import type { Client } from '../../realm/model.ts'
import { type Assertion, acceptAssertion, presentAssertion, readAssertion } from './assertion.ts'
import type { ClientAuthContext, ClientAuthMethod } from './client-auth-method.ts'
import type { ClientKey } from './client-keys.ts'
import { invalidAssertion, keyMissing } from './failures.ts'

/** private_key_jwt (OpenID Connect Core section 9, RFC 7523): an assertion that the client signs with its own private key. */
export const privateKeyJwt: ClientAuthMethod = {
  id: 'client-jwt',
  methods: ['private_key_jwt'],
  present: (_headers, form) => presentAssertion(form),
  async verify(_presented, client, context) {
    const assertion = await readAssertion(context, client, unreadable)
    const { algorithm } = assertion
    const found = await findKey(assertion, client, context)
    if (found === 'wrong algorithm') throw invalidAssertion('Invalid signature algorithm')
    if (found === undefined) throw keyMissing()
    if ((found.algorithm ?? algorithm) !== algorithm || !verifySignature(assertion, found.key, algorithm))
      throw unreadable('Signature on JWT token failed validation')
    await acceptAssertion(assertion, client, context)
  },
}

const unreadable = (why: string): OAuthError => invalidAssertion(`Client authentication with signed JWT failed: ${why}`)

/** The key that the assertion names; the audit event is told of it. */
async function findKey(
  { algorithm, kid }: Assertion,
  client: Client,
  { keys, details }: Pick<ClientAuthContext, 'keys' | 'details'>,
): Promise<ClientKey | 'wrong algorithm' | undefined> {
  const kind = findSignatureAlgorithm(algorithm)?.kind
  if (kind === undefined || kind === 'hmac') return 'wrong algorithm'
  const found = await keys.find(client, kid, algorithm)
  if (found !== undefined) details['client_jwt_kid'] = found.kid
  return found
}

/** Of a public client an assertion proves nothing, but the audit event tells by which key it was made (reference behaviour). */
export async function noteKey(client: Client, context: ClientAuthContext): Promise<void> {
  try {
    await findKey(await readAssertion(context, client, unreadable), client, context)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
  }
}
