import type { Html } from '../../http/html.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'

/** A text for the person in front of the page, by its message key; `{0}` and so on are filled with the values. */
export interface Message {
  readonly kind: 'error' | 'warning' | 'info' | 'success'
  readonly key: string
  readonly values?: readonly string[]
}

/** What an authenticator or an action wants to be shown. The page's file draws its `body`; title, messages and frame are shared. */
export interface PageContent {
  /** The reference's template name, which is the page's file and a theme's override: `login`, `login-otp`, `login-update-password`. */
  readonly name: string
  /** Message key of the heading. */
  readonly title: string
  readonly titleValues?: readonly string[]
  /** Above the form, for the whole page. */
  readonly message?: Message
  readonly body: (context: PageContext) => Html
  /** 200 unless given. */
  readonly status?: number
}

/** What every page may use. */
export interface PageContext {
  readonly realm: RealmSnapshot
  readonly client: Client | undefined
  /** BCP 47: `en`, `uk`. */
  readonly locale: string
  /** The text of a message key in the page's language: the realm's own text, then the built-in one, then English, then the key. */
  text(key: string, ...values: readonly string[]): string
  /** Base URL of the server, without a slash at the end. */
  readonly baseUrl: string
  /** Base URL of versioned static files: `${resources}/css/styles.css`. */
  readonly resources: string
}
