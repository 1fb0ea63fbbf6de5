import type { KeyProvider } from '../provider.ts'
import { generatedRsa } from '../rsa.ts'

export const rsaGenerated: KeyProvider = generatedRsa(
  'rsa-generated',
  'Generates RSA signature keys and creates a self-signed certificate',
  'SIG',
)
