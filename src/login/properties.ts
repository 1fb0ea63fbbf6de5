const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' }

/** Undoes `\n`, `\u00e4`, `\:` … */
const withoutEscapes = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_whole, code: string | undefined, character: string | undefined) =>
    code === undefined ? (escapes[character ?? ''] ?? character ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  )

/**
 * Reads a `.properties` file (the format of java.util.Properties): `key=value`, `key: value` or `key value`, comments with `#` or `!`, a
 * backslash at the end of a line goes on in the next one.
 */
export function parseProperties(text: string): Record<string, string> {
  const joined = text.replace(/^\uFEFF/, '').replace(/((?:^|[^\\])(?:\\\\)*)\\\r?\n[ \t\f]*/g, '$1')
  const pairs = joined.split(/\r?\n|\r/).flatMap((line) => {
    const trimmed = line.trimStart()
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!')) return []
    const [, key = '', value = ''] = /^((?:\\.|[^\\\s=:])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(trimmed) ?? []
    return [[withoutEscapes(key), withoutEscapes(value)] as const]
  })
  return Object.fromEntries(pairs)
}
