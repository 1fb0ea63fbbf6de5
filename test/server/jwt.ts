import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { Json } from './call.ts'

const part = (text: string | undefined): Json => JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8')) as Json

export const jwtHeader = (token: unknown): Json => part(String(token).split('.')[0])
export const jwtClaims = (token: unknown): Json => part(String(token).split('.')[1])

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A key that the server does not know. */
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const strangersJwk = { ...stranger.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }

const signed = (header: unknown, claims: unknown): string => {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), stranger.privateKey).toString('base64url')}`
}

/**
 * Forgeries of a real token: every way to make one that a careless verifier accepts (RFC 8725 section 2). The public key is the realm's,
 * in base64 as the realm information has it.
 */
export function forgeries(token: string, publicKey: string): Readonly<Record<string, string>> {
  const header = jwtHeader(token)
  const claims = jwtClaims(token)
  const [head, body, signature = ''] = token.split('.')
  const hmac = (algorithm: 'HS256' | 'HS512', key: string | Buffer): string => {
    const input = `${encode({ ...header, alg: algorithm })}.${body}`
    return `${input}.${createHmac(algorithm === 'HS256' ? 'sha256' : 'sha512', key)
      .update(input)
      .digest('base64url')}`
  }
  const pem = `-----BEGIN PUBLIC KEY-----\n${publicKey.match(/.{1,64}/g)?.join('\n')}\n-----END PUBLIC KEY-----\n`
  const none = encode({ alg: 'none', typ: 'JWT' })
  return {
    'alg none': `${none}.${body}.`,
    'alg nOnE with the signature kept': `${encode({ ...header, alg: 'nOnE' })}.${body}.${signature}`,
    'no signature': `${head}.${body}.`,
    'HS256 with the public key as secret': hmac('HS256', pem),
    'HS512 with the public key as secret': hmac('HS512', pem),
    'HS256 with the bytes of the public key': hmac('HS256', Buffer.from(publicKey, 'base64')),
    'HS512 with an empty secret': hmac('HS512', ''),
    'tampered claims': `${head}.${encode({ ...claims, sub: '00000000-0000-0000-0000-000000000000', azp: 'admin-cli' })}.${signature}`,
    'tampered header': `${encode({ ...header, x: 1 })}.${body}.${signature}`,
    'another algorithm of the same key': `${encode({ ...header, alg: 'RS512' })}.${body}.${signature}`,
    'unknown kid': signed({ ...header, kid: 'stranger' }, claims),
    'no kid, signed by a stranger': signed({ alg: 'RS256', typ: 'JWT' }, claims),
    'known kid, signed by a stranger': signed({ ...header, alg: 'RS256' }, claims),
    'jwk in the header': signed({ ...header, alg: 'RS256', jwk: strangersJwk }, claims),
    'jku in the header': signed({ ...header, alg: 'RS256', kid: 'stranger', jku: 'http://127.0.0.1:9/jwks' }, claims),
    'x5u in the header': signed({ ...header, alg: 'RS256', kid: 'stranger', x5u: 'http://127.0.0.1:9/x' }, claims),
    'kid that is a path': signed({ ...header, kid: '../../etc/passwd' }, claims),
    'unknown critical header': signed({ ...header, alg: 'RS256', crit: ['x'], x: 1 }, claims),
    'four parts': `${token}.${signature}`,
    'two parts': `${head}.${body}`,
    'claims that are no object': `${head}.${Buffer.from('"a"').toString('base64url')}.${signature}`,
    'not base64': `${head}.%%%.${signature}`,
    'nothing but dots': '..',
    garbage: 'garbage',
  }
}
