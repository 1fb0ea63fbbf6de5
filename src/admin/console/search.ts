/** A LIKE pattern, escaped by `!`, of what contains the text; everything does when there is none. */
export const containing = (search: string | undefined): string =>
  `%${(search ?? '').toLowerCase().replace(/[!%_]/g, (sign) => `!${sign}`)}%`
