import { lineAt } from './scan.ts'
import { isTest, program, type Rule, sourceFolders, type TreeFile, typescript } from './tree.ts'

const headLinesMax = 10
const decisionLinesMax = 30

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|d))?\.(?:ts|sql)$/
const kebabFolder = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const bannedFiles = /^(?:utils?|helpers?|common|shared|core|misc|lib|impl)(?:\.test)?(?:\.ts)?$/

const fileNames: Rule = {
  sentence: 'files and folders have kebab-case names that say what is in them',
  check: (tree) =>
    tree
      .filter(({ path }) => /^(?:src|test|bench|tools)\/.*\.(?:ts|sql)$/.test(path))
      .flatMap(({ path }) => {
        const parts = path.split('/')
        const name = parts.pop() ?? ''
        const fits = kebab.test(name) && parts.every((part) => kebabFolder.test(part))
        const banned = [...parts, name].find((part) => bannedFiles.test(part))
        return [...(fits ? [] : [`${path}: not kebab-case`]), ...(banned === undefined ? [] : [`${path}: ${banned} says nothing`])]
      }),
  wrong: [
    { 'src/keys/realmKeys.ts': '' },
    { 'src/bruteForce/a.ts': '' },
    { 'src/keys/utils.ts': '' },
    { 'src/common/a.ts': '' },
    { 'src/keys/helpers.test.ts': '' },
  ],
  right: [{ 'src/storage/migrations/0001-house.sql': '', 'src/oidc/token-info.test.ts': '', 'src/keys/core-keys.ts': '' }],
}

const exported = /\bexport\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|function\*?|class|interface|type|let|var)\s+([\w$]+)/g
const bannedNames = /(?:Manager|Helpers?|Utils?|Impl)$|^(?:Abstract|Base(?!Url|Path|64))[A-Z]|Base$/

const exportedNames: Rule = {
  sentence: 'nothing exported is a Manager, Helper, Util, Impl, Base or Abstract, and only representations are called so',
  check: (tree) =>
    typescript(tree).flatMap((file) =>
      [...file.scan.code.matchAll(exported)].flatMap((match) => {
        const name = match[1] ?? ''
        const at = `${file.path}:${lineAt(file.text, match.index)}: ${name}`
        const misplaced =
          /^[A-Z]\w*Representation$/.test(name) && file.path.startsWith('src/') && !file.path.startsWith('src/representations/')
        return bannedNames.test(name) || misplaced ? [at] : []
      }),
    ),
  wrong: [
    { 'src/keys/a.ts': 'export class KeyManager {}' },
    { 'src/keys/a.ts': 'export const stringUtils = 1' },
    { 'src/keys/a.ts': 'export abstract class AbstractKey {}' },
    { 'src/keys/a.ts': 'export interface BaseKey {}' },
    { 'src/keys/a.ts': 'export interface KeyRepresentation {}' },
  ],
  right: [
    { 'src/representations/a.ts': 'export type KeyRepresentation = {}', 'src/http/a.ts': 'export type BaseUrl = string' },
    { 'src/keys/a.ts': "import type { KeyRepresentation } from '../representations/a.ts'\nexport const manage = 1" },
  ],
}

/** The comment at the very top of a file; empty when it has none. */
const headOf = (file: TreeFile): string => /^\/\*\*[\s\S]*?\*\/|^(?:\/\/.*\n)+/.exec(file.text)?.[0].trimEnd() ?? ''

/** A folder's head says what lives there, what does not and whom it may call; the last is what it is known by. */
const isFolderHead = (head: string): boolean => /\bmay call\b/i.test(head.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' '))

