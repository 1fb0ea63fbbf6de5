import type { Form } from '../http/parameters.ts'
import type { HttpRequest } from '../http/values.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

/** Every parameter of a form; repeated ones stay repeated, so that the endpoint refuses them. */
export const pairsOf = (form: Form): [string, string][] =>
  form.names.flatMap((name) => form.all(name).map((value): [string, string] => [name, value]))

/** The same request with another form as its body. */
export const withForm = (request: HttpRequest, pairs: Pairs): HttpRequest => ({
  ...request,
  headers: { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString()),
})
