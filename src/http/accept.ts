import type { HttpRequest } from './values.ts'

/** Whether the Accept header (RFC 9110 section 12.5.1) names HTML, as a browser's does that wants a page. */
export const acceptsHtml = ({ headers }: Pick<HttpRequest, 'headers'>): boolean =>
  (headers.accept ?? '').toLowerCase().includes('text/html')
