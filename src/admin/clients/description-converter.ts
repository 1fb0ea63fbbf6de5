import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ClientRepresentation, clientRepresentation } from '../../representations/client.ts'
import { oidcClientRepresentation } from '../../representations/oidc-client.ts'
import { parseRepresentation } from '../../representations/parse.ts'
import { printRepresentation } from '../../representations/print.ts'
import { RepresentationError } from '../../representations/representation-error.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { clientOfMetadata, UnusableMetadata } from './client-metadata.ts'
import { manage, unknownError } from './client-view.ts'

export const descriptionConverterRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/client-description-converter',
    summary: 'The client that a description in another form means',
    role: manage,
    handle: convert,
  },
]

/** A client's own JSON, or OpenID Connect metadata; which of them is told by a member's name. Nothing is stored. */
async function convert({ request }: AdminContext): Promise<HttpResponse> {
  const client = read(request.body.toString('utf8').trim())
  const headers = { 'content-type': 'application/json;charset=UTF-8' }
  return { status: 200, headers, body: printRepresentation(clientRepresentation, client) }
}

function read(text: string): ClientRepresentation {
  try {
    if (text.startsWith('{') && text.endsWith('}')) {
      if (text.includes('"redirect_uris"'))
        return clientOfMetadata(parseRepresentation(oidcClientRepresentation, text, { unknown: 'reject' }))
      if (text.includes('"clientId"')) return parseRepresentation(clientRepresentation, text, { unknown: 'reject' })
    }
  } catch (error) {
    if (error instanceof UnusableMetadata) throw unknownError()
    if (!(error instanceof RepresentationError)) throw error
    // What cannot be read is the server's fault here (reference behaviour).
    const code = error.kind === 'syntax' ? 'invalid_request' : 'unknown_error'
    throw new AdminError(500, { error: code, error_description: 'Cannot parse the JSON' })
  }
  throw new AdminError(400, { error: 'Unsupported format' })
}
