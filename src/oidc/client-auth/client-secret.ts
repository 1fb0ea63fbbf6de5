import type { IncomingHttpHeaders } from 'node:http'
import { secretsEqual } from '../../crypto/compare.ts'
import { OAuthError } from '../../http/errors.ts'
import type { ClientAuthMethod } from './client-auth-method.ts'
import { invalidCredentials } from './failures.ts'
import { secretsOf } from './secrets.ts'

/**
 * client_secret_basic and client_secret_post (RFC 6749 section 2.3.1). The parts of Basic are form-urlencoded UTF-8; a part that is not
 * well encoded is refused with 400. As in the reference `client_id` and `client_secret` of the form, if there, win over those of Basic.
 */
export const clientSecret: ClientAuthMethod = {
  id: 'client-secret',
  methods: ['client_secret_basic', 'client_secret_post'],
  present(headers, form) {
    const basic = basicCredentials(headers)
    const clientId = form.get('client_id') ?? basic?.clientId
    return clientId === undefined ? undefined : { clientId, secret: form.get('client_secret') ?? basic?.secret }
  },
  async verify(presented, client, { clock }) {
    const { secret: given } = presented
    if (given === undefined || client.secret === undefined || client.secret === '') throw invalidCredentials()
    if (!secretsOf(client, clock).some((secret) => secretsEqual(given, secret))) throw invalidCredentials()
  },
}

/** Undefined without a Basic header, or with one that is not base64 of `id:secret`. */
function basicCredentials(headers: IncomingHttpHeaders): { clientId: string; secret: string } | undefined {
  const match = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(headers.authorization ?? '')
  const text = match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64').toString('utf8')
  const colon = text?.indexOf(':') ?? -1
  if (text === undefined || colon < 0) return undefined
  return { clientId: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) }
}

/** Bytes that are no UTF-8 become the replacement character, and so part of a wrong name or secret (reference behaviour). */
function formDecode(part: string): string {
  if (/%(?![\dA-F]{2})/i.test(part))
    throw new OAuthError('unauthorized_client', 'Unexpected error when authenticating client', { event: 'invalid_client_credentials' })
  const bytes = part
    .replaceAll('+', ' ')
    .split(/%([\dA-F]{2})/i)
    .map((piece, index) => (index % 2 === 1 ? Buffer.from(piece, 'hex') : Buffer.from(piece, 'utf8')))
  return Buffer.concat(bytes).toString('utf8')
}
