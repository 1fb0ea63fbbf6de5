import type { HttpResponse } from '../http/values.ts'

/**
 * A page without content whose script talks to the application that frames it, on whatever site that is: so it has neither
 * X-Frame-Options nor a policy about who may frame it. Its script is fixed text; nothing of a request is in it.
 */
export const framePage = (script: string): HttpResponse => ({
  status: 200,
  headers: {
    'content-type': 'text/html;charset=utf-8',
    'cache-control': 'no-cache, must-revalidate, no-transform, no-store',
    'content-security-policy': "frame-src 'self'; object-src 'none';",
    'x-frame-options': [],
  },
  body: `<!doctype html>
<html>
<head><meta charset="utf-8"><title></title></head>
<body><script type="module">${script}</script></body>
</html>
`,
})

/**
 * Script text: whether this frame may use the cookies of this server though another site frames it. Browsers that keep them apart can be
 * asked (Storage Access API, https://privacycg.github.io/storage-access/); in those that cannot be asked a try tells.
 */
export const mayUseCookies = `
const mayUseCookies = async () => {
  if (typeof document.hasStorageAccess !== 'function') return true
  if (await document.hasStorageAccess()) return true
  return document.requestStorageAccess().then(() => true, () => false)
}`
