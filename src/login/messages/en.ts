/** English texts of the pages by message key; the reference's keys and wording. */
export const en: Readonly<Record<string, string>> = {
  errorTitleHtml: 'We are sorry...',
  internalServerError: 'An internal server error has occurred',
  pageNotFound: 'Page not found',
  realmNotEnabled: 'Realm not enabled',
}
