import { escapeHtml, Html } from '../../http/html.ts'

/** Characters of a text with markup; a longer one is shown as plain text. Terms of use are the longest. */
const markupLengthMax = 50_000

const allowedTags: ReadonlySet<string> = new Set(
  (
    'a abbr b big blockquote br caption center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s ' +
    'samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'
  ).split(' '),
)
const voidTags: ReadonlySet<string> = new Set(['br', 'hr', 'img'])
/** Elements whose content is no text: it goes with them. */
const opaqueTags: ReadonlySet<string> = new Set(
  'script style template iframe noscript noframes object embed svg math textarea title select xmp plaintext'.split(' '),
)
const plainAttributes: ReadonlySet<string> = new Set('alt class colspan dir height lang role rowspan title width'.split(' '))

const tag = /<(\/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/iy
const attribute = /([a-z][a-z0-9-]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+)))?/gi

/**
 * Markup that an administrator wrote, made harmless: known elements and attributes are written anew, everything else is shown as text or
 * left out. No scripts, no styles, no forms; links lead to web addresses, mail or this server; every element is closed. Like the
 * reference, it keeps links and images; unlike it, no inline styles, which the pages' policy forbids.
 */
export function sanitised(markup: string): Html {
  if (markup.length > markupLengthMax) return new Html(escapeHtml(markup))
  const open: string[] = []
  let written = ''
  let at = 0
  while (at < markup.length) {
    const next = markup.indexOf('<', at)
    if (next < 0) break
    written += text(markup.slice(at, next))
    const { skippedTo, output } = element(markup, next, open)
    written += output
    at = skippedTo
  }
  written += text(markup.slice(Math.min(at, markup.length)))
  return new Html(
    written +
      open
        .reverse()
        .map((name) => `</${name}>`)
        .join(''),
  )
}

/** What stands at a `<`: a comment, a known element, an unknown one, or just the character. */
function element(markup: string, at: number, open: string[]): { readonly skippedTo: number; readonly output: string } {
  if (markup.startsWith('<!--', at)) {
    const end = markup.indexOf('-->', at + 4)
    return { skippedTo: end < 0 ? markup.length : end + 3, output: '' }
  }
  tag.lastIndex = at
  const found = tag.exec(markup)
  if (found === null) return { skippedTo: at + 1, output: '&lt;' }
  const [whole, slash, rawName = '', attributes = ''] = found
  const name = rawName.toLowerCase()
  const after = at + whole.length
  if (slash === '/') return { skippedTo: after, output: close(name, open) }
  if (opaqueTags.has(name)) return { skippedTo: endOf(markup, name, after), output: '' }
  if (!allowedTags.has(name)) return { skippedTo: after, output: '' }
  if (!voidTags.has(name)) open.push(name)
  return { skippedTo: after, output: `<${name}${safeAttributes(name, attributes)}>` }
}

function endOf(markup: string, name: string, from: number): number {
  const end = markup.toLowerCase().indexOf(`</${name}`, from)
  const closed = end < 0 ? -1 : markup.indexOf('>', end)
  return closed < 0 ? markup.length : closed + 1
}

/** Ends an element and those inside it that were left open; nothing when it was never opened. */
function close(name: string, open: string[]): string {
  const index = open.lastIndexOf(name)
  return index < 0
    ? ''
    : open
        .splice(index)
        .reverse()
        .map((inner) => `</${inner}>`)
        .join('')
}

function safeAttributes(name: string, attributes: string): string {
  const written = [...attributes.matchAll(attribute)].flatMap(([, rawKey = '', double, single, bare]) => {
    const key = rawKey.toLowerCase()
    const value = decode(double ?? single ?? bare ?? '')
    const isLink = name === 'a' && key === 'href' && isLinkAddress(value)
    const isImage = name === 'img' && key === 'src' && isImageAddress(value)
    if (!plainAttributes.has(key) && !key.startsWith('aria-') && !isLink && !isImage) return []
    return [` ${key}="${escapeHtml(value)}"`]
  })
  return [...new Set(written), ...(name === 'a' ? [' rel="nofollow noopener noreferrer"'] : [])].join('')
}

/** On this server, or somewhere with http, https or mail. What is checked here is written in its decoded form. */
const isLinkAddress = (url: string): boolean => /^(?:https?:\/\/|mailto:|\/(?![/\\])|#)/i.test(url)
const isImageAddress = (url: string): boolean => /^(?:https?:\/\/|\/(?![/\\])|data:image\/(?:png|jpeg|gif|webp);base64,)/i.test(url)

const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** Character references of an attribute. One that is not known here stays as it is, and is shown as it is. */
const decode = (value: string): string =>
  value.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return names[String(name).toLowerCase()] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })

/** Text keeps its character references: outside of attributes they are never more than text. */
const text = (part: string): string => part.replace(/&(?!(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]*);)|[<>"']/gi, escapeHtml)
