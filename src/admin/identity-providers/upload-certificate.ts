import { createPublicKey, X509Certificate } from 'node:crypto'
import { AdminError } from '../../http/errors.ts'
import { parseMultipart } from '../../http/multipart.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type CertificateRepresentation, certificateRepresentation } from '../../representations/keys.ts'
import { printRepresentation } from '../../representations/print.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { badRequest, failed } from '../authentication/answers.ts'
import { jsonText } from '../bodies.ts'
import { manageRoles } from './instances.ts'

export const certificateRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/identity-provider/upload-certificate',
    summary: 'Read a certificate or a key from a file',
    role: manageRoles,
    handle: uploadCertificate,
  },
]

/** Nothing is stored: what the file holds comes back for the settings of a provider. */
async function uploadCertificate({ request }: AdminContext): Promise<HttpResponse> {
  const parts = parseMultipart(request.headers['content-type'], request.body) ?? []
  const format = parts.find(({ name }) => name === 'keystoreFormat')?.body.toString('utf8')
  if (format === undefined) throw badRequest('keystoreFormat cannot be null')
  const file = parts.find(({ name }) => name === 'file')?.body.toString('utf8')
  if (file === undefined || file === '') throw badRequest('file cannot be empty')
  const read = Object.hasOwn(formats, format) ? formats[format] : undefined
  if (read === undefined) throw failed()
  return jsonText(printRepresentation(certificateRepresentation, read(file)))
}

const formats: Readonly<Record<string, (file: string) => CertificateRepresentation>> = Object.freeze({
  'Certificate PEM': readCertificate,
  'Public Key PEM': readPublicKey,
  'JSON Web Key Set': readKeySet,
  JKS: refuseKeystore,
  PKCS12: refuseKeystore,
})

/** A PEM text, or the base64 in it alone. */
const derOf = (file: string): Buffer => Buffer.from(file.replace(/-----[^-]+-----/g, '').replace(/\s+/g, ''), 'base64')

/** Throws the reference's failure for a file that `read` cannot make sense of. */
function attempt<T>(read: () => T, otherwise: () => AdminError = failed): T {
  try {
    return read()
  } catch {
    throw otherwise()
  }
}

function readCertificate(file: string): CertificateRepresentation {
  const certificate = attempt(() => new X509Certificate(derOf(file)))
  const publicKey = certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return { publicKey, certificate: certificate.raw.toString('base64') }
}

function readPublicKey(file: string): CertificateRepresentation {
  attempt(() => createPublicKey({ key: derOf(file), type: 'spki', format: 'der' }))
  return { publicKey: file }
}

const notFound = (): AdminError =>
  new AdminError(400, { error: 'certificate-not-found', error_description: 'Certificate or key error loding from uploaded file' })

/** The first key for signatures. */
function readKeySet(file: string): CertificateRepresentation {
  return attempt(() => {
    const { keys = [] } = JSON.parse(file) as { readonly keys?: readonly Readonly<Record<string, unknown>>[] }
    const key = keys.find(({ use }) => use === 'sig')
    if (key === undefined) throw notFound()
    const publicKey = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' }).toString('base64')
    return { ...(typeof key['kid'] === 'string' ? { kid: key['kid'] } : {}), publicKey, jwks: file }
  }, notFound)
}

/** Java's keystores are not read here; the certificate in one can be exported as PEM. */
function refuseKeystore(): never {
  throw new AdminError(400, { error: 'certificate-not-found', error_description: 'Invalid certificate/key in file' })
}
