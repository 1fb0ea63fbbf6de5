import type { KeyProvider } from '../provider.ts'
import { givenRsa } from '../rsa.ts'

export const rsaEnc: KeyProvider = givenRsa(
  'rsa-enc',
  'RSA for key encryption provider that can optionally generated a self-signed certificate',
  'ENC',
)
