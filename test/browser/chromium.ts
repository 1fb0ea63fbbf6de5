import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const usualPrograms = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']

/** Starts Chromium: the program that OSTIARY_TEST_CHROMIUM names, else the installed one, else Debian's package, which root installs here. */
export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: program(), args: ['--no-sandbox'] })

function program(): string {
  const named = process.env['OSTIARY_TEST_CHROMIUM']
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`OSTIARY_TEST_CHROMIUM names ${named}, which does not exist`)
    return named
  }
  const found = usualPrograms.find((path) => existsSync(path)) ?? installed()
  if (found === undefined) throw new Error('these tests need Chromium: install it, or name its program in OSTIARY_TEST_CHROMIUM')
  return found
}

function installed(): string | undefined {
  if (process.getuid?.() !== 0) return undefined
  execFileSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore' })
  return usualPrograms.find((path) => existsSync(path))
}
