import { type IncomingHttpHeaders, request } from 'node:http'

/** One HTTP request of a test. At most one of form, json and body. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** `[client id, secret]`, form-urlencoded before base64 as RFC 6749 section 2.3.1 asks. */
  readonly basic?: readonly [string, string]
  /** The same without form-urlencoding. */
  readonly rawBasic?: readonly [string, string]
  readonly bearer?: string
  /** A list repeats names. */
  readonly form?: Form
  readonly json?: unknown
  readonly body?: string | Buffer
}

export type Form = Readonly<Record<string, string | undefined>> | readonly (readonly [string, string])[]

export type Json = Record<string, unknown>

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as a JSON object; empty when it is none. */
  readonly json: Json
}

export function formText(form: Form): string {
  const pairs = Array.isArray(form) ? form : Object.entries(form).filter(([, value]) => value !== undefined)
  return new URLSearchParams(pairs as [string, string][]).toString()
}

const encoded = (part: string): string => new URLSearchParams([['', part]]).toString().slice(1)

/** Sends one request and reads the whole answer. Nothing is followed, retried or normalized. */
export function call(method: string, url: string, options: CallOptions = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const headers: Record<string, string> = { ...authorization(options) }
  let body = options.body
  if (options.form) {
    body = formText(options.form)
    headers['content-type'] = 'application/x-www-form-urlencoded'
  } else if (options.json !== undefined) {
    body = JSON.stringify(options.json)
    headers['content-type'] = 'application/json'
  }
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
  const sent = request(url, { method, headers: { ...headers, ...options.headers } }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: objectOf(text) })
    })
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

function authorization({ basic, rawBasic, bearer }: CallOptions): Record<string, string> {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` }
  const pair = rawBasic ?? basic?.map(encoded)
  return pair === undefined ? {} : { authorization: `Basic ${Buffer.from(pair.join(':')).toString('base64')}` }
}

function objectOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : {}
  } catch {
    return {}
  }
}
