import { createPublicKey, X509Certificate } from 'node:crypto'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { attempt } from '../../keys/encodings.ts'
import { type CertificateRepresentation, certificateRepresentation } from '../../representations/keys.ts'
import { printRepresentation } from '../../representations/print.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { jsonText } from '../bodies.ts'
import { keyOfSet, prefixOf, readCertificate, storeCertificate } from './certificate-attributes.ts'
import { findClient, manage, query, readClient, unknownError, view } from './client-view.ts'
import { generateClientKeys } from './key-pair.ts'
import { download, generateAndDownload, keystoreFormats } from './keystores.ts'
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
    handle: download,
  },
  {
    method: 'POST',
    path: `${base}/generate-and-download`,
    summary: 'Make a key and give it as a keystore',
    role: query,
    handle: generateAndDownload,
  },
]

async function getCertificate(context: AdminContext): Promise<HttpResponse> {
  const client = readClient(await findClient(context, view))
  return jsonText(printRepresentation(certificateRepresentation, readCertificate(client, prefixOf(context))))
}

/** The private key is told here, and as an attribute of the client. */
async function generate(context: AdminContext): Promise<HttpResponse> {
  const { client_id: clientId } = await findClient(context, manage)
  const { privateKeyText, certificateText } = await generateClientKeys(clientId, context.services.clock)
  const made: CertificateRepresentation = { privateKey: privateKeyText, certificate: certificateText }
  await storeCertificate(context, made, 'generate')
  return jsonText(printRepresentation(certificateRepresentation, made))
}

async function upload(context: AdminContext): Promise<HttpResponse> {
  await findClient(context, manage)
  const given = uploaded(readMultipart(context.request) ?? new Map())
  await storeCertificate(context, given, context.request.path.slice(context.request.path.lastIndexOf('/') + 1))
  const { headers, ...answer } = jsonText(printRepresentation(certificateRepresentation, given))
  return { ...answer, headers: { 'content-type': String(headers?.['content-type']) } }
}

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
  // Keystores are written here, not read: who has one has openssl or keytool, too.
  if (keystoreFormats.has(format))
    throw new AdminError(501, { error: 'not_implemented', error_description: 'Upload the certificate as PEM or as a JSON Web Key Set.' })
  throw new AdminError(400, { error: 'error loading keystore' })
}

/** The base64 of a certificate's DER; an empty file takes the certificate away. */
function certificateOf(pem: string): string {
  const certificate = pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  if (certificate === '') return ''
  if (attempt(() => new X509Certificate(Buffer.from(certificate, 'base64'))) === undefined) throw unknownError()
  return certificate
}
