import { type HttpClient, HttpClientError } from '../http/client.ts'

/** A problem with an issuer's answers, in words for the operator. */
export class IssuerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'IssuerError'
  }
}

/** Redirects that an issuer's documents may take. */
const redirectsMax = 3

/** Where the documents and endpoints of an issuer are. */
export interface Metadata {
  /** A member of the issuer's metadata that is a URL, such as `jwks_uri`. Throws IssuerError. */
  url(member: 'jwks_uri' | 'introspection_endpoint'): Promise<string>
  /** Reads the metadata again when it is asked the next time. */
  forget(): void
}

/** The metadata of an OpenID provider (OpenID Connect Discovery 1.0 section 4), read when first asked for and kept. */
export function openMetadata(http: Pick<HttpClient, 'send'>, issuer: string): Metadata {
  let reading: Promise<Readonly<Record<string, unknown>>> | undefined
  return {
    async url(member) {
      reading ??= readMetadata(http, issuer)
      const running = reading
      try {
        const url = (await running)[member]
        if (typeof url !== 'string') throw new IssuerError(`the metadata of ${issuer} have no ${member}`)
        return url
      } catch (error) {
        if (reading === running) reading = undefined
        throw error
      }
    },
    forget() {
      reading = undefined
    },
  }
}

async function readMetadata(http: Pick<HttpClient, 'send'>, issuer: string): Promise<Readonly<Record<string, unknown>>> {
  const document = await readJson(http, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  // Section 4.3: whoever answers for another issuer could give its keys for those of this one.
  if (document['issuer'] !== issuer) throw new IssuerError(`the metadata of ${issuer} are those of ${String(document['issuer'])}`)
  return document
}

/** Reads a JSON object. Throws IssuerError. */
export async function readJson(http: Pick<HttpClient, 'send'>, url: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(http, url)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new IssuerError(`${url} answers with no JSON object`)
}

export async function readText(http: Pick<HttpClient, 'send'>, url: string): Promise<string> {
  try {
    const { status, body } = await http.send({ method: 'GET', url, headers: { accept: 'application/json' }, redirectsMax })
    if (status !== 200) throw new IssuerError(`${url} answers with status ${status}`)
    return body.toString('utf8')
  } catch (error) {
    if (error instanceof HttpClientError) throw new IssuerError(`${url} does not answer: ${error.fault}`, { cause: error })
    throw error
  }
}
