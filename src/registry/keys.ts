import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Jwk } from '../crypto/jwk.ts'
import { BrokenRule } from './rules.ts'

export const keyLimits = {
  /** Keys of a set that is sent. */
  keysMax: 20,
  urlLengthMax: 2_000,
  rsaBitsMin: 2_048,
} as const

const refused = (rule: string): BrokenRule => new BrokenRule('key', rule)

/** The public key by which a system signs, in one of four forms. */
export interface GivenKey {
  readonly jwks?: unknown
  readonly jwksUrl?: string
  /** PEM, or its base64 alone. */
  readonly certificate?: string
  /** PEM, or its base64 alone. */
  readonly publicKey?: string
}

const forms = ['jwks', 'jwksUrl', 'certificate', 'publicKey'] as const

/** Client attributes of a key; see oidc/client-auth/client-keys.ts, and docs/guides/signed-assertions.md. */
const keyAttributes = [
  ...['use.jwks.url', 'jwks.url', 'use.jwks.string', 'jwks.string'],
  ...['jwt.credential.certificate', 'jwt.credential.public.key', 'jwt.credential.kid'],
]

/** The attributes of a client without those of its keys. */
export const withoutKeys = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !keyAttributes.includes(name)))

/** Undefined when no key is given. Throws AdminError 400 for several, and for one that cannot be used. */
export function attributesOfKey(given: GivenKey): Record<string, string> | undefined {
  const present = forms.filter((form) => given[form] !== undefined && given[form] !== null)
  if (present.length > 1) throw refused(`Only one of ${forms.join(', ')} can be given`)
  switch (present[0]) {
    case 'jwks':
      return { 'use.jwks.string': 'true', 'jwks.string': requireJwks(given.jwks) }
    case 'jwksUrl':
      return { 'use.jwks.url': 'true', 'jwks.url': requireUrl(given.jwksUrl ?? '') }
    case 'certificate':
      return { 'jwt.credential.certificate': requireCertificate(given.certificate ?? '') }
    case 'publicKey':
      return { 'jwt.credential.public.key': requirePublicKey(given.publicKey ?? '') }
    default:
      return undefined
  }
}

/** As attributesOfKey, where a key must be given. */
export function requireKey(given: GivenKey): Record<string, string> {
  const attributes = attributesOfKey(given)
  if (attributes === undefined) throw refused(`One of ${forms.join(', ')} is needed`)
  return attributes
}

/** Members of a JWK that make a private or secret key of it (RFC 7518 section 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

function requireJwks(value: unknown): string {
  const keys = typeof value === 'object' && value !== null ? (value as { keys?: unknown }).keys : undefined
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > keyLimits.keysMax)
    throw refused(`jwks is a JSON Web Key Set with 1 to ${keyLimits.keysMax} public keys`)
  for (const key of keys as unknown[]) {
    if (typeof key !== 'object' || key === null) throw refused('jwks: a key is no JSON object')
    if (privateMembers.some((member) => member in key)) throw refused('jwks: a private or secret key was sent; only public keys are taken')
    requireStrong(
      attempt(() => createPublicKey({ key: key as Jwk, format: 'jwk' })),
      'jwks: a key cannot be read',
    )
  }
  return JSON.stringify({ keys })
}

function requireUrl(text: string): string {
  const url = text.length > keyLimits.urlLengthMax ? null : URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.hash !== '')
    throw refused('jwksUrl is an absolute http or https address without a user name and a fragment')
  return url.href
}

function requireCertificate(text: string): string {
  const body = base64Of(text, 'certificate')
  requireStrong(
    attempt(() => new X509Certificate(body).publicKey),
    'certificate is no X.509 certificate',
  )
  return body.toString('base64')
}

function requirePublicKey(text: string): string {
  const body = base64Of(text, 'publicKey')
  requireStrong(
    attempt(() => createPublicKey({ key: body, format: 'der', type: 'spki' })),
    'publicKey is no public key (SubjectPublicKeyInfo)',
  )
  return body.toString('base64')
}

function base64Of(text: string, member: string): Buffer {
  if (text.includes('PRIVATE KEY')) throw refused(`${member}: a private key was sent; only public keys are taken`)
  return Buffer.from(text.replace(/-----[^-]*-----/g, ''), 'base64')
}

function requireStrong(key: KeyObject | undefined, otherwise: string): void {
  if (key === undefined) throw refused(otherwise)
  const { modulusLength } = key.asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined && modulusLength < keyLimits.rsaBitsMin)
    throw refused(`An RSA key has at least ${keyLimits.rsaBitsMin} bits`)
}

function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
