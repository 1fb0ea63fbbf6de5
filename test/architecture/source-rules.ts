import { importsOf } from './directions.ts'
import { measureFunctions } from './functions.ts'
import { lineAt, moduleLevel } from './scan.ts'
import { program, type Rule, sources, type Tree, type TreeFile, typescript } from './tree.ts'

const fileLinesMax = 500
const functionLinesMax = 70

/** One complaint per match of the pattern in the code of a file. */
const matches = (file: TreeFile, pattern: RegExp, code = file.scan.code): string[] =>
  [...code.matchAll(pattern)].map((match) => `${file.path}:${lineAt(file.text, match.index)}: ${match[0].trim()}`)

/** Statements are written in one letter case, so that a help text such as "Select the roles from …" is none. */
const sqlText =
  /^\s*(?:select\s[\s\S]*\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(?:create|alter|drop)\s+(?:unique\s+)?(?:table|index)\s|SELECT\s[\s\S]*\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)\s)/

const sql: Rule = {
  sentence: 'SQL text stands only in storage',
  check: (tree) =>
    program(tree)
      .filter((file) => !file.path.startsWith('src/storage/'))
      .flatMap((file) => [
        ...file.scan.literals
          .filter(({ value }) => sqlText.test(value))
          .map(({ start }) => `${file.path}:${lineAt(file.text, start)}: SQL text`),
        ...importsOf(file)
          .filter(({ specifier, clause }) => /\/storage\/sql\.ts$/.test(specifier) && /\bstatement\b/.test(clause))
          .map(({ line }) => `${file.path}:${line}: statement()`),
      ]),
  wrong: [
    { 'src/realm/a.ts': "const a = 'select id from realm where name = $1'" },
    { 'src/realm/a.ts': 'const a = `\n  DELETE FROM code WHERE id = $1`' },
    { 'src/realm/a.ts': "import { statement } from '../storage/sql.ts'" },
  ],
  right: [
    { 'src/storage/a.ts': "const a = statement('realm.all', 'select id from realm')" },
    { 'src/tokens/a.ts': "const help = 'Select the roles from the list'\n// select id from realm" },
  ],
}

const environment: Rule = {
  sentence: 'only config reads the environment',
  check: (tree) =>
    sources(tree)
      .filter((file) => !file.path.startsWith('src/config/'))
      .flatMap((file) => [
        ...matches(file, /\bprocess\s*(?:\?\.|\.)\s*env\b/g),
        ...importsOf(file)
          .filter(({ specifier, clause }) => specifier === 'node:process' && /\benv\b/.test(clause))
          .map(({ line }) => `${file.path}:${line}: env`),
      ]),
  wrong: [{ 'src/cli.ts': 'const port = process.env.PORT' }, { 'src/log.ts': "import { env } from 'node:process'" }],
  right: [{ 'src/config/a.ts': 'const all = process.env', 'src/cli.ts': '// process.env is read by config\nprocess.exitCode = 1' }],
}

