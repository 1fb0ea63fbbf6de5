/** Sent with every answer, as the reference does; realm answers may replace them with the realm's own settings. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-robots-tag': 'none',
}

/** Pages also get a content security policy. */
export const pageSecurityHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-security-policy': "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
}
