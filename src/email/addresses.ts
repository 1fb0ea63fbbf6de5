/** Characters of an e-mail address (RFC 5321 section 4.5.3.1). */
const addressMax = 254

/**
 * True for a plain address that can stand in a header and in an SMTP command as it is: no control characters, blanks, quotes, brackets
 * or separators, so that nothing else can be written into either by it.
 */
export const isPlainAddress = (address: string): boolean =>
  address.length <= addressMax && /^[^\s\p{Cc}@<>()[\],;:\\"]+@[^\s\p{Cc}@<>()[\],;:\\"]+$/u.test(address)

/** True for a subject or a display name that stays in its own header line. */
export const isOneLine = (text: string): boolean => !/[\p{Cc}\u2028\u2029]/u.test(text)