const sourcesOfChance = ['src/clock.ts', 'src/crypto/random.ts']
const chance =
  /\bDate\.now\b|\bnew\s+Date\b(?:\s*\(\s*\)|(?!\s*\())|(?<![\w$.])Date\s*\(|\bMath\.random\b|\b(?:randomUUID|randomBytes|randomInt|randomFill(?:Sync)?|getRandomValues)\b/g

const timeAndRandomness: Rule = {
  sentence: 'time comes only from the clock and randomness only from crypto/random.ts',
  check: (tree) =>
    program(tree)
      .filter((file) => !sourcesOfChance.includes(file.path))
      // `new Date(x)` shows a given time; `new Date()` asks for the present one.
      .flatMap((file) => matches(file, chance, file.scan.code.replace(/\bnew\s+Date\s*\((?!\s*\))/g, blanked))),
  wrong: [
    { 'src/oidc/a.ts': 'const now = Date.now()' },
    { 'src/oidc/a.ts': 'const now = new Date()' },
    { 'src/oidc/a.ts': 'const now = new Date' },
    { 'src/oidc/a.ts': 'const dice = Math.random()' },
    { 'src/oidc/a.ts': "import { randomUUID } from 'node:crypto'" },
    { 'src/oidc/a.ts': 'const iv = crypto.randomBytes(12)' },
  ],
  right: [
    {
      'src/clock.ts': 'export const systemClock = { now: () => Date.now() }',
      'src/keys/a.ts': 'const start: Date = new Date(clock.now())\n// Date.now() would not do',
      'src/keys/a.test.ts': 'const now = Date.now()',
    },
  ],
}

const blanked = (text: string): string => ' '.repeat(text.length)

const held = /(\bexport\s+)?\bconst\s+([\w$]+)\s*(?::\s*([^=]*?))?=\s*(?:new\s+(\w+)[^(\n]*(\(\s*\))?|\[)/g
/** Things that exist to be changed. */
const alwaysState = ['WeakMap', 'WeakSet', 'WeakRef', 'AsyncLocalStorage', 'EventEmitter']

/** A collection at module level: constant when it is born full and nobody can or does change it. */
function changingCollections(file: TreeFile, level: string): string[] {
  return [...level.matchAll(held)].flatMap((match) => {
    const [declaration, exported, name = '', type, kind, empty] = match
    const isCollection = kind === undefined || kind === 'Map' || kind === 'Set'
    const isReadonly = /^(?:Readonly|readonly\b)/.test(type ?? '')
    const changes = new RegExp(
      `(?<![\\w$.])${name.replaceAll('$', '\\$')}\\.(?:set|add|delete|clear|push|pop|shift|unshift|splice|fill)\\(`,
    )
    const isState =
      alwaysState.includes(kind ?? '') ||
      (isCollection &&
        !isReadonly &&
        (changes.test(file.scan.code) || empty !== undefined || (kind !== undefined && exported !== undefined)))
    return isState ? [`${file.path}:${lineAt(file.text, match.index)}: ${declaration.trim()}`] : []
  })
}

function moduleState(file: TreeFile): string[] {
  const level = filled(file.scan.code, moduleLevel(file.scan.code))
  return [
    ...matches(file, /^(?:export\s+)?(?:let|var)\s+[\w$]+/gm, level),
    ...changingCollections(file, level),
    ...matches(file, /\bconst\s+[\w$]+\s*(?::(?!\s*readonly\b)[^=\n]*)?=\s*(?:\[\s*\]|\{\s*\})/g, level),
    ...matches(file, /\bstatic\s+(?!readonly\b)(?:#|private\s+)?[\w$]+\s*(?::[^=;(){}]*)?=(?!>)/g),
  ]
}

/** The module level with the insides of brackets marked, so that only a literal that is really empty looks empty. */
const filled = (code: string, level: string): string =>
  [...level].map((character, at) => (character === ' ' && code.charAt(at).trim() !== '' ? '_' : character)).join('')

const noModuleState: Rule = {
  sentence: 'no module keeps state: two servers in one process share nothing',
  check: (tree) => program(tree).flatMap(moduleState),
  wrong: [
    { 'src/keys/a.ts': 'let current = 0' },
    { 'src/keys/a.ts': 'export let current: Key | undefined' },
    { 'src/keys/a.ts': 'const cache = new Map<string, Key>()' },
    { 'src/keys/a.ts': 'const cache: Map<string, Key> = new Map()' },
    { 'src/keys/a.ts': "const seen = new Set(['a'])\nexport const see = (name) => seen.add(name)" },
    { 'src/keys/a.ts': "export const names = new Set(['a'])" },
    { 'src/keys/a.ts': "const names = ['a']\nexport const more = (name) => names.push(name)" },
    { 'src/keys/a.ts': 'const plans = new WeakMap<Client, Plan>()' },
    { 'src/keys/a.ts': 'const waiting: Key[] = []' },
    { 'src/keys/a.ts': 'class Keys {\n  static last = 0\n}' },
  ],
  right: [
    {
      'src/keys/a.ts':
        "const names: ReadonlySet<string> = new Set(['a'])\nconst all = ['a', 'b'] as const\nexport function open() {\n  let n = 0\n  const m = new Map()\n}",
    },
    { 'src/keys/c.ts': "const names = new Set(['a'])\nexport const has = (name: string) => names.has(name)" },
    { 'src/keys/b.ts': 'const none: readonly string[] = []\nclass Keys {\n  static readonly #empty = 1\n  static of(a = 1) {}\n}' },
  ],
}

const length: Rule = {
  sentence: `a file has at most ${fileLinesMax} lines and a function at most ${functionLinesMax} of its own`,
  check: (tree) =>
    typescript(tree).flatMap((file) => {
      const lines = file.text.trimEnd().split('\n').length
      const long = measureFunctions(file).filter((one) => one.lines > functionLinesMax)
      return [
        ...(lines > fileLinesMax ? [`${file.path}: ${lines} lines`] : []),
        ...long.map((one) => `${file.path}:${one.line}: a function of ${one.lines} lines`),
      ]
    }),
  wrong: [
    { 'src/keys/a.ts': 'const a = 1\n'.repeat(fileLinesMax + 1) },
    { 'src/keys/a.ts': `function a(b: { c: string }): { d: string } {\n${'  e()\n'.repeat(functionLinesMax)}}` },
    { 'src/keys/a.ts': `class A {\n  async a(): Promise<{ b: string }> {\n${'    e()\n'.repeat(functionLinesMax)}  }\n}` },
    { 'src/keys/a.ts': `test('a', () => {\n${'  e()\n'.repeat(functionLinesMax)}})` },
  ],
  right: [
    { 'src/keys/a.ts': `function a() {\n${`  const b = () => {\n${'    e()\n'.repeat(30)}  }\n`.repeat(3)}}` },
    { 'src/keys/a.ts': `export const a = [\n${"  'a',\n".repeat(200)}]` },
  ],
}

/** A rule that a pattern in the code decides, over all TypeScript of the project. */
const pattern = (sentence: string, found: RegExp, wrong: readonly string[], right: readonly string[]): Rule => ({
  sentence,
  check: (tree: Tree) => typescript(tree).flatMap((file) => matches(file, found)),
  wrong: wrong.map((text) => ({ 'src/keys/a.ts': text })),
  right: right.map((text) => ({ 'src/keys/a.ts': text })),
})

export const sourceRules: readonly Rule[] = [
  sql,
  environment,
  timeAndRandomness,
  noModuleState,
  length,
  pattern(
    'there is no default export',
    /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/g,
    ['export default 1', 'export { a as default }'],
    ["export const a = 'export default 1'", "import a from 'b'"],
  ),
  pattern(
    'no type is any',
    /(?<![\w$.])any\b(?!\s*[:(?])/g,
    ['const a: any = 1', 'const a = b as any', 'const a: Record<string, any> = {}', 'function a(b: any[]) {}'],
    ["const a = 'any' // any", 'await Promise.any(all)', 'interface A {\n  any: string\n}'],
  ),
  pattern(
    'nothing is asserted to be there with an exclamation mark',
    /[\w$)\]]!(?!=)/g,
    ['const a = b!', 'const a = b()!.c', 'const a = b[0]!'],
    ['if (a !== b || !c) d()', 'if (a != b) c()', "const a = 'b!' // c!"],
  ),
  pattern(
    'no test is left out, singled out or put off',
    /\b(?:test|it|describe|suite|t)\.(?:skip|only|todo)\b|\b(?:skip|only|todo):\s*true\b/g,
    ["test.only('a', () => {})", "describe.skip('a', () => {})", "t.todo('a')", "test('a', { skip: true }, () => {})"],
    ["test('a', () => {}) // test dot only", 'const left = rows.skip'],
  ),
]
