import type { KeyObject } from 'node:crypto'

/** What a keystore for a Java program holds: a key with its certificate, and certificates that are trusted. Certificates are DER. */
export interface KeystoreContents {
  readonly key: {
    readonly alias: string
    /** Undefined: the certificate stands alone, as a trusted one. */
    readonly privateKey: KeyObject | undefined
    readonly password: string
    readonly certificate: Buffer
  }
  readonly trusted: readonly { readonly alias: string; readonly certificate: Buffer }[]
  /** Of the keystore. */
  readonly password: string
}
