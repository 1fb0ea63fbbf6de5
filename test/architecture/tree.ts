import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Scan, scan } from './scan.ts'

/** One file of the project. The path is relative to the project's root, with slashes. */
export interface TreeFile {
  readonly path: string
  readonly text: string
  /** Of TypeScript files: code without comments and literals. Of others everything is empty. */
  readonly scan: Scan
}

export type Tree = readonly TreeFile[]

/** A rule over the tree; each has snippets that break it, so that a checker which sees nothing is found out. */
export interface Rule {
  /** A sentence, the name of its test. */
  readonly sentence: string
  /** One line per breach, beginning with the path; empty when the rule holds. */
  check(tree: Tree): readonly string[]
  /** Small trees, path to text, that break the rule. */
  readonly wrong: readonly Snippets[]
  /** Small trees that look like a breach and are none. */
  readonly right: readonly Snippets[]
}

export type Snippets = Readonly<Record<string, string>>

const nothing: Scan = { code: '', literals: [] }

export const treeFile = (path: string, text: string): TreeFile => ({ path, text, scan: path.endsWith('.ts') ? scan(text) : nothing })

export const treeOf = (snippets: Snippets): Tree => Object.entries(snippets).map(([path, text]) => treeFile(path, text))

/** What belongs to the project; everything else in the folder is made or fetched. */
const folders = ['.ci', 'bench', 'bin', 'docs', 'examples', 'src', 'test', 'tools']

/** Reads the project as it is on disk, folders that do not exist left out. */
export function readTree(root: string): Tree {
  const top = readdirSync(root, { withFileTypes: true })
  const paths = top.filter((entry) => entry.isFile()).map((entry) => entry.name)
  for (const folder of top.filter((entry) => entry.isDirectory() && folders.includes(entry.name))) {
    const inside = readdirSync(join(root, folder.name), { withFileTypes: true, recursive: true })
    for (const entry of inside) if (entry.isFile()) paths.push(join(entry.parentPath, entry.name).slice(root.length + 1))
  }
  return paths.sort().map((path) => treeFile(path, readFileSync(join(root, path), 'utf8')))
}

/** Tests and what only they use. */
export const isTest = ({ path }: Pick<TreeFile, 'path'>): boolean => /\.test\.ts$|\/fixtures\//.test(path)

/** TypeScript below `src/`. */
export const sources = (tree: Tree): Tree => tree.filter((file) => file.path.startsWith('src/') && file.path.endsWith('.ts'))

/** TypeScript below `src/` that is part of the server. */
export const program = (tree: Tree): Tree => sources(tree).filter((file) => !isTest(file))

/** All TypeScript of the project. */
export const typescript = (tree: Tree): Tree => tree.filter((file) => file.path.endsWith('.ts'))

/** Every folder at and below `src/<room>` that has a part of the server in it, without the leading `src/`. */
export function sourceFolders(tree: Tree): string[] {
  const found = new Set<string>()
  for (const file of tree) {
    const parts = file.path.split('/')
    if (parts[0] !== 'src' || isTest(file)) continue
    for (let length = 2; length < parts.length; length++) found.add(parts.slice(1, length).join('/'))
  }
  return [...found].sort()
}
