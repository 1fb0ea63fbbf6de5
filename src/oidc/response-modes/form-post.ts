import { createHash } from 'node:crypto'
import { html } from '../../http/html.ts'
import { securityHeaders } from '../../http/security-headers.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type AuthorizationAnswer, notStored, type ResponseMode } from './response-mode.ts'

/** OAuth 2.0 Form Post Response Mode: a page whose form the browser posts to the application. */
export const formPost: ResponseMode = {
  id: 'form_post',
  send: async ({ redirectUri, parameters }) => formPage(redirectUri, parameters),
}

const script = 'document.forms[0].submit()'
/** Only this script may run, and nothing may be loaded. There is no form-action: browsers would hold it against the application's own redirects. */
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** Without scripts the person presses the button. */
export function formPage(action: string, parameters: AuthorizationAnswer['parameters']): HttpResponse {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>OIDC Form_Post Response</title>
</head>
<body>
<form method="post" action="${action}">
${parameters.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}<noscript>
<p>JavaScript is disabled. Click the button below to continue.</p>
<button type="submit">Continue</button>
</noscript>
</form>
`
  // The script's text is hashed in the policy: it is written past the escaping.
  const body = `${page.text}<script>${script}</script>\n</body>\n</html>\n`
  return {
    status: 200,
    headers: { ...securityHeaders, ...notStored, 'content-type': 'text/html', 'content-security-policy': policy },
    body,
  }
}