const folderHeads: Rule = {
  sentence: `every folder of src opens with a head comment of at most ${headLinesMax} lines that says whom the folder may call`,
  check: (tree) =>
    sourceFolders(tree).flatMap((folder) => {
      const inside = typescript(tree).filter(({ path }) => path.slice(0, path.lastIndexOf('/')) === `src/${folder}`)
      const files = inside.filter((file) => !isTest(file))
      if (files.length === 0) return []
      const heads = files.map(headOf).filter(isFolderHead)
      if (heads.length === 0) return [`src/${folder}: no file opens with a comment that says whom the folder may call`]
      return heads
        .filter((head) => head.split('\n').length > headLinesMax)
        .map(() => `src/${folder}: head of more than ${headLinesMax} lines`)
    }),
  wrong: [
    { 'src/keys/a.ts': 'export const a = 1' },
    { 'src/keys/a.ts': '/** A key. */\nexport const a = 1' },
    { 'src/keys/a.ts': "import { b } from './b.ts'\n/** The keys of a realm. May call storage. */" },
    { 'src/keys/a.ts': `/**\n * Keys. May call storage.\n${' * more\n'.repeat(headLinesMax)} */` },
    { 'src/keys/keys.ts': '/** Keys. May call storage. */', 'src/keys/providers/a.ts': 'export const a = 1' },
  ],
  right: [
    {
      'src/keys/a.ts': 'export const a = 1',
      'src/keys/keys.ts': '/**\n * Key providers, rotation, JWKS. Not here: tokens. May\n * call storage.\n */',
      'src/keys/providers/all.ts': '// Key providers, one file each.\n// May call crypto.\n',
      'src/storage/migrations/0001-house.sql': '',
      'src/storage/sql.ts': '/** The seam. May call nobody. */',
    },
  ],
}

/** Written so that this file does not break the rule itself. */
const leftovers = /\b(?:TO(?:DO)|FIX(?:ME)|XX(?:X)|HA(?:CK))\b|@ts-(?:ignore|nocheck|expect-error)\b/g

const noLeftovers: Rule = {
  sentence: 'nothing is left to be done later and no check is switched off in a comment',
  check: (tree) =>
    tree
      .filter(({ path }) => /\.(?:ts|js|mjs|sql|md|sh)$/.test(path))
      .flatMap((file) => [...file.text.matchAll(leftovers)].map((match) => `${file.path}:${lineAt(file.text, match.index)}: ${match[0]}`)),
  wrong: [{ 'src/keys/a.ts': `// ${'TO'}${'DO'}: rotate` }, { 'docs/a.md': `${'FIX'}${'ME'}` }, { 'src/keys/a.ts': `// @ts-${'ignore'}` }],
  right: [{ 'src/keys/a.ts': "const a = 'todo' // fix me not" }],
}

const machinePaths = /(?<![\w.-])\/(?:work|tmp|root|farm|home\/\w+|Users\/\w+)\/|\bfile:\/\/\/(?!\$)/g
/** Where a lock file fetches from. Anything but the public registry is somebody's own mirror. */
const mirrors = /"resolved":\s*"(?!https:\/\/registry\.npmjs\.org\/)[^"]*"|^\s*(?:@[\w-]+:)?registry\s*=.*/gm

const noMachines: Rule = {
  sentence: 'no file names a path of a machine, and packages come from the public registry',
  check: (tree) =>
    tree.flatMap((file) => {
      const isSettings = file.path === 'package-lock.json' || file.path === '.npmrc'
      const found = [...file.text.matchAll(machinePaths), ...(isSettings ? file.text.matchAll(mirrors) : [])]
      return found.map((match) => `${file.path}:${lineAt(file.text, match.index)}: ${match[0]}`)
    }),
  wrong: [
    { 'README.md': `cd ${['', 'home', 'me', 'x'].join('/')}` },
    { 'docs/a.md': `rm ${['', 'tmp', 'x'].join('/')}` },
    { 'package-lock.json': '"resolved": "https://mirror.example/npm/pg.tgz"' },
    { '.npmrc': 'registry = https://mirror.example/' },
  ],
  right: [{ 'package-lock.json': '"resolved": "https://registry.npmjs.org/pg/-/pg.tgz"', 'docs/a.md': 'see https://id.example/tmp/x' }],
}

/** What the map of ARCHITECTURE.md names in its first code block: folders, two spaces deeper per level, and files right below `src/`. */
function mapped(text: string): string[] {
  const block = /^```\w*\n(src\/[\s\S]*?)^```/m.exec(text)?.[1] ?? ''
  const path: string[] = []
  const found: string[] = []
  for (const line of block.split('\n').slice(1)) {
    const [, indent = '', folder] = /^( +)([a-z0-9-]+)\/(?:\s|$)/.exec(line) ?? []
    if (folder === undefined) found.push(...(/^ {2}((?:[a-z0-9-]+\.ts ?)+)/.exec(line)?.[1]?.trim().split(' ') ?? []))
    else {
      path.length = indent.length / 2 - 1
      path.push(folder)
      found.push(path.join('/'))
    }
  }
  return found.sort()
}

