/** An element of an XML document. Names come with their namespace. */
export interface XmlElement {
  readonly name: string
  readonly namespace: string
  /** Attributes without a namespace, by their name. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The text right inside, trimmed. */
  readonly text: string
}

/** Deeper nesting is an attack on the stack. */
const depthMax = 64
/** Namespaces that an element knows: each element that declares one copies them. */
const prefixesMax = 100

const noPrefixes: ReadonlyMap<string, string> = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']])

/** A tag, a comment, an instruction or a piece of plain data. */
const tagPattern =
  /<(?:\?.*?\?>|!--.*?-->|!\[CDATA\[(.*?)\]\]>|\/([^\s>]+)\s*>|([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>)/sy
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

interface Open {
  readonly qualifiedName: string
  readonly prefixes: ReadonlyMap<string, string>
  readonly attributes: Map<string, string>
  readonly children: XmlElement[]
  text: string
}

/**
 * The root element of a document. A document type declaration is refused, so that there are no entities but the five of XML itself and
 * character references. Undefined when the text is no well-formed XML.
 */
export function readXml(document: string): XmlElement | undefined {
  // Line ends are one character each (XML 1.0, section 2.11).
  const source = document.replace(/\r\n?/g, '\n')
  // A sticky expression remembers where it is.
  const tag = new RegExp(tagPattern)
  const stack: Open[] = []
  let root: XmlElement | undefined
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < source.length) {
    const next = source.indexOf('<', at)
    const text = decode(source.slice(at, next < 0 ? source.length : next))
    const top = stack.at(-1)
    if (text === undefined || (top === undefined && text.trim() !== '')) return undefined
    if (top) top.text += text
    if (next < 0) break
    tag.lastIndex = next
    const match = tag.exec(source)
    if (match === null) return undefined
    at = tag.lastIndex
    const [, data, closing, opening, attributes = '', selfClosing] = match
    if (data !== undefined) {
      if (top === undefined) return undefined
      top.text += data
    } else if (opening !== undefined) {
      const open = openElement(opening, attributes, top)
      if (open === undefined || stack.length >= depthMax || (top === undefined && root !== undefined)) return undefined
      stack.push(open)
    }
    if (closing !== undefined || (opening !== undefined && selfClosing === '/')) {
      const open = stack.pop()
      if (open === undefined || (closing !== undefined && open.qualifiedName !== closing)) return undefined
      const element = closeElement(open)
      if (element === undefined) return undefined
      const parent = stack.at(-1)
      if (parent) parent.children.push(element)
      else root = element
    }
  }
  return stack.length === 0 ? root : undefined
}

function openElement(qualifiedName: string, source: string, parent: Open | undefined): Open | undefined {
  const known = parent?.prefixes ?? noPrefixes
  const attributes = new Map<string, string>()
  const declared = new Map<string, string>()
  for (const [, name = '', double, single] of source.matchAll(attribute)) {
    const value = decode(double ?? single ?? '')
    const target = name === 'xmlns' || name.startsWith('xmlns:') ? declared : attributes
    const key = target === declared ? name.slice('xmlns:'.length) : name
    if (value === undefined || target.has(key)) return undefined
    target.set(key, value)
  }
  if (declared.size > 0 && known.size + declared.size > prefixesMax) return undefined
  const prefixes = declared.size === 0 ? known : new Map([...known, ...declared])
  return { qualifiedName, prefixes, attributes, children: [], text: '' }
}

function closeElement({ qualifiedName, prefixes, attributes, children, text }: Open): XmlElement | undefined {
  const [prefix, name] = qualifiedName.includes(':') ? qualifiedName.split(':', 2) : ['', qualifiedName]
  const namespace = prefixes.get(prefix ?? '')
  if (name === undefined || (prefix !== '' && namespace === undefined)) return undefined
  return { name, namespace: namespace ?? '', attributes, children, text: text.trim() }
}

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Undefined when there is a reference to something unknown. */
function decode(source: string): string | undefined {
  if (!source.includes('&')) return source
  let isWrong = false
  const decoded = source.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));|&/gi, (_all, decimal?: string, hex?: string, name?: string) => {
    const code = decimal === undefined ? (hex === undefined ? undefined : Number.parseInt(hex, 16)) : Number(decimal)
    const text = code === undefined ? entities.get(name ?? '') : code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : undefined
    if (text === undefined) isWrong = true
    return text ?? ''
  })
  return isWrong ? undefined : decoded
}

/** Child elements of a name in a namespace. */
export const childrenOf = (element: XmlElement, namespace: string, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name && child.namespace === namespace)

/** As text between tags, in canonical form (Canonical XML 1.0, section 2.3). */
export const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;')

/** As the value of an attribute, in canonical form. */
export const xmlAttribute = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')
