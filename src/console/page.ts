import { type Html, html, Html as TrustedHtml } from '../http/html.ts'
import { pageSecurityHeaders } from '../http/security-headers.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { basePathOf } from '../login/pages/frame.ts'
import { type ConsoleApp, type Consoles, consoleThemes } from './files.ts'

/** Path of an app's files, the base path included. */
export const resourcesPath = ({ baseUrl }: Pick<HttpRequest, 'baseUrl'>, { version }: Consoles, app: ConsoleApp): string =>
  `${basePathOf(baseUrl)}/resources/${version}/${app}/${consoleThemes[app]}`

/**
 * The reference allows its pages inline scripts; these have none, so nothing runs that is not ours. Pictures come also as data, and from
 * where an administrator has put his logo.
 */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: https:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-src 'self'",
  "frame-ancestors 'self'",
].join('; ')

const headers = {
  ...pageSecurityHeaders,
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'content-security-policy': `${policy};`,
}

/** JSON inside a script element: nothing in it may end the element. */
const embedded = (value: unknown): Html => new TrustedHtml(JSON.stringify(value, undefined, 2).replaceAll('<', '\\u003c'))

interface ConsolePage {
  readonly app: ConsoleApp
  readonly title: string
  readonly loading: string
  readonly language: string
  readonly environment: object
}

/** The page of an app: what to load, and what the app must know of where it is (`script#environment`, as the reference's). */
export function consolePage(request: HttpRequest, consoles: Consoles, page: ConsolePage): HttpResponse {
  const files = resourcesPath(request, consoles, page.app)
  const { script, style, imports } = consoles.entry(page.app)
  const body = html`<!doctype html>
<html lang="${page.language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${page.title}</title>
    <link rel="icon" type="image/svg+xml" href="${files}/favicon.svg">
    <link rel="stylesheet" href="${files}/assets/${style}">
    ${imports.map((name) => html`<link rel="modulepreload" href="${files}/assets/${name}">`)}
    <script type="module" src="${files}/assets/${script}"></script>
  </head>
  <body data-page-id="${page.app}">
    <div id="app"><p role="status">${page.loading}</p></div>
    <noscript>This page works with JavaScript alone.</noscript>
    <script id="environment" type="application/json">
${embedded(page.environment)}
    </script>
  </body>
</html>
`
  return { status: 200, headers: { ...headers, 'content-language': page.language }, body: body.text }
}

/** Shown while there are no consoles in the folder. */
export function consolesMissing(): HttpResponse {
  const body = html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Console not built</title></head>
  <body>
    <h1>The consoles are not there</h1>
    <p>This server runs without them: everything else works. To have them, run <code>npm run console</code> where it is installed.</p>
  </body>
</html>
`
  return { status: 503, headers: { ...headers, 'cache-control': 'no-store' }, body: body.text }
}
