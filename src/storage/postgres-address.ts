import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

export interface PostgresOptions {
  /** `postgresql://host:5432/db`, or the reference server's form `jdbc:postgresql://host:5432/db?user=…`. */
  readonly url: string
  /** Wins over the URL's. */
  readonly username?: string
  /** Wins over the URL's. */
  readonly password?: string
  /** Connections of this process; `storageLimits.poolMax` unless given. */
  readonly poolMax?: number
}

/** Where a server is and how to log in. `text` is for messages: it has no password. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly ssl: false | ConnectionOptions
  /** PostgreSQL's search path; undefined for the server's own. */
  readonly schema: string | undefined
  readonly text: string
}

/**
 * The words of libpq and of the JDBC driver: `require` encrypts without a check of the certificate, `verify-ca` checks it, `verify-full`
 * the host name as well. `allow` and `prefer` would fall back to plain text unseen and are not offered.
 */
function tlsOptions(mode: string | null, rootCertificateFile: string | null): false | ConnectionOptions {
  if (mode === null || mode === 'disable') return false
  const authority = rootCertificateFile === null ? {} : { ca: readFileSync(rootCertificateFile, 'utf8') }
  if (mode === 'require') return { rejectUnauthorized: false }
  if (mode === 'verify-ca') return { ...authority, checkServerIdentity: () => undefined }
  if (mode === 'verify-full') return authority
  throw new Error(`the database URL has sslmode=${mode}; known are disable, require, verify-ca and verify-full`)
}

/** Parses the database URL. Throws an Error whose message does not repeat the URL, for it may hold a password. */
export function postgresAddress({ url, username, password }: PostgresOptions): PostgresAddress {
  const plain = url.replace(/^jdbc:/, '')
  if (!/^postgres(?:ql)?:\/\//.test(plain) || !URL.canParse(plain)) {
    throw new Error('the database URL must look like postgresql://host:5432/database or jdbc:postgresql://host:5432/database')
  }
  const parsed = new URL(plain)
  const query = parsed.searchParams
  const host = decodeURIComponent(parsed.hostname).replace(/^\[|\]$/g, '') || query.get('host') || 'localhost'
  const port = Number(parsed.port || query.get('port') || 5432)
  const user = username ?? (decodeURIComponent(parsed.username) || query.get('user') || undefined)
  const database = decodeURIComponent(parsed.pathname.slice(1)) || user || 'postgres'
  const mode = query.get('sslmode') ?? (query.get('ssl') === 'true' ? 'verify-full' : null)
  return {
    host,
    port,
    database,
    user,
    password: password ?? (decodeURIComponent(parsed.password) || query.get('password') || undefined),
    ssl: tlsOptions(mode, query.get('sslrootcert')),
    schema: query.get('currentSchema') ?? undefined,
    text: `${host}:${port}/${database}${user === undefined ? '' : ` as ${user}`}`,
  }
}
