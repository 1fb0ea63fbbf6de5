/**
 * Makes dist/: one bundle with code splitting, so that what is imported lazily is still loaded lazily. Libraries are bundled in: a file
 * for each of their hundreds of modules costs start-up time. Native packages stay outside, as does pg, which most servers never load.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** Packages that are resolved from node_modules at run time. */
const external = ['pg', 'pg-native', '@node-rs/*', 'pino-pretty', '@fastify/*-native']

const entries = ['src/cli.ts', 'src/index.ts', 'src/testing.ts'].filter((path) => existsSync(join(root, path)))

// CommonJS libraries ask for these names, which modules do not have.
const banner = [
  "import { createRequire as ostiaryCreateRequire } from 'node:module'",
  'const require = ostiaryCreateRequire(import.meta.url)',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname',
].join('\n')

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Names stay, so that a stack trace says something.
  minifyWhitespace: true,
  minifySyntax: true,
  external,
  legalComments: 'none',
  metafile: true,
  banner: { js: banner },
  logLevel: 'warning',
})
cpSync(join(root, 'src/storage/migrations'), join(dist, 'migrations'), { recursive: true })
cpSync(join(root, 'src/login/resources'), join(dist, 'resources'), { recursive: true })
requireAscii(metafile)
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses(metafile))
report(metafile)

/** The licence of every package that is inside the bundle: most ask to be shown with copies of their code. */
function licenses({ outputs }: Metafile): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
  const folders = new Set(
    inputs.map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter((folder) => folder !== undefined),
  )
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, string>
    const file = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)(\.|$|-)/i.test(entry))
    const text =
      file === undefined ? `Licence: ${license}. The package brings no text of it.` : readFileSync(join(root, folder, file), 'utf8')
    return `${name} ${version} (${license})\n${'-'.repeat(72)}\n${text.trim()}\n`
  })
  return `The files in this folder contain code of the following packages.\n\n${sections.join('\n\n')}`
}

/**
 * One letter beyond ASCII makes V8 hold the whole file with two bytes a letter. The bundler escapes them, but not in regular expressions.
 */
function requireAscii({ outputs }: Metafile): void {
  const bad = Object.keys(outputs).filter((path) => /[^\0-\x7f]/.test(readFileSync(join(root, path), 'utf8')))
  if (bad.length > 0) throw new Error(`${bad.join(', ')}: a letter beyond ASCII, write it as \\u escape`)
}

function report({ outputs }: Metafile): void {
  const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0)
  const first = statSync(join(dist, 'cli.js')).size
  process.stdout.write(
    `dist: ${Object.keys(outputs).length} files, ${Math.round(bytes / 1024)} KiB, cli.js ${Math.round(first / 1024)} KiB\n`,
  )
}
