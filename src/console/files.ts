/**
 * Room of the official consoles: their pages, files and texts as `console/build.js` has made them from the official packages, and the
 * welcome page. Not here: the APIs that they call. May call login (identity cookie, texts) and what lies left of it, no other surface.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type ConsoleApp = 'admin' | 'account'

/** Names of themes in the addresses of the consoles' files, as the reference's. */
export const consoleThemes: Readonly<Record<ConsoleApp, string>> = { admin: 'keycloak.v2', account: 'keycloak.v3' }

/** What the page of an app loads; names of files in `assets`. */
export interface ConsoleEntry {
  readonly script: string
  readonly style: string
  readonly imports: readonly string[]
}

type Manifest = { readonly version: string } & { readonly [app in ConsoleApp]: ConsoleEntry }

/** The built consoles. What is in the folder is found out once; files are read when somebody asks for them, and kept by browsers. */
export interface Consoles {
  readonly version: string
  entry(app: ConsoleApp): ConsoleEntry
  /** A file of an app by its path below the app's address: `assets/x.js`, `logo.svg`; `zipped` when there is a gzip of it. */
  file(app: ConsoleApp, path: string): Promise<ConsoleFile | undefined>
  /** The app's own texts in a language; undefined when it does not speak it. */
  texts(app: ConsoleApp, language: string): Promise<Readonly<Record<string, string>> | undefined>
  /** Languages of an app, as tags: `pt-BR`. */
  languages(app: ConsoleApp): readonly string[]
}

export interface ConsoleFile {
  readonly body: Buffer
  readonly zipped: (() => Promise<Buffer>) | undefined
}

/** Looks for the consoles when somebody comes for them, so that a server that nobody administers by browser reads nothing. */
export interface ConsoleFolder {
  /** Undefined until the consoles have been built. */
  open(): Consoles | undefined
}

export function consoleFolder(folder: string): ConsoleFolder {
  let opened: Consoles | undefined
  return {
    open() {
      opened ??= readConsoles(folder)
      return opened
    },
  }
}

function readConsoles(folder: string): Consoles | undefined {
  const manifest = readManifest(join(folder, 'manifest.json'))
  if (manifest === undefined) return undefined
  const names = new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      ),
  )
  const languagesOf = (app: ConsoleApp): string[] =>
    [...names].flatMap((name) => (name.startsWith(`texts/${app}/`) ? [name.slice(`texts/${app}/`.length, -'.json'.length)] : [])).sort()
  const languages = { admin: languagesOf('admin'), account: languagesOf('account') }
  return {
    version: manifest.version,
    entry: (app) => manifest[app],
    async file(app, path) {
      const name = path.startsWith('assets/') ? path : `${app}/${path}`
      if (!names.has(name) || name.endsWith('.gz')) return undefined
      const zipped = names.has(`${name}.gz`) ? () => readFile(join(folder, `${name}.gz`)) : undefined
      return { body: await readFile(join(folder, name)), zipped }
    },
    async texts(app, language) {
      const name = `texts/${app}/${language}.json`
      return names.has(name) ? (JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, string>) : undefined
    },
    languages: (app) => languages[app],
  }
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
