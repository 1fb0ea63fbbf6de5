/**
 * Makes a picture of every login page, every page of the control plane and every section of the Admin Console: in light, in dark and
 * 360 px wide, the first two in English and Ukrainian, with the built-in look or with a theme.
 * `npm run screenshots -- [--out=folder] [--only=login] [--theme=examples/themes/registry] [--locale=uk]`; the folder is a new one for
 * temporary files unless given. `--only=console --reference=http://127.0.0.1:8180/auth` draws the reference's console. Needs Debian's
 * Chromium.
 */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { aRealm } from '../src/login/pages/fixtures/realm.ts'
import { samples as loginSamples } from '../src/login/pages/fixtures/samples.ts'
import { renderPage } from '../src/login/pages/render.ts'
import { resourceRoutes } from '../src/login/resources.ts'
import { noThemes, openThemes } from '../src/login/themes.ts'
import { registrySamples } from '../src/registry/pages/fixtures/samples.ts'
import { consolePictures } from './console-screenshots.ts'

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    only: { type: 'string' },
    theme: { type: 'string' },
    locale: { type: 'string' },
    reference: { type: 'string' },
  },
})

const samples = [...loginSamples, ...registrySamples]

const looks = [
  { name: 'light', width: 1000, height: 700, scheme: 'light' },
  { name: 'dark', width: 1000, height: 700, scheme: 'dark' },
  { name: 'phone', width: 360, height: 640, scheme: 'light' },
] as const

const theme = options.theme === undefined ? undefined : resolve(options.theme)
const themes = theme === undefined ? noThemes : openThemes(dirname(theme))
const realm = aRealm({
  internationalizationEnabled: true,
  supportedLocales: ['en', 'uk'],
  defaultLocale: 'en',
  ...(theme === undefined ? {} : { loginTheme: basename(theme) }),
})

/** Serves `/<locale>/<sample>` and the files that pages use. */
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const [, locale, name] = pathname.split('/')
  const baseUrl = `http://${request.headers.host}`
  const common = {
    method: 'GET',
    queryText: '',
    headers: request.headers,
    body: Buffer.alloc(0),
    baseUrl,
    remoteAddress: '',
    secure: false,
  }
  const sample = samples.find((one) => one.name === name)
  const file = /^\/resources\/([^/]+)\/login\/([^/]+)\/(.+)$/.exec(pathname)
  const params = file ? { version: file[1] ?? '', theme: file[2] ?? '', '*': file[3] ?? '' } : {}
  const asked = { ...common, path: pathname, params, requestId: '1' }
  const answer = sample
    ? renderPage(
        { realm, client: undefined, request: asked, locale, themes },
        sample.make((plain) => plain),
      )
    : await resourceRoutes[0]?.handle(asked, { themes })
  response.writeHead(answer?.status ?? 404, answer?.headers as Record<string, string>)
  response.end(answer?.body)
})

/** Where Debian installs it; the package brings no browser of its own. */
const executablePath = '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isWanted = (name: string): boolean => options.only === undefined || name.includes(options.only)

async function pictures(out: string, origin: string): Promise<number> {
  const browser = await chromium.launch({ executablePath, args })
  let count = 0
  try {
    for (const { name: look, width, height, scheme } of looks) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme })
      for (const locale of options.locale === undefined ? ['en', 'uk'] : [options.locale]) {
        for (const { name } of samples.filter((sample) => isWanted(sample.name))) {
          await page.goto(`${origin}/${locale}/${name}`, { waitUntil: 'load' })
          await page.screenshot({ path: join(out, `${name}-${look}-${locale}.png`), fullPage: true })
          count += 1
        }
      }
      await page.close()
    }
    count += await consolePictures({ browser, out, looks, reference: options.reference, isWanted })
  } finally {
    await browser.close()
  }
  return count
}

const out = options.out ?? mkdtempSync(join(tmpdir(), 'ostiary-screenshots-'))
mkdirSync(out, { recursive: true })
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
try {
  process.stdout.write(`${await pictures(out, `http://127.0.0.1:${port}`)} pictures in ${out}\n`)
} finally {
  server.closeAllConnections()
  server.close()
}
