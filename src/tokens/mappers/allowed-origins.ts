import type { Client } from '../../realm/model.ts'
import { webOrigins } from '../../realm/web-origins.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { textHashOrder } from './hash-order.ts'
import { resourceServerOnly, tokenMapper } from './properties.ts'

/** A client without any web origin gets no claim, one whose `+` stands for no origin an empty list (reference behaviour). */
export const allowedOrigins: ProtocolMapper = {
  id: 'oidc-allowed-origins-mapper',
  label: 'Allowed Web Origins',
  help: "Adds all allowed web origins to the 'allowed-origins' claim in the token",
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'introspection'],
  onUnlessSwitchedOff: true,
  properties: [...resourceServerOnly],
  compile:
    () =>
    (claims, { client: issuedTo, resourceServer, baseUrl }) => {
      const client = resourceServer ?? issuedTo
      const origins = client.derived(originsOfClient)
      if (origins === undefined) return
      claims['allowed-origins'] = client.derived(includesOurOwn) ? textHashOrder([...origins, new URL(baseUrl).origin]) : origins
    },
}

function originsOfClient(client: Client): readonly string[] | undefined {
  return (client.doc.webOrigins ?? []).length === 0 ? undefined : Object.freeze(textHashOrder(client.derived(webOrigins)))
}

/** True when `+` stands for the server's own origin too: a redirect URI is a path, and no root URL of another server comes before it. */
function includesOurOwn(client: Client): boolean {
  const { webOrigins: given = [], redirectUris = [], rootUrl = '' } = client.doc
  return given.includes('+') && (rootUrl === '' || rootUrl.startsWith('${')) && redirectUris.some((uri) => uri.startsWith('/'))
}
