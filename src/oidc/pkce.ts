import { createHash } from 'node:crypto'
import { secretsEqual } from '../crypto/compare.ts'

/** 43 to 128 unreserved characters: verifiers and challenges alike (RFC 7636 sections 4.1 and 4.2). */
export const isPkceText = (text: string): boolean => /^[\w.~-]{43,128}$/.test(text)

/** True when the verifier belongs to the challenge of the authorization request (RFC 7636 section 4.6). */
export function verifierFits(verifier: string, challenge: string, method: string | undefined): boolean {
  const expected = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  return secretsEqual(expected, challenge)
}
