/** Names and values of a search: more than these are passed over. */
const attributesMax = 20

const quoted = String.raw`"((?:\\.|[^"\\])*)"`
const term = new RegExp(String.raw`\s*(?:${quoted}|([^\s:"]+)):(?:${quoted}|(\S*))`, 'gy')

const unescaped = (text: string | undefined): string | undefined => text?.replace(/\\(["\\])/g, '$1')

/** The `q` of a list: `name:value "a name":"a value"`. What is no such pair ends it. */
export function readAttributeSearch(text: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>()
  for (const [, quotedName, name, quotedValue, value] of text.trim().matchAll(term)) {
    if (found.size >= attributesMax) break
    found.set(unescaped(quotedName) ?? name ?? '', unescaped(quotedValue) ?? value ?? '')
  }
  return Object.fromEntries(found)
}
