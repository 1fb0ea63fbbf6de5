/** Texts of the pages: one file per language, message keys and wording those of the reference. Data that may call nothing. */
export const en: Readonly<Record<string, string>> = {
  errorTitleHtml: 'We are sorry...',
  internalServerError: 'An internal server error has occurred',
  pageNotFound: 'Page not found',
  realmNotEnabled: 'Realm not enabled',
}
