import type { KeyProvider } from '../provider.ts'
import { givenRsa } from '../rsa.ts'

export const rsa: KeyProvider = givenRsa('rsa', 'RSA signature key provider that can optionally generated a self-signed certificate', 'SIG')
