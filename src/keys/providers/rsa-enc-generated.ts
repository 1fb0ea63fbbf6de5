import type { KeyProvider } from '../provider.ts'
import { generatedRsa } from '../rsa.ts'

export const rsaEncGenerated: KeyProvider = generatedRsa(
  'rsa-enc-generated',
  'Generates RSA keys for key encryption and creates a self-signed certificate',
  'ENC',
)
