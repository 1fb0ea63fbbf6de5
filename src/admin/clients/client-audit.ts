import { type ClientRepresentation, clientRepresentation } from '../../representations/client.ts'
import { maskRepresentation, secretMask } from '../../representations/mask.ts'
import { printRepresentation } from '../../representations/print.ts'

/** Attributes that hold a private key: `saml.signing.private.key`. */
const privateKey = /\.private\.key$/

/** What the audit log keeps of a client that somebody has sent: secrets and private keys masked. */
export function clientForAudit(client: ClientRepresentation): string {
  const masked = maskRepresentation(clientRepresentation, client, 'export')
  const attributes = Object.entries(masked.attributes ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [[name, privateKey.test(name) ? secretMask : value] as const],
  )
  return printRepresentation(clientRepresentation, {
    ...masked,
    ...(masked.attributes ? { attributes: Object.fromEntries(attributes) } : {}),
    ...(masked.registrationAccessToken === undefined ? {} : { registrationAccessToken: secretMask }),
  })
}
