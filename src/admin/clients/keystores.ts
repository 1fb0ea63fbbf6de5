import type { KeyObject } from 'node:crypto'
import { jks } from '../../crypto/jks.ts'
import type { KeystoreContents } from '../../crypto/keystore.ts'
import { pkcs12 } from '../../crypto/pkcs12.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { rsaPrivateKey } from '../../keys/encodings.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import { type KeyStoreConfig, keyStoreConfig } from '../../representations/keys.ts'
import type { AdminContext } from '../admin-route.ts'
import { readRepresentation } from '../bodies.ts'
import { prefixOf, readCertificate, storeCertificate } from './certificate-attributes.ts'
import { findClient, manage, readClient, unknownError, view } from './client-view.ts'
import { generateClientKeys } from './key-pair.ts'

/** In the reference's order. BCFKS is the one that it has for FIPS. */
export const keystoreFormats: ReadonlySet<string> = new Set(['PKCS12', 'JKS', 'BCFKS'])

/** Sizes of keys in bits and years of validity that may be asked for. */
const keySizes: ReadonlySet<number> = new Set([1_024, 2_048, 3_072, 4_096])
const validityMaxYears = 100

/** The client's key and certificate as a keystore. */
export async function download(context: AdminContext): Promise<HttpResponse> {
  const client = readClient(await findClient(context, view))
  const config = readConfig(context)
  const { privateKey, certificate } = readCertificate(client, prefixOf(context))
  if (certificate === undefined) throw new AdminError(404, { error: 'keypair not generated for client' })
  requirePasswords(config, 'download', privateKey !== undefined)
  const key = privateKey === undefined ? undefined : rsaPrivateKey(privateKey)
  return keystore(context, config, { clientId: client.clientId, privateKey: key, certificate })
}

/** A new key, which goes out in a keystore and stays nowhere; the client keeps its certificate. */
export async function generateAndDownload(context: AdminContext): Promise<HttpResponse> {
  const { clientId } = readClient(await findClient(context, manage))
  const config = readConfig(context)
  requirePasswords(config, 'generation and download', true)
  const { keySize: keySizeBits, validity: validityYears } = config
  if (keySizeBits !== undefined && !keySizes.has(keySizeBits)) throw unknownError()
  if (validityYears !== undefined && (validityYears < 1 || validityYears > validityMaxYears)) throw unknownError()
  const { privateKey, certificateText: certificate } = await generateClientKeys(clientId, context.services.clock, {
    ...(keySizeBits === undefined ? {} : { keySizeBits }),
    ...(validityYears === undefined ? {} : { validityYears }),
  })
  await storeCertificate(context, { certificate }, 'generate-and-download')
  return keystore(context, config, { clientId, privateKey, certificate })
}

function readConfig(context: AdminContext): KeyStoreConfig & { format: string } {
  const { format = 'JKS', ...config } = readRepresentation(context.request, keyStoreConfig)
  if (format === 'BCFKS')
    throw new AdminError(501, { error: 'not_implemented', error_description: 'Keystores are written as PKCS12 and JKS.' })
  if (keystoreFormats.has(format)) return { ...config, format }
  const formats = [...keystoreFormats].join(', ')
  throw new AdminError(406, { error: `Not supported keystore format. Supported keystore formats: [${formats}]` })
}

function requirePasswords({ keyPassword, storePassword }: KeyStoreConfig, what: string, hasKey: boolean): void {
  const missing = hasKey && !keyPassword ? 'key' : storePassword ? undefined : 'store'
  if (missing === undefined) return
  const description = `Need to specify a ${missing} password for jks ${what}`
  throw new AdminError(400, { error: 'password-missing', error_description: description })
}

interface OwnKey {
  readonly clientId: string
  readonly privateKey: KeyObject | undefined
  readonly certificate: string
}

/** With the certificate of the realm's own key, unless the caller does not want it. */
function keystore(
  { services, realm }: AdminContext,
  { format, keyAlias, keyPassword = '', storePassword = '', realmAlias, realmCertificate = true }: KeyStoreConfig,
  { clientId, privateKey, certificate }: OwnKey,
): HttpResponse {
  const ofRealm = realmCertificate ? realm.derived(realmKeys).signing('RS256')?.certificate : undefined
  const contents: KeystoreContents = {
    key: { alias: keyAlias ?? clientId, privateKey, password: keyPassword, certificate: Buffer.from(certificate, 'base64') },
    trusted: ofRealm === undefined ? [] : [{ alias: realmAlias ?? realm.name, certificate: ofRealm }],
    password: storePassword,
  }
  const body = format === 'PKCS12' ? pkcs12(contents, services.random) : jks(contents, services.random, services.clock.now())
  return { status: 200, headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache' }, body }
}
