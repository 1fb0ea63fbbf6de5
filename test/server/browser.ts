import { type Answer, type CallOptions, call } from './call.ts'

/** A form of a page: where it goes, and what it sends when nobody touches it. */
export interface PageForm {
  readonly action: string
  readonly method: string
  /** Names of its fields and buttons. */
  readonly names: readonly string[]
  readonly hidden: Readonly<Record<string, string>>
}

/** A browser without JavaScript: it keeps cookies by path and sends forms. Redirects are followed only when asked to. */
export interface Browser {
  readonly cookies: ReadonlyMap<string, string>
  /** @param headers of this request alone */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(url: string, form: Readonly<Record<string, string>>): Promise<Answer>
  /** Follows redirects as long as they lead to the server itself. */
  follow(answer: Answer): Promise<Answer>
  /** Fills in and sends the form of a page that has a field. */
  submit(page: Answer, field: string, values: Readonly<Record<string, string>>): Promise<Answer>
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const decode = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole)

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]
  return value === undefined ? undefined : decode(value)
}

/** The forms of a page, in its order; actions are absolute. */
export function formsOf(page: string, base: string): PageForm[] {
  return Array.from(page.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g), ([text]) => {
    const tags = Array.from(text.matchAll(/<(?:input|button|select|textarea)\b[^>]*>/g), ([tag]) => tag)
    const hidden = tags.filter((tag) => attribute(tag, 'type') === 'hidden')
    return {
      action: new URL(attribute(text, 'action') ?? '', base).href,
      method: (attribute(text, 'method') ?? 'get').toUpperCase(),
      names: tags.flatMap((tag) => attribute(tag, 'name') ?? []),
      hidden: Object.fromEntries(hidden.map((tag) => [attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? ''])),
    }
  })
}

/** What a person reads on a page. */
export const visibleText = (page: string): string =>
  decode(
    page
      .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' '),
  ).trim()

/** @param base URL of the server */
export function openBrowser(base: string): Browser {
  let kept: Cookie[] = []
  const send = async (method: string, url: string, options: CallOptions = {}): Promise<Answer> => {
    const { pathname } = new URL(url)
    const cookie = kept.filter(({ path }) => pathname.startsWith(path)).map(({ name, value }) => `${name}=${value}`)
    const headers = cookie.length === 0 ? {} : { cookie: cookie.join('; ') }
    const answer = await call(method, url, { ...options, headers: { ...options.headers, ...headers } })
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', ...value] = pair.split('=')
      const path = attributes.find((part) => /^path=/i.test(part))?.slice('path='.length) ?? '/'
      kept = kept.filter((one) => one.name !== name || one.path !== path)
      if (!attributes.some((part) => /^max-age=0$/i.test(part))) kept.push({ name, value: value.join('='), path })
    }
    return answer
  }
  const browser: Browser = {
    get cookies() {
      return new Map(kept.map(({ name, value }) => [name, value]))
    },
    get: (url, headers = {}) => send('GET', url, { headers }),
    post: (url, form) => send('POST', url, { form }),
    async follow(answer) {
      let last = answer
      while (last.status >= 300 && last.status < 400 && last.headers.location?.startsWith(base))
        last = await send('GET', last.headers.location)
      return last
    },
    submit(page, field, values) {
      const form = formsOf(page.text, base).find(({ names }) => names.includes(field))
      if (form === undefined) throw new Error(`no form with ${field}: ${page.status} ${visibleText(page.text)}`)
      return send(form.method, form.action, { form: { ...form.hidden, ...values } })
    },
  }
  return browser
}
