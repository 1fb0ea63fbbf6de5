import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { environment } from './environment.js'

/**
 * Texts come from the server: those of the console with the realm's own over them, as a list of `{key, value}`.
 * @param {'admin' | 'account'} app
 */
const fromServer = (app) => ({
  type: 'backend',
  async read(language, namespace, done) {
    try {
      const address = `${environment.serverBaseUrl}/resources/${encodeURIComponent(namespace)}/${app}/${encodeURIComponent(language)}`
      const answer = await fetch(address)
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`)
      const texts = await answer.json()
      done(null, Object.fromEntries(texts.map(({ key, value }) => [key, value])))
    } catch (error) {
      done(error, null)
    }
  },
})

/** @param {'admin' | 'account'} app */
export async function loadTexts(app) {
  const texts = createInstance({
    fallbackLng: 'en',
    nsSeparator: false,
    keySeparator: '.',
    interpolation: { escapeValue: false },
    ns: [environment.realm],
    defaultNS: environment.realm,
    ...(environment.locale ? { lng: environment.locale } : {}),
  })
  texts.use(fromServer(app)).use(initReactI18next)
  await texts.init()
  // The Account Console tells so when a person has chosen another language.
  window.addEventListener('languageChanged', ({ detail }) => texts.changeLanguage(detail.language))
  return texts
}
