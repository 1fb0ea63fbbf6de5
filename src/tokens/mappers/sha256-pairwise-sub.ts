import { createHash } from 'node:crypto'
import type { Client } from '../../realm/model.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { property, tokenMapper } from './properties.ts'

/**
 * A subject that is another one at each sector (OpenID Connect Core section 8.1): SHA-256 over sector, user id and salt, then a name-based
 * UUID of version 3, as the reference makes it. Without a salt, or without exactly one sector, there is no subject at all: the user's real
 * id must not slip out instead (the reference fails with 500).
 */
export const sha256PairwiseSub: ProtocolMapper = {
  id: 'oidc-sha256-pairwise-sub-mapper',
  label: 'Pairwise subject identifier',
  help: "Calculates a pairwise subject identifier using a salted sha-256 hash and adds it to the 'sub' claim. See OpenID Connect specification for more info about pairwise subject identifiers.",
  category: tokenMapper,
  priority: 0,
  targets: ['access', 'id', 'userinfo', 'introspection'],
  properties: [
    property('sectorIdentifierUri', { label: 'sectorIdentifierUri.label', helpText: 'sectorIdentifierUri.tooltip', type: 'String' }),
    property('pairwiseSubAlgorithmSalt', {
      label: 'pairwiseSubAlgorithmSalt.label',
      helpText: 'pairwiseSubAlgorithmSalt.tooltip',
      type: 'String',
    }),
  ],
  compile(config) {
    return (claims, { user, client }) => {
      claims['sub'] = subjectOf(client, user.id, config)
    }
  },
}

function subjectOf(client: Client, userId: string, config: Readonly<Record<string, string>>): string | undefined {
  const salt = config['pairwiseSubAlgorithmSalt']
  const uri = config['sectorIdentifierUri']
  const sector = uri ? hostOf(uri) : client.derived(sectorOf)
  return salt && sector ? pairwiseSubject(sector, userId, salt) : undefined
}

/** The subject by which a client knows a user; undefined when it ought to be a pairwise one and cannot be made. */
export function subjectForClient(client: Client, userId: string): string | undefined {
  const mapper = client.mappers.find(({ protocolMapper }) => protocolMapper === sha256PairwiseSub.id)
  return mapper ? subjectOf(client, userId, mapper.config ?? {}) : userId
}

/** The host of all redirect URIs, when it is one; paths have that of the root URL. */
function sectorOf(client: Client): string | undefined {
  const { redirectUris = [], rootUrl = '' } = client.doc
  const hosts = new Set(redirectUris.map((uri) => hostOf(uri.startsWith('/') ? rootUrl : uri)))
  return hosts.size === 1 ? [...hosts][0] : undefined
}

/** As it is written, since the subject depends on its letters' case. Undefined without a host, or with a wildcard in it. */
function hostOf(uri: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^/?#:*]+)(?=[:/?#]|$)/i.exec(uri)?.[1]
}

function pairwiseSubject(sector: string, userId: string, salt: string): string {
  const digest = createHash('sha256').update(sector).update(userId).update(salt).digest()
  const bytes = createHash('md5').update(digest).digest()
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x30, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
