import { OAuthError } from './errors.ts'
import { limits } from './limits.ts'
import type { HttpRequest } from './values.ts'

/** The parameters of a form or a query. Reading a name gives its first value; `repeated` names one that came more than once. */
export interface Form {
  get(name: string): string | undefined
  /** Every value of a name, for the few that may be repeated. */
  all(name: string): readonly string[]
  readonly names: readonly string[]
  readonly repeated: string | undefined
}

const contentType = (request: HttpRequest): string => (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** The form in a request's body; empty when the body is not one (the reference then misses every parameter). */
export function readForm(request: HttpRequest): Form {
  if (contentType(request) !== 'application/x-www-form-urlencoded') return emptyForm
  return parseParameters(request.body.toString('utf8'))
}

export const readQuery = ({ queryText }: Pick<HttpRequest, 'queryText'>): Form =>
  queryText === '' ? emptyForm : formOf(queryParameters(queryText))

/**
 * In a query, not in a form, `;` separates too (reference behaviour). Thereby an address also works with the `&amp;` that stands for its
 * `&` in a page.
 */
export const queryParameters = (text: string): URLSearchParams => new URLSearchParams(text.replaceAll(';', '&'))

/** Members of a JSON object as if they were a form; strings, numbers and booleans only. Undefined when it is not such an object. */
export function readJsonForm(request: HttpRequest): Form | undefined {
  if (contentType(request) !== 'application/json') return undefined
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value).filter(([, member]) => member !== null)
    if (entries.some(([, member]) => typeof member === 'object')) return undefined
    return formOf(entries.map(([name, member]) => [name, String(member)]))
  } catch {
    return undefined
  }
}

export const parseParameters = (text: string): Form => formOf(new URLSearchParams(text))

/** Too many parameters are refused, not cut: what is cut off might be the second half of a repeated one. */
function formOf(pairs: Iterable<readonly [string, string]>): Form {
  const values = new Map<string, string[]>()
  let repeated: string | undefined
  let count = 0
  for (const [name, value] of pairs) {
    count += 1
    if (count > limits.formParametersMax) throw new OAuthError('invalid_request', 'Too many parameters')
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else {
      known.push(value)
      repeated ??= name
    }
  }
  return {
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    names: [...values.keys()],
    repeated,
  }
}

/** The same form, its values without the control characters of ASCII; names stay as they are. */
export const withoutControls = (form: Form): Form => ({
  ...form,
  get: (name) => plain(form.get(name)),
  all: (name) => form.all(name).map((value) => plain(value) ?? ''),
})

const plain = (text: string | undefined): string | undefined =>
  text === undefined || printable.test(text) ? text : [...text].filter((character) => printable.test(character)).join('')

/** Characters beyond ASCII are left alone, whatever they are (reference behaviour). */
const printable = /^[ -~\P{ASCII}]*$/u

const emptyForm: Form = formOf([])
