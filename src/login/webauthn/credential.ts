import type { CredentialRow } from '../../storage/credentials.ts'
import type { WebauthnKind } from './policy.ts'

/** A key of an authenticator, as ceremonies need it. */
export interface WebauthnCredential {
  readonly row: CredentialRow
  /** Base64url. */
  readonly id: string
  /** COSE_Key (RFC 9052). */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly counter: number
  readonly transports: readonly string[]
}

/** The reference's `credentialData`: the id in base64 with padding, the key in base64url without. */
interface StoredData {
  readonly aaguid?: string
  readonly credentialId: string
  readonly counter?: number
  readonly attestationStatement?: string
  readonly credentialPublicKey: string
  readonly attestationStatementFormat?: string
  readonly transports?: readonly string[]
}

export const webauthnCredentials = (rows: readonly CredentialRow[], kind: WebauthnKind): readonly WebauthnCredential[] =>
  rows.filter((row) => row.type === kind).map(readCredential)

function readCredential(row: CredentialRow): WebauthnCredential {
  const data = JSON.parse(row.credential_data) as StoredData
  return {
    row,
    // Node reads both alphabets of base64, whatever the padding.
    id: Buffer.from(data.credentialId, 'base64').toString('base64url'),
    publicKey: Uint8Array.from(Buffer.from(data.credentialPublicKey, 'base64url')),
    counter: data.counter ?? 0,
    transports: data.transports ?? [],
  }
}

/** The stored data with the counter that the authenticator told. */
export const withCounter = ({ row }: WebauthnCredential, counter: number): string =>
  JSON.stringify({ ...(JSON.parse(row.credential_data) as StoredData), counter })

export interface NewWebauthnCredential {
  readonly aaguid: string
  /** Base64url. */
  readonly id: string
  readonly counter: number
  readonly publicKey: Uint8Array
  readonly attestationFormat: string
  readonly transports: readonly string[]
}

/** The two JSON texts in which a credential is stored; there is no secret. */
export const webauthnData = (made: NewWebauthnCredential): { readonly secretData: string; readonly credentialData: string } => ({
  secretData: '{}',
  credentialData: JSON.stringify({
    aaguid: made.aaguid,
    credentialId: Buffer.from(made.id, 'base64url').toString('base64'),
    counter: made.counter,
    credentialPublicKey: Buffer.from(made.publicKey).toString('base64url'),
    attestationStatementFormat: made.attestationFormat,
    transports: made.transports,
  } satisfies StoredData),
})
