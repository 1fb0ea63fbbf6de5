/**
 * Writes the pages of docs that are made from tables of the program (`npm run docs`). A test compares them with the files, so
 * a table and its page cannot differ. A new page is one more row.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { optionsPage } from '../src/config/help.ts'
import { compatibilityPage } from './compatibility-page.ts'
import { endpointsPage, keyProvidersPage, mappersPage } from './reference-pages.ts'

export interface Page {
  /** Below the root of the repository. */
  readonly file: string
  /** The whole text, a newline at its end. */
  render(): string
}

export const pages: readonly Page[] = [
  { file: 'docs/reference/options.md', render: optionsPage },
  { file: 'docs/compatibility.md', render: compatibilityPage },
  { file: 'docs/reference/endpoints.md', render: endpointsPage },
  { file: 'docs/reference/protocol-mappers.md', render: mappersPage },
  { file: 'docs/reference/key-providers.md', render: keyProvidersPage },
]

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url))

export function writePages(): void {
  for (const { file, render } of pages) {
    const path = join(repositoryRoot, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, render())
    process.stdout.write(`${file}\n`)
  }
}

if (import.meta.main) writePages()
