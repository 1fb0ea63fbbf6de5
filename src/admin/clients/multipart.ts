import type { HttpRequest } from '../../http/values.ts'

/** The fields of a form with files (RFC 7578): texts and files alike, by their names. */
export type MultipartFields = ReadonlyMap<string, Buffer>

const crlf = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')

/** Parts of one form at most; ours have five. */
const partsMax = 100

/** Undefined when the body is no such form. Of several fields of one name the last counts. */
export function readMultipart({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): MultipartFields | undefined {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'multipart/form-data') return undefined
  const boundary = parameters.flatMap((text) => /^\s*boundary="?([^"]{1,70})"?\s*$/i.exec(text)?.[1] ?? [])[0]
  if (boundary === undefined) return undefined
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const fields = new Map<string, Buffer>()
  // The first delimiter has no line before it.
  const whole = Buffer.concat([crlf, body])
  let at = whole.indexOf(delimiter)
  for (let parts = 0; at >= 0 && parts < partsMax; parts++) {
    const start = at + delimiter.length
    if (whole.toString('latin1', start, start + 2) === '--') return fields
    const next = whole.indexOf(delimiter, start)
    if (next < 0) return undefined
    const split = whole.indexOf(headEnd, start)
    if (split >= 0 && split < next) {
      const name = /^content-disposition:[^\r\n]*[;\s]name="?([^"\r\n;]*)"?/im.exec(whole.toString('utf8', start, split))?.[1]
      if (name !== undefined) fields.set(name, whole.subarray(split + headEnd.length, next))
    }
    at = next
  }
  return undefined
}
