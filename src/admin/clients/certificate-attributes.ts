import { createPublicKey } from 'node:crypto'
import { attempt, spkiOf } from '../../keys/encodings.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { type CertificateRepresentation, certificateRepresentation } from '../../representations/keys.ts'
import { secretMask } from '../../representations/mask.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type AdminContext, audit } from '../admin-route.ts'
import { changeClient } from './client-view.ts'

/** What the names of the attributes begin with that the path means. */
export const prefixOf = ({ request }: AdminContext): string => request.params['attr'] ?? ''

/** Attributes in which a key set stands as it was given. They are those of clients that authenticate by a signed JWT, and of no other use. */
const keySet = { text: 'jwks.string', used: 'use.jwks.string' } as const
const takesKeySet = (prefix: string): boolean => prefix === 'jwt.credential'

const members = [
  ['privateKey', 'private.key'],
  ['publicKey', 'public.key'],
  ['certificate', 'certificate'],
  ['kid', 'kid'],
] as const

export function readCertificate({ attributes = {} }: ClientRepresentation, prefix: string): CertificateRepresentation {
  const jwks = attributes[keySet.text]
  if (takesKeySet(prefix) && attributes[keySet.used] === 'true' && jwks !== undefined) return keyOfSet(jwks) ?? {}
  const entries = members.map(([member, suffix]) => [member, attributes[`${prefix}.${suffix}`]] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** The client with this key material and no other below the prefix. */
function withCertificate(
  client: ClientRepresentation,
  prefix: string,
  { jwks, ...given }: CertificateRepresentation,
): ClientRepresentation {
  const attributes = { ...client.attributes }
  for (const [, suffix] of members) delete attributes[`${prefix}.${suffix}`]
  if (takesKeySet(prefix)) {
    delete attributes[keySet.text]
    delete attributes[keySet.used]
  }
  if (jwks !== undefined && takesKeySet(prefix))
    return { ...client, attributes: { ...attributes, [keySet.text]: jwks, [keySet.used]: 'true' } }
  for (const [member, suffix] of members) {
    const value = given[member]
    if (value) attributes[`${prefix}.${suffix}`] = value
  }
  return { ...client, attributes }
}

/** Keeps key material with the client, and tells the audit log of it. */
export async function storeCertificate(context: AdminContext, certificate: CertificateRepresentation, action: string): Promise<void> {
  const prefix = prefixOf(context)
  const { id } = await changeClient(context, (client) => withCertificate(client, prefix, certificate))
  const masked = certificate.privateKey === undefined ? certificate : { ...certificate, privateKey: secretMask }
  audit(context, {
    operation: 'ACTION',
    resourceType: 'CLIENT',
    resourcePath: `clients/${id}/certificates/${prefix}/${action}`,
    representation: printRepresentation(certificateRepresentation, masked),
  })
}

/** The first key of a set that is for signatures, or does not say what for. */
export function keyOfSet(text: string): CertificateRepresentation | undefined {
  return attempt(() => {
    const { keys } = JSON.parse(text) as { keys: { use?: string; kid?: string }[] }
    const key = keys.find(({ use = 'sig' }) => use === 'sig')
    if (key === undefined) return undefined
    const publicKey = spkiOf(createPublicKey({ key, format: 'jwk' })).toString('base64')
    return { publicKey, ...(key.kid === undefined ? {} : { kid: key.kid }), jwks: text }
  })
}
