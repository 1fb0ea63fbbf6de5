import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { Texts } from './messages/texts.ts'
import { parseProperties } from './properties.ts'
import { readStaticFiles, type StaticFiles } from './resources.ts'

/** The overrides of one folder `<name>/login`: style sheets after the built-in one, texts before the built-in ones, a logo. */
export interface Theme {
  readonly name: string
  readonly resources: StaticFiles
  /** Paths of style sheets below the theme's resources, in the order in which pages name them. */
  readonly styles: readonly string[]
  /** Path of the image that is shown instead of the realm's name. */
  readonly logo: string | undefined
  /** Key → text, by language. */
  readonly texts: Readonly<Record<string, Texts>>
}

export interface Themes {
  /** Undefined when there is no such theme: the page then has the built-in look. */
  find(name: string | undefined): Theme | undefined
}

export const noThemes: Themes = { find: () => undefined }

/** Folders read at start; more is not a folder of themes. */
const themesMax = 100

/** Folder names that are no themes of ours are left alone. A name is part of addresses. */
const themeName = /^[\w.-]{1,64}$/

/**
 * Reads the themes of a folder, laid out like the reference server's: `<name>/login/theme.properties` (`styles`, and `logo`, which is
 * ours), `<name>/login/messages/messages_<locale>.properties`, `<name>/login/resources/…`. Templates are not read: pages are functions.
 * `fresh` reads a theme again for each page, which is for those who are writing one. Throws an Error that names what cannot be read.
 */
export function openThemes(folder: string, { fresh = false }: { readonly fresh?: boolean } = {}): Themes {
  if (!existsSync(folder)) return noThemes
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && themeName.test(entry.name) && existsSync(join(folder, entry.name, 'login')))
    .map(({ name }) => name)
    .slice(0, themesMax)
  if (fresh) return { find: (name) => (name !== undefined && names.includes(name) ? readTheme(folder, name) : undefined) }
  const themes = new Map(names.map((name) => [name, readTheme(folder, name)]))
  return { find: (name) => (name === undefined ? undefined : themes.get(name)) }
}

/** The theme of a page: the client's own (its attribute `login_theme`), else the realm's. */
export const themeOf = (themes: Themes, realm: RealmSnapshot, client: Client | undefined): Theme | undefined =>
  themes.find(client?.attributes['login_theme'] || realm.settings.loginTheme)

const noFiles: StaticFiles = { files: new Map(), version: '0' }

function readTheme(folder: string, name: string): Theme {
  const login = join(folder, name, 'login')
  const settings = readProperties(join(login, 'theme.properties'))
  const resources = existsSync(join(login, 'resources')) ? readStaticFiles(join(login, 'resources')) : noFiles
  const { styles = '', logo } = settings
  return {
    name,
    resources,
    // A theme of the reference lists its parent's style sheets too: those are ours, not its own.
    styles: styles.split(/\s+/).filter((path) => resources.files.has(path)),
    logo: logo !== undefined && resources.files.has(logo) ? logo : undefined,
    texts: readTexts(join(login, 'messages')),
  }
}

function readTexts(folder: string): Record<string, Texts> {
  if (!existsSync(folder)) return {}
  const tables = readdirSync(folder).flatMap((file) => {
    const language = /^messages_([\w-]+)\.properties$/.exec(file)?.[1]?.replaceAll('_', '-')
    return language === undefined ? [] : [[language, readProperties(join(folder, file))] as const]
  })
  return Object.fromEntries(tables)
}

const readProperties = (file: string): Record<string, string> => (existsSync(file) ? parseProperties(readFileSync(file, 'utf8')) : {})
