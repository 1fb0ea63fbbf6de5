/** The text for a `like … escape '!'`: characters with a meaning of their own lose it. */
export const escapedLike = (text: string): string => text.replace(/[!%_]/g, '!$&')

/** The pattern of what holds the text, in lower case; everything does when there is none. */
export const containing = (text = ''): string => `%${escapedLike(text.toLowerCase())}%`

/** As `containing`, but '' when there is no text: for statements that leave the question out then. */
export const containingIfAny = (text: string | undefined): string => (text === undefined || text === '' ? '' : containing(text))
