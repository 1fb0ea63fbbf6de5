// Makes dist/ from the official libraries and the few files of this folder: the two consoles, their texts, and the licences of what is in them.
// Run in this folder after `npm ci`. Plain JavaScript, since it runs before anything else of the project is built.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const folder = dirname(fileURLToPath(import.meta.url))
const packages = join(folder, 'node_modules')
/** Renamed at the end, so that nobody serves half of it. */
const made = join(folder, 'dist.new')
const apps = ['admin', 'account']
const theme = (app) => join(packages, '@keycloakify', `keycloak-${app}-ui`, 'keycloak-theme', app)

rmSync(made, { recursive: true, force: true })
mkdirSync(made)
const { metafile } = await build({
  absWorkingDir: folder,
  entryPoints: Object.fromEntries(apps.map((app) => [app, join('apps', `${app}.js`)])),
  outdir: join(made, 'assets'),
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file', '.svg': 'file', '.png': 'file', '.jpg': 'file' },
  alias: {
    'admin-index.css': join(theme('admin'), 'index.css'),
    'account-ui.css': join(packages, '@keycloak/keycloak-account-ui/lib/keycloak-account-ui.css'),
  },
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
})
const manifest = Object.fromEntries(apps.map((app) => [app, entryOf(app)]))
for (const app of apps) {
  cpSync(join(folder, 'pictures'), join(made, app), { recursive: true })
  writeTexts(app)
}
cpSync(join(folder, 'content.json'), join(made, 'account', 'content.json'))
compress(join(made, 'assets'))
const version = createHash('sha256').update(JSON.stringify(manifest)).update(pictureBytes()).digest('hex').slice(0, 5)
writeFileSync(join(made, 'manifest.json'), JSON.stringify({ version, ...manifest }))
writeFileSync(join(made, 'THIRD-PARTY-LICENSES.txt'), licenses())
rmSync(join(folder, 'dist'), { recursive: true, force: true })
renameSync(made, join(folder, 'dist'))
process.stdout.write(`console/dist: ${readdirSync(join(folder, 'dist/assets')).length} files, version ${version}\n`)

/** What the page of an app loads: its script, its style sheet, and the scripts that the first one imports. */
function entryOf(app) {
  const [path, output] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === `apps/${app}.js`)
  const imports = output.imports.filter(({ kind }) => kind === 'import-statement').map(({ path: imported }) => basename(imported))
  return { script: basename(path), style: basename(output.cssBundle), imports }
}

function pictureBytes() {
  return Buffer.concat(readdirSync(join(folder, 'pictures')).map((name) => readFileSync(join(folder, 'pictures', name))))
}

/** The texts of an app in every language of the package, with those that the server's base theme would add in our own words. */
function writeTexts(app) {
  const source = join(theme(app), 'i18n')
  const target = join(made, 'texts', app)
  mkdirSync(target, { recursive: true })
  for (const name of readdirSync(source)) {
    const language = /^messages_(\w+)\.properties$/.exec(name)?.[1]
    if (language === undefined) continue
    const own = join(folder, 'texts', `${app}.${language}.json`)
    const added = existsSync(own) ? JSON.parse(readFileSync(own, 'utf8')) : {}
    const texts = { ...added, ...properties(readFileSync(join(source, name), 'utf8')) }
    writeFileSync(join(target, `${language.replaceAll('_', '-')}.json`), JSON.stringify(texts))
  }
}

/** Reads Java's properties: comments, lines that go on after a backslash, escapes, `=`, `:` or a blank after the key. */
function properties(text) {
  const lines = text
    .replace(/\\\r?\n[ \t\f]*/g, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !/^[#!]/.test(line))
  return Object.fromEntries(
    lines.map((line) => {
      const [, key = '', value = ''] = /^((?:\\.|[^\\=:\s])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line) ?? []
      return [unescaped(key), unescaped(value)]
    }),
  )
}

function unescaped(text) {
  const letters = { n: '\n', t: '\t', r: '\r', f: '\f' }
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex, letter) =>
    hex === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** Beside each file that gains by it, so that serving costs no compression. */
function compress(files) {
  for (const name of readdirSync(files)) {
    if (/\.(?:js|css|svg)$/.test(name)) writeFileSync(join(files, `${name}.gz`), gzipSync(readFileSync(join(files, name)), { level: 9 }))
  }
}

/** The licence of each package that is in the bundle, and the names of those that the two libraries hold already. */
function licenses() {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs))
  const folders = new Set(inputs.map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter(Boolean))
  for (const app of apps) folders.add(`node_modules/@keycloakify/keycloak-${app}-ui`)
  const sections = [...folders].sort().map((place) => {
    const { name, version: release, license } = JSON.parse(readFileSync(join(folder, place, 'package.json'), 'utf8'))
    const file = readdirSync(join(folder, place)).find((entry) => /^(licen[cs]e|copying)(\.|$|-)/i.test(entry))
    const text = file === undefined ? 'The package brings no text of its licence.' : readFileSync(join(folder, place, file), 'utf8').trim()
    return `${name} ${release} (${license})\n${'-'.repeat(72)}\n${text}\n`
  })
  const apache = readFileSync(join(packages, '@keycloakify/keycloak-admin-ui/LICENSE'), 'utf8').trim()
  const notice = [
    'The files in this folder are built from the Admin Console and the Account Console of Keycloak (https://www.keycloak.org),',
    'Copyright Red Hat, Inc. and others, under the Apache License 2.0, whose text stands at the end. Texts and style sheets come from the packages',
    '@keycloakify/keycloak-admin-ui and @keycloakify/keycloak-account-ui.',
  ].join('\n')
  const held = `The two consoles hold code of these packages as well:\n${heldPackages().join(', ')}`
  return `${notice}\n\n${held}\n\n\n${sections.join('\n\n')}\n\nApache License 2.0\n${'-'.repeat(72)}\n${apache}\n`
}

/** Packages inside the libraries, by the source maps that come with them. */
function heldPackages() {
  const names = new Set()
  for (const app of apps) {
    const lib = join(packages, '@keycloak', `keycloak-${app}-ui`, 'lib')
    for (const map of readdirSync(lib).filter((name) => name.endsWith('.js.map'))) {
      const { sources } = JSON.parse(readFileSync(join(lib, map), 'utf8'))
      for (const source of sources) {
        const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]
        if (name !== undefined && !name.startsWith('.')) names.add(name)
      }
    }
  }
  return [...names].sort()
}
