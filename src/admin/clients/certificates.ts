import { createPublicKey, X509Certificate } from 'node:crypto'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { attempt, spkiOf } from '../../keys/encodings.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { type CertificateRepresentation, certificateRepresentation, keyStoreConfig } from '../../representations/keys.ts'
import { secretMask } from '../../representations/mask.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText, readRepresentation } from '../bodies.ts'
import { changeClient, findClient, manage, query, readClient, unknownError, view } from './client-view.ts'
import { generateClientKeys } from './key-pair.ts'
import { type MultipartFields, readMultipart } from './multipart.ts'

const base = '/clients/:client/certificates/:attr'

/** Keys and certificates of clients. `attr` begins the names of the attributes that hold them: `jwt.credential`, `saml.signing`. */
export const certificateRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: base, summary: "A client's certificate", role: query, handle: getCertificate },
  { method: 'POST', path: `${base}/generate`, summary: 'Make a key with its certificate', role: query, handle: generate },
  { method: 'POST', path: `${base}/upload`, summary: 'Give a key or certificate', role: query, handle: upload },
  { method: 'POST', path: `${base}/upload-certificate`, summary: 'Give a certificate', role: query, handle: upload },
  {
    method: 'POST',
    path: `${base}/download`,
    summary: 'A keystore with the key',
    role: query,
    handle: (context) => keystore(context, view, 'download'),
  },
  {
    method: 'POST',
    path: `${base}/generate-and-download`,
    summary: 'Make a key and give it as a keystore',
    role: query,
    handle: (context) => keystore(context, manage, 'generation and download'),
  },
]

const prefixOf = ({ request }: AdminContext): string => request.params['attr'] ?? ''

/** Attributes in which a key set stands as it was given. They are those of clients that authenticate by a signed JWT, and of no other use. */
const keySet = { text: 'jwks.string', used: 'use.jwks.string' } as const
const takesKeySet = (prefix: string): boolean => prefix === 'jwt.credential'

const members = [
  ['privateKey', 'private.key'],
  ['publicKey', 'public.key'],
  ['certificate', 'certificate'],
  ['kid', 'kid'],
] as const

function readCertificate({ attributes = {} }: ClientRepresentation, prefix: string): CertificateRepresentation {
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

async function getCertificate(context: AdminContext): Promise<HttpResponse> {
  const client = readClient(await findClient(context, view))
  return jsonText(printRepresentation(certificateRepresentation, readCertificate(client, prefixOf(context))))
}

/** The private key is told here, and as an attribute of the client. */
async function generate(context: AdminContext): Promise<HttpResponse> {
  const { client_id: clientId } = await findClient(context, manage)
  const { privateKeyText, certificateText } = await generateClientKeys(clientId, context.services.clock)
  const made: CertificateRepresentation = { privateKey: privateKeyText, certificate: certificateText }
  await store(context, made, 'generate')
  return jsonText(printRepresentation(certificateRepresentation, made))
}

async function upload(context: AdminContext): Promise<HttpResponse> {
  await findClient(context, manage)
  const given = uploaded(readMultipart(context.request) ?? new Map())
  await store(context, given, context.request.path.slice(context.request.path.lastIndexOf('/') + 1))
  const { headers, ...answer } = jsonText(printRepresentation(certificateRepresentation, given))
  return { ...answer, headers: { 'content-type': String(headers?.['content-type']) } }
}

async function store(context: AdminContext, certificate: CertificateRepresentation, action: string): Promise<void> {
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

const keystoreFormats: ReadonlySet<string> = new Set(['JKS', 'PKCS12', 'BCFKS'])

/** Reading and writing keystores is not among what this server does: keys and certificates come and go as PEM, base64 and key sets. */
const noKeystores = (): AdminError =>
  new AdminError(501, { error: 'not_implemented', error_description: 'Keystores are not supported. Use PEM or a JSON Web Key Set.' })

/** What a form brings: `keystoreFormat` and `file`. Throws AdminError. */
function uploaded(fields: MultipartFields): CertificateRepresentation {
  const format = fields.get('keystoreFormat')?.toString('utf8')
  if (format === undefined) throw new AdminError(400, { error: 'keystoreFormat cannot be null' })
  const file = fields.get('file')?.toString('utf8')
  if (file === undefined) throw new AdminError(400, { error: 'file cannot be empty' })
  if (format === 'Certificate PEM') return { certificate: certificateOf(file) }
  if (format === 'Public Key PEM') {
    if (attempt(() => createPublicKey(file)) === undefined) throw unknownError()
    return { publicKey: file }
  }
  if (format === 'JSON Web Key Set') {
    const key = keyOfSet(file)
    if (key !== undefined) return key
    const description = 'Certificate or key with given alias not found in the keystore'
    throw new AdminError(400, { error: 'certificate-not-found', error_description: description })
  }
  if (keystoreFormats.has(format)) throw noKeystores()
  throw new AdminError(400, { error: 'error loading keystore' })
}

/** The base64 of a certificate's DER; an empty file takes the certificate away. */
function certificateOf(pem: string): string {
  const certificate = pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  if (certificate === '') return ''
  if (attempt(() => new X509Certificate(Buffer.from(certificate, 'base64'))) === undefined) throw unknownError()
  return certificate
}

/** The first key of a set that is for signatures, or does not say what for. */
function keyOfSet(text: string): CertificateRepresentation | undefined {
  return attempt(() => {
    const { keys } = JSON.parse(text) as { keys: { use?: string; kid?: string }[] }
    const key = keys.find(({ use = 'sig' }) => use === 'sig')
    if (key === undefined) return undefined
    const publicKey = spkiOf(createPublicKey({ key, format: 'jwk' })).toString('base64')
    return { publicKey, ...(key.kid === undefined ? {} : { kid: key.kid }), jwks: text }
  })
}

/** Refuses what the reference refuses, in its words; then says that there are no keystores here. */
async function keystore(context: AdminContext, roles: readonly string[], what: string): Promise<HttpResponse> {
  const client = readClient(await findClient(context, roles))
  const { format = 'JKS', keyPassword, storePassword } = readRepresentation(context.request, keyStoreConfig)
  if (!keystoreFormats.has(format)) {
    const supported = '[PKCS12, JKS, BCFKS]'
    throw new AdminError(406, { error: `Not supported keystore format. Supported keystore formats: ${supported}` })
  }
  const { privateKey, certificate } = readCertificate(client, prefixOf(context))
  if (what === 'download' && privateKey === undefined && certificate === undefined)
    throw new AdminError(404, { error: 'keypair not generated for client' })
  for (const [password, name] of [
    [keyPassword, 'key'],
    [storePassword, 'store'],
  ] as const) {
    if (password) continue
    throw new AdminError(400, { error: 'password-missing', error_description: `Need to specify a ${name} password for jks ${what}` })
  }
  throw noKeystores()
}