const map: Rule = {
  sentence: 'the map in ARCHITECTURE.md names every folder of src and every file right below it, and none that does not exist',
  check: (tree) => {
    const told = mapped(tree.find(({ path }) => path === 'ARCHITECTURE.md')?.text ?? '')
    const files = program(tree).flatMap(({ path }) => /^src\/([^/]+)$/.exec(path)?.[1] ?? [])
    const real = [...sourceFolders(tree), ...files]
    return [
      ...real.filter((one) => !told.includes(one)).map((one) => `ARCHITECTURE.md: src/${one} is missing`),
      ...told.filter((one) => !real.includes(one)).map((one) => `ARCHITECTURE.md: src/${one} does not exist`),
    ]
  },
  wrong: [
    { 'ARCHITECTURE.md': '# A\n```\nsrc/\n  keys/  keys\n```', 'src/keys/a.ts': '', 'src/oidc/b.ts': '' },
    { 'ARCHITECTURE.md': '# A\n```\nsrc/\n  keys/  keys\n  oidc/  gone\n```', 'src/keys/a.ts': '' },
    { 'ARCHITECTURE.md': '# A\n```\nsrc/\n  oidc/  endpoints\n```', 'src/oidc/a.ts': '', 'src/oidc/grants/b.ts': '' },
    { 'ARCHITECTURE.md': '# A\n```\nsrc/\n  log.ts clock.ts  leaves\n```', 'src/log.ts': '' },
    { 'ARCHITECTURE.md': '# A\n```\nsrc/\n  log.ts  leaves\n```', 'src/log.ts': '', 'src/clock.ts': '' },
    { 'src/keys/a.ts': '' },
  ],
  right: [
    {
      'ARCHITECTURE.md':
        '# A\n```\nsrc/\n  log.ts clock.ts  leaves, see keys/\n  oidc/     endpoints\n    grants/ one each\n  keys/     keys\n```',
      'src/log.ts': '',
      'src/clock.ts': '',
      'src/clock.test.ts': '',
      'src/keys/a.ts': '',
      'src/oidc/grants/b.ts': '',
    },
  ],
}

const isDecision = ({ path }: TreeFile): boolean => path.startsWith('docs/decisions/')

const decisions: Rule = {
  sentence: `every package has a page in docs/decisions, and a page is named NNNN-title.md and has at most ${decisionLinesMax} lines`,
  check: (tree) => {
    const pages = tree.filter(isDecision)
    const manifest = JSON.parse(tree.find(({ path }) => path === 'package.json')?.text ?? '{}')
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    const mentions = (name: string, { text }: TreeFile): boolean => text.includes(`\`${name}\``)
    const numbers = pages.map(({ path }) => path.slice('docs/decisions/'.length, 'docs/decisions/'.length + 4))
    return [
      ...names.filter((name) => !pages.some((page) => mentions(name, page))).map((name) => `docs/decisions: no page names \`${name}\``),
      ...pages.filter(({ path }) => !/\/\d{4}-[a-z0-9-]+\.md$/.test(path)).map(({ path }) => `${path}: not NNNN-title.md`),
      ...pages.filter((_, at) => numbers.indexOf(numbers[at] ?? '') !== at).map(({ path }) => `${path}: its number is taken`),
      ...pages.filter(({ text }) => text.trimEnd().split('\n').length > decisionLinesMax).map(({ path }) => `${path}: too long`),
    ]
  },
  wrong: [
    { 'package.json': '{"dependencies":{"pg":"1"}}' },
    { 'package.json': '{"devDependencies":{"pg":"1"}}', 'docs/decisions/0001-a.md': 'pgx is not it' },
    { 'docs/decisions/why.md': '' },
    { 'docs/decisions/0001-a.md': '', 'docs/decisions/0001-b.md': '' },
    { 'docs/decisions/0001-a.md': 'a\n'.repeat(decisionLinesMax + 1) },
  ],
  right: [{ 'package.json': '{"dependencies":{"pg":"1"}}', 'docs/decisions/0001-postgres.md': '# PostgreSQL\nThe driver is `pg`.' }],
}

export const documentRules: readonly Rule[] = [fileNames, exportedNames, folderHeads, noLeftovers, noMachines, map, decisions]
