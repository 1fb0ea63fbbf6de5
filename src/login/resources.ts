import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { notFoundResponse } from '../http/error-responses.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Themes } from './themes.ts'

/** A file that pages use, read once. */
export interface StaticFile {
  readonly contentType: string
  /** In quotes, as the header wants it. */
  readonly etag: string
  readonly body: Buffer
}

/** Files by their path below the folder, with slashes: `css/theme.css`. */
export interface StaticFiles {
  readonly files: ReadonlyMap<string, StaticFile>
  /** Changes with every change of a file; part of the files' addresses, so that they can be cached for ever. */
  readonly version: string
}

/** Other endings are not served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

export const staticFileLimits = {
  /** Files of one folder; they are kept in memory. */
  filesMax: 500,
  /** Bytes of one folder. */
  bytesMax: 16 * 1024 * 1024,
} as const

/** Reads a folder with those below it. Throws an Error of one line when it holds more than the limits allow. */
export function readStaticFiles(folder: string): StaticFiles {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && contentTypes[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (paths.length > staticFileLimits.filesMax) throw new Error(`${folder}: more than ${staticFileLimits.filesMax} files`)
  const files = new Map<string, StaticFile>()
  let bytes = 0
  for (const path of paths) {
    const body = readFileSync(path)
    bytes += body.length
    if (bytes > staticFileLimits.bytesMax) throw new Error(`${folder}: more than ${staticFileLimits.bytesMax} bytes`)
    const name = path.slice(folder.length + 1).replaceAll('\\', '/')
    files.set(name, { contentType: contentTypes[extname(path)] ?? '', etag: `"${hash(body).slice(0, 20)}"`, body })
  }
  return { files, version: hash([...files].map(([name, { etag }]) => `${name} ${etag}`).join('\n')).slice(0, 10) }
}

const hash = (content: string | Buffer): string => createHash('sha256').update(content).digest('base64url')

/** The look that everybody gets who has no theme of his own. */
export const builtInTheme = 'ostiary'

/** Beside this file, and beside the bundle that it becomes part of. */
export const builtInFiles: StaticFiles = readStaticFiles(join(import.meta.dirname, 'resources'))

/** Path of a theme's files below the base path. */
export const resourcesPath = (theme: string, { version }: StaticFiles): string => `/resources/${version}/login/${encodeURIComponent(theme)}`

/** One year, in the words of RFC 8246: the address changes when the file does. */
const forEver = 'public, max-age=31536000, immutable'

/** An image must not act as a page when somebody opens it by itself. */
const imagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

function answer(request: HttpRequest, themes: Themes): HttpResponse {
  const { version, theme: name = '', '*': path = '' } = request.params
  const found = name === builtInTheme ? builtInFiles : themes.find(name)?.resources
  const file = found?.files.get(path)
  if (found === undefined || file === undefined) return notFoundResponse()
  // While a new version is rolled out a page of one node may ask another: it gets what there is, but may not keep it.
  const headers = { etag: file.etag, 'cache-control': version === found.version ? forEver : 'no-cache' }
  if (request.headers['if-none-match'] === file.etag) return { status: 304, headers }
  const policy = file.contentType.startsWith('image/svg') ? { 'content-security-policy': imagePolicy } : {}
  return { status: 200, headers: { ...headers, 'content-type': file.contentType, ...policy }, body: file.body }
}

export const resourceRoutes: readonly Route<{ readonly themes: Themes }>[] = [
  {
    method: 'GET',
    path: '/resources/:version/login/:theme/*',
    family: 'page',
    summary: 'Style sheets, scripts and images of the login pages',
    handle: async (request, { themes }) => answer(request, themes),
  },
]
