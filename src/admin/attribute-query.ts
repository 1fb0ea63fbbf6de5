/** Attributes that one search names at most. */
const attributesMax = 20

const quoted = String.raw`"((?:\\.|[^"\\])*)"?`
const field = new RegExp(String.raw`\s*(?:${quoted}|([^\s:"][^\s:]*|))(:?)(?:${quoted}|([^\s]*))`, 'gy')

/** `name:value "a name":"a value"`; of one name the last counts, and a word without a colon is none. */
export function readAttributeQuery(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const match of text.trim().matchAll(field)) {
    const [whole, quotedName, name, colon, quotedValue, value] = match
    if (whole === '' || found.size >= attributesMax) break
    if (colon === ':') found.set(unescaped(quotedName) ?? name ?? '', unescaped(quotedValue) ?? value ?? '')
  }
  return found
}

const unescaped = (text: string | undefined): string | undefined => text?.replace(/\\(["\\])/g, '$1')
