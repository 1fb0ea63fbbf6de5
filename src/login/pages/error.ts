/**
 * The login room: pages that people see, and their texts. Its pages are server-rendered HTML that works without JavaScript, with the
 * reference's element ids. Not here: protocol, storage. May call everything to its left.
 */
import type { PageError } from '../../http/errors.ts'
import { html } from '../../http/html.ts'
import { pageSecurityHeaders } from '../../http/security-headers.ts'
import type { HttpResponse } from '../../http/values.ts'
import { en } from '../messages/en.ts'

const message = (key: string): string => en[key] ?? key

/** The page of an error that cannot be sent back to an application. */
export function errorPage(error: PageError): HttpResponse {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${message('errorTitleHtml')}</title>
</head>
<body>
<main>
<h1 id="kc-page-title">${message('errorTitleHtml')}</h1>
<div id="kc-error-message"><p class="instruction">${message(error.messageKey)}</p></div>
</main>
</body>
</html>
`
  return { status: error.status, headers: { 'content-type': 'text/html;charset=utf-8', ...pageSecurityHeaders }, body: page.text }
}
