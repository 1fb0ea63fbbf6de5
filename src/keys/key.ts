import type { KeyObject } from 'node:crypto'
import type { Signer } from '../crypto/jws.ts'

export type KeyStatus = 'ACTIVE' | 'PASSIVE' | 'DISABLED'
export type KeyUse = 'SIG' | 'ENC'
export type KeyType = 'RSA' | 'EC' | 'OKP' | 'OCT'

/** One key of a realm, ready to use. */
export interface RealmKey {
  readonly kid: string
  /** The component that provides it. */
  readonly providerId: string
  readonly providerPriority: number
  readonly status: KeyStatus
  readonly type: KeyType
  readonly use: KeyUse
  /** JWA name: RS256, ES512, EdDSA, HS512, RSA-OAEP, AES … */
  readonly algorithm: string
  /** Of asymmetric keys the private half, of symmetric ones the secret. */
  readonly privateKey: KeyObject
  /** Of asymmetric keys only. */
  readonly publicKey: KeyObject | undefined
  /** DER of the self-signed or given certificate; curve keys have one only where their component asks for it. */
  readonly certificate: Buffer | undefined
  /** Keeps one signer per header `typ`, so that header bytes are made once; keys of a realm have it. */
  readonly signer?: (typ: string) => Signer
}

/** The keys of one realm snapshot, highest priority first. */
export interface RealmKeys {
  readonly all: readonly RealmKey[]
  /** The active key for signing with an algorithm; undefined when the realm has none. */
  signing(algorithm: string): RealmKey | undefined
  /** The active encryption key for an algorithm (RSA-OAEP, AES). */
  encryption(algorithm: string): RealmKey | undefined
  /** Active and passive keys by kid, for verification. */
  byKid(kid: string): RealmKey | undefined
  /** The JWKS document (RFC 7517): public halves of active and passive asymmetric keys. */
  readonly jwksBytes: Buffer
}
