import { OAuthError } from '../../http/errors.ts'
import type { ClientAuthMethod } from './client-auth-method.ts'
import { invalidClient } from './failures.ts'

/**
 * tls_client_auth (RFC 8705 section 2.1). There is no listener for TLS here, and so never a certificate: a client that is registered for it is
 * told what the reference tells one that brings none.
 */
export const clientX509: ClientAuthMethod = {
  id: 'client-x509',
  methods: ['tls_client_auth'],
  present: () => undefined,
  async verify(_presented, _client, { form }) {
    if (form.get('client_id') === undefined)
      throw new OAuthError('invalid_client', 'Missing client_id parameter', { event: 'invalid_client_credentials' })
    throw invalidClient('invalid_client_credentials')
  },
}
