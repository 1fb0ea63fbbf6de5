/** One part of a multipart/form-data body (RFC 7578). */
export interface FormPart {
  readonly name: string
  readonly filename: string | undefined
  readonly body: Buffer
}

/** Parts of one form; more is a mistake or an attack. */
const partsMax = 100

/** The parts of a multipart/form-data body; undefined when the content type is another one or the body does not follow its boundary. */
export function parseMultipart(contentType: string | undefined, body: Buffer): FormPart[] | undefined {
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(contentType ?? '')) return undefined
  const found = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType ?? '')
  const boundary = found?.[1] ?? found?.[2]
  if (boundary === undefined) return undefined
  const mark = Buffer.from(`--${boundary}`)
  const parts: FormPart[] = []
  let start = body.indexOf(mark)
  while (start >= 0 && parts.length < partsMax) {
    const from = start + mark.length
    if (body.subarray(from, from + 2).toString('latin1') === '--') return parts
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), from)
    if (end < 0) return undefined
    const part = parsePart(body.subarray(from + 2, end))
    if (part !== undefined) parts.push(part)
    start = end + 2
  }
  return undefined
}

/** A part without a name belongs to no field and is left out. */
function parsePart(bytes: Buffer): FormPart | undefined {
  const blank = bytes.indexOf('\r\n\r\n')
  if (blank < 0) return undefined
  const head = bytes.subarray(0, blank).toString('utf8')
  const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(head)?.[1] ?? ''
  const name = /;\s*name="([^"]*)"/i.exec(disposition)?.[1]
  if (name === undefined) return undefined
  return { name, filename: /;\s*filename="([^"]*)"/i.exec(disposition)?.[1], body: bytes.subarray(blank + 4) }
}
