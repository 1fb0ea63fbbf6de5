import type { HttpRequest } from '../http/values.ts'
import { absoluteClientUrl } from '../realm/client-url.ts'
import type { Client } from '../realm/model.ts'

/** Where an application lives, for a link "Back to Application"; undefined when it has no base URL that may be linked to. */
export const clientUrl = ({
  client,
  request,
}: {
  readonly client: Client
  readonly request: Pick<HttpRequest, 'baseUrl'>
}): string | undefined => absoluteClientUrl(client, request.baseUrl, client.doc.baseUrl)
