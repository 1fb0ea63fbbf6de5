import type { HttpClient } from '../../http/client.ts'
import type { ClientRepresentation } from '../../representations/client.ts'

interface PairwiseFault {
  readonly message: string
  readonly key: string
}

const faults = {
  noHost: { message: 'Client redirect URIs must contain a valid host component.', key: 'pairwiseClientRedirectUrisMissingHost' },
  manyHosts: {
    message: 'Without a configured Sector Identifier URI, client redirect URIs must not contain multiple host components.',
    key: 'pairwiseClientRedirectUrisMultipleHosts',
  },
  badSector: { message: 'Invalid Sector Identifier URI.', key: 'pairwiseMalformedSectorIdentifierURI' },
  unreadable: {
    message: 'Failed to get redirect URIs from the Sector Identifier URI.',
    key: 'pairwiseFailedToGetRedirectURIs',
  },
  mismatch: {
    message: 'Client redirect URIs does not match redirect URIs fetched from the Sector Identifier URI.',
    key: 'pairwiseRedirectURIsMismatch',
  },
} as const satisfies Readonly<Record<string, PairwiseFault>>

/** Seconds are enough for a small document; the administrator waits for it. */
const sectorDocument = { timeoutMs: 5_000, responseBytesMax: 64 * 1024 } as const

export const pairwiseMapper = 'oidc-sha256-pairwise-sub-mapper'
/** What makes its subjects unlike those of other clients; made where nobody gives one. */
export const pairwiseSalt = 'pairwiseSubAlgorithmSalt'

/**
 * Pairwise subjects need to know which sector a client belongs to (OpenID Connect Core section 8.1): the one host of its redirect URIs, or
 * a document that lists them. Undefined when the client has no such subjects, or is well.
 */
export async function pairwiseFault(http: HttpClient, client: ClientRepresentation): Promise<PairwiseFault | undefined> {
  for (const { protocolMapper, config } of client.protocolMappers ?? []) {
    if (protocolMapper !== pairwiseMapper) continue
    const fault = await sectorFault(http, client, config?.['sectorIdentifierUri'] ?? '')
    if (fault) return fault
  }
  return undefined
}

export async function sectorFault(
  http: HttpClient,
  { rootUrl, redirectUris = [] }: ClientRepresentation,
  sectorUri: string,
): Promise<PairwiseFault | undefined> {
  const uris = redirectUris.map((uri) => (uri.startsWith('/') ? `${rootUrl ?? ''}${uri}` : uri))
  if (sectorUri === '') {
    const hosts = new Set(uris.map((uri) => URL.parse(uri)?.hostname || undefined))
    if (hosts.size === 0 || hosts.has(undefined)) return faults.noHost
    return hosts.size > 1 ? faults.manyHosts : undefined
  }
  if (!URL.parse(sectorUri)?.hostname) return faults.badSector
  const listed = await readSector(http, sectorUri)
  if (listed === undefined) return faults.unreadable
  return uris.every((uri) => listed.has(uri)) ? undefined : faults.mismatch
}

async function readSector(http: HttpClient, url: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const { status, body } = await http.send({ method: 'GET', url, ...sectorDocument })
    const list: unknown = status === 200 ? JSON.parse(body.toString('utf8')) : undefined
    return Array.isArray(list) ? new Set(list.map(String)) : undefined
  } catch {
    return undefined
  }
}
