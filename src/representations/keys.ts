import { boolean, choice, integer, list, long, map, object, primitive, type Representation, table, text } from './fields.ts'

export const keyMetadataRepresentation = table('KeyMetadataRepresentation', {
  providerId: text,
  providerPriority: primitive(long),
  kid: text,
  status: text,
  type: text,
  algorithm: text,
  publicKey: text,
  certificate: text,
  use: choice('SIG', 'ENC', 'JWT_SVID'),
  validTo: long,
})

export type KeyMetadataRepresentation = Representation<typeof keyMetadataRepresentation>

export const keysMetadataRepresentation = table('KeysMetadataRepresentation', {
  active: map(text),
  keys: list(object(() => keyMetadataRepresentation)),
})

export type KeysMetadataRepresentation = Representation<typeof keysMetadataRepresentation>

export const certificateRepresentation = table('CertificateRepresentation', {
  privateKey: text,
  publicKey: text,
  certificate: text,
  kid: text,
  jwks: text,
})

export type CertificateRepresentation = Representation<typeof certificateRepresentation>

export const keyStoreConfig = table('KeyStoreConfig', {
  realmCertificate: boolean,
  storePassword: text,
  keyPassword: text,
  keyAlias: text,
  realmAlias: text,
  format: text,
  keySize: integer,
  validity: integer,
})

export type KeyStoreConfig = Representation<typeof keyStoreConfig>
