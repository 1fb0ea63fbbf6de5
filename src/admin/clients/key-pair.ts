import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../../clock.ts'
import { selfSignedCertificate } from '../../crypto/certificate.ts'

const generate = promisify(generateKeyPair)

/** What the reference makes for a client unless it is asked for something else. */
const defaultKeySizeBits = 4_096
const defaultValidityYears = 3

/** An RSA key pair of a client with its certificate, `CN=<clientId>`. */
export interface ClientKeyPair {
  readonly privateKey: KeyObject
  /** DER in base64: PKCS #1 of the key, and X.509. */
  readonly privateKeyText: string
  readonly certificateText: string
}

export async function generateClientKeys(
  clientId: string,
  clock: Clock,
  { keySizeBits = defaultKeySizeBits, validityYears = defaultValidityYears }: { keySizeBits?: number; validityYears?: number } = {},
): Promise<ClientKeyPair> {
  const { privateKey } = await generate('rsa', { modulusLength: keySizeBits })
  const certificate = await selfSignedCertificate(privateKey, clientId, clock.now(), { validityYears })
  return {
    privateKey,
    privateKeyText: privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
    certificateText: certificate.toString('base64'),
  }
}
