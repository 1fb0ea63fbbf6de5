import { extname } from 'node:path'
import { notFoundResponse } from '../http/error-responses.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { type ConsoleApp, consoleThemes } from './files.ts'
import type { ConsoleServices } from './services.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** One year, in the words of RFC 8246: the names of built files change with what is in them. */
const forEver = 'public, max-age=31536000, immutable'
/** Pictures and the menu keep their names: 30 days under one version, as the reference. */
const forAWhile = 'public, max-age=2592000'

/** An image must not act as a page when somebody opens it by itself. */
const imagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

async function resource(app: ConsoleApp, request: HttpRequest, { consoles }: ConsoleServices): Promise<HttpResponse> {
  const { version, '*': path = '' } = request.params
  const opened = consoles.open()
  const contentType = contentTypes[extname(path)]
  const file = contentType === undefined ? undefined : await opened?.file(app, path)
  if (opened === undefined || contentType === undefined || file === undefined) return notFoundResponse()
  const { zipped } = file
  const isZipped = zipped !== undefined && /\bgzip\b/i.test(String(request.headers['accept-encoding'] ?? ''))
  // While a new version is rolled out a page of one node may ask another: it gets what there is, but may not keep it.
  const kept = version !== opened.version ? 'no-cache' : path.startsWith('assets/') ? forEver : forAWhile
  const headers = {
    'content-type': contentType,
    'cache-control': kept,
    ...(zipped === undefined ? {} : { vary: 'accept-encoding' }),
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
    ...(contentType === 'image/svg+xml' ? { 'content-security-policy': imagePolicy } : {}),
  }
  return { status: 200, headers, body: isZipped ? await zipped() : file.body }
}

export const consoleResourceRoutes: readonly Route<ConsoleServices>[] = (['admin', 'account'] as const).map((app) => ({
  method: 'GET',
  path: `/resources/:version/${app}/${consoleThemes[app]}/*`,
  family: 'page',
  summary: `Scripts, style sheets and pictures of the ${app === 'admin' ? 'Admin' : 'Account'} Console`,
  handle: (request, services) => resource(app, request, services),
}))
