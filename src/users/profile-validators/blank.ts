/** Nothing but white space; a space that holds words together counts as a character (reference behaviour). */
export const isBlank = (text: string): boolean => !/[^\s]|[\u00A0\u2007\u202F\uFEFF]/.test(text)
