/**
 * Programs that tests of foreign clients need: found on the machine, else installed by root from Debian's packages; the clients themselves come
 * from their registries into .cache/clients, once for a checkout.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../../.cache/clients', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

const pythonKeycloak = '7.1.1'
const adminClientJava = '26.0.12'
const adminCli = '26.7.0'

/** Runs to the end; the error says what the program said. */
function run(program: string, args: readonly string[], cwd = here): string {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function need(program: string, versionFlag: string, ...packages: string[]): void {
  if (works(program, versionFlag)) return
  if (process.getuid?.() !== 0) throw new Error(`these tests need ${program}: install it`)
  run('apt-get', ['update'])
  run('apt-get', ['install', '-y', '--no-install-recommends', ...packages])
}

/** Makes a folder of the cache once: `fill` runs in it, and only a whole one counts. */
function once(name: string, fill: (folder: string) => void): string {
  const folder = join(cache, name)
  const mark = join(folder, '.whole')
  if (existsSync(mark)) return folder
  mkdirSync(folder, { recursive: true })
  fill(folder)
  writeFileSync(mark, '')
  return folder
}

/** A Python that can import `keycloak`. */
export function python(): string {
  need('python3', '--version', 'python3', 'python3-venv')
  const folder = once(`python-keycloak-${pythonKeycloak}`, (place) => {
    run('python3', ['-m', 'venv', place])
    run(join(place, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `python-keycloak==${pythonKeycloak}`])
  })
  return join(folder, 'bin/python')
}

function jars(name: string, artifacts: readonly string[]): string {
  need('java', '-version', 'default-jdk-headless')
  need('mvn', '--version', 'maven')
  return once(name, (place) => {
    const dependencies = artifacts.map((artifact) => {
      const [groupId, artifactId, version] = artifact.split(':')
      return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`
    })
    const head = '<modelVersion>4.0.0</modelVersion><groupId>test</groupId><artifactId>test</artifactId><version>1</version>'
    const pom = join(place, 'pom.xml')
    writeFileSync(pom, `<project>${head}<packaging>pom</packaging><dependencies>${dependencies.join('')}</dependencies></project>`)
    run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(place, 'jars')}`], place)
  })
}

/** The arguments of `java` that run the compiled AdminClientLife. */
export function javaLife(): readonly string[] {
  need('javac', '-version', 'default-jdk-headless')
  const folder = jars(`java-admin-client-${adminClientJava}`, [
    `org.keycloak:keycloak-admin-client:${adminClientJava}`,
    'org.slf4j:slf4j-nop:2.0.17',
  ])
  const path = join(folder, 'jars/*')
  const classes = join(folder, 'classes')
  run('javac', ['-encoding', 'UTF-8', '-d', classes, '-cp', path, join(here, 'java/AdminClientLife.java')])
  return ['-cp', `${classes}:${path}`, 'AdminClientLife']
}

/** The arguments of `java` that are the reference distribution's kcadm.sh: it loads its cryptography from a folder of its own. */
export function kcadm(): readonly string[] {
  const folder = jars(`kcadm-${adminCli}`, [`org.keycloak:keycloak-admin-cli:${adminCli}`])
  const crypto = jars(`kcadm-crypto-${adminCli}`, [`org.keycloak:keycloak-crypto-default:${adminCli}`])
  const libraries = `-Dkc.lib.dir=${join(crypto, 'jars')}`
  return [
    '-cp',
    join(folder, 'jars/*'),
    '--add-opens=java.base/java.security=ALL-UNNAMED',
    libraries,
    'org.keycloak.client.admin.cli.KcAdmMain',
  ]
}
