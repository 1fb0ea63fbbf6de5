import type { Html } from '../../http/html.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'

/** A text for the person in front of the page, by its message key; `{0}` and so on are filled with the values. */
export interface Message {
  readonly kind: 'error' | 'warning' | 'info' | 'success'
  readonly key: string
  readonly values?: readonly string[]
}

/** What is wrong with one field: a message key, with values when its text has places for them. */
export type Problem = string | { readonly key: string; readonly values?: readonly string[] }

/** What an authenticator or an action wants to be shown. The page's file draws its `body`; title, messages and frame are shared. */
export interface PageContent {
  /** The reference's template name, which is the page's file and a theme's override: `login`, `login-otp`, `login-update-password`. */
  readonly name: string
  /** Message key of the heading. */
  readonly title: string
  readonly titleValues?: readonly string[]
  /** Message key of what the window is called; the sign-in to the realm unless given. */
  readonly documentTitle?: string
  /** True for a page with lists: the card is wider. */
  readonly wide?: boolean
  /** Above the form, for the whole page. */
  readonly message?: Message
  readonly body: (context: PageContext) => Html
  /** 200 unless given. */
  readonly status?: number
  /** Who is logging in, once somebody is known, and the link by which it is somebody else. */
  readonly attempted?: { readonly username: string; readonly restartUrl: string }
  /** Where the button "Try Another Way" posts to; absent when there is no other way. */
  readonly tryAnotherWayUrl?: string
  /** The address that shows this page again, for the links to other languages. The request's own unless given. */
  readonly url?: string
}

/** Texts in the language of a page. */
export interface PageTexts {
  /** BCP 47: `en`, `uk`. */
  readonly locale: string
  /** The text of a message key: the realm's own text, then the theme's and the built-in one, then English, then the key. */
  text(key: string, ...values: readonly string[]): string
  /** The same for a text with markup, which is sanitised; the values are plain text. */
  markup(key: string, ...values: readonly string[]): Html
  /** The text of what is wrong with a field. */
  problem(problem: Problem): string
  /** What an administrator wrote for people to read: `${key}` in it stands for a message. */
  written(text: string): string
}

/** What every page may use. */
export interface PageContext extends PageTexts {
  readonly realm: RealmSnapshot
  readonly client: Client | undefined
  /** Base URL of the server, without a slash at the end. */
  readonly baseUrl: string
  /** Base URL of versioned static files: `${resources}/ostiary.css`. */
  readonly resources: string
}
