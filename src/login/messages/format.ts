/**
 * Fills `{0}`, `{1}` … of a text. Texts are those of the reference, which are Java message formats: `''` is an apostrophe and `'{'` a
 * brace. An apostrophe alone stays one, where Java would swallow it. A place without a value stays as it is.
 */
export const format = (text: string, values: readonly string[]): string =>
  text.replace(/''|'([{}][^']*)'|\{(\d+)(?:,[^{}]*)?\}/g, (whole, quoted: string | undefined, place: string | undefined) => {
    if (place !== undefined) return values[Number(place)] ?? whole
    return quoted ?? "'"
  })
