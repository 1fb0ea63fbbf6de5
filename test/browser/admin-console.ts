/**
 * Test support: an administrator at the official Admin Console in a real Chromium, logged in once for all tests of a file. Whatever a page
 * complains about fails the test that it happens in: an error of a script, a message on the browser's console, an answer of 400 or more.
 */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import type { Json } from '../server/call.ts'
import { serverOfFile, type TestServer } from '../server.ts'
import { launchChromium } from './chromium.ts'
import { type PatternFly, patienceMs, patternFly } from './patternfly.ts'
import { enterPassword, runningClock } from './site.ts'

export interface AdminConsole extends PatternFly {
  readonly server: TestServer
  /** The page of realm master's console. */
  readonly base: string
  /** Opens a page of the console by its address within a realm: `open('shop', 'clients')`. */
  open(realm: string, path: string): Promise<void>
  /** A page of what the Admin API has below a realm; throws unless it answers 200. */
  read(realm: string, path: string): Promise<Json>
  list(realm: string, path: string): Promise<Json[]>
  /** A test. `complaints` are pieces of what a page may complain about in it. */
  try(work: () => Promise<unknown>, complaints?: readonly string[]): () => Promise<void>
}

export interface AdminConsoleOptions extends BrowserContextOptions {
  readonly realms: readonly RealmRepresentation[]
}

/** @returns the console of realm master, where its administrator has logged in */
export async function adminConsoleOfFile({ realms, ...options }: AdminConsoleOptions): Promise<AdminConsole> {
  const server = await serverOfFile({ realms, clock: runningClock() })
  const browser = await launchChromium()
  after(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
  context.setDefaultTimeout(patienceMs)
  const heard = watch(context)
  const page = await context.newPage()
  const base = `${server.url.replace('127.0.0.1', 'localhost')}/admin/master/console/`
  const answer = await page.goto(base)
  assert.ok(answer?.ok(), 'there is no console: `npm run console` builds it')
  await enterPassword(page, 'admin', 'admin')
  await page.getByTestId('currentRealm').waitFor()
  const read = async (realm: string, path: string): Promise<Json> => {
    const { status, json, text } = await server.admin('GET', `/realms/${realm}${path}`)
    assert.equal(status, 200, `${path}: ${text}`)
    return json
  }
  const named = (testId: string): Locator => page.getByTestId(testId)
  return {
    ...patternFly(page),
    server,
    base,
    read,
    list: async (realm, path) => (await read(realm, path)) as unknown as Json[],
    async open(realm, path) {
      const address = `${base}#/${realm}/${path}`
      // A page that is open is loaded again; so is every page of the reference's own console, which leaves nested tabs blank otherwise.
      const isElsewhere = !page.url().startsWith(`${base}#/${realm}/`)
      if (server.onReference || isElsewhere || page.url() === address) await page.goto('about:blank')
      await page.goto(address)
      await named('currentRealm').waitFor()
    },
    try:
      (work, complaints = []) =>
      async () => {
        heard.length = 0
        try {
          await work()
        } catch (error) {
          const told = await withPage(error, page, heard)
          // What is left open must not be in the way of the next test.
          await page.goto('about:blank')
          throw told
        }
        const unexpected = heard.filter((text) => !complaints.some((piece) => text.includes(piece)))
        assert.deepEqual(unexpected, [])
      },
  }
}

/** Collects what pages complain about. A request that a page itself gave up, because it was left, is no complaint. */
function watch(context: Awaited<ReturnType<Awaited<ReturnType<typeof launchChromium>>['newContext']>>): string[] {
  const heard: string[] = []
  context.on('weberror', (error) => heard.push(`page error: ${error.error().stack ?? error.error()}`))
  context.on('response', (response) => {
    if (response.status() >= 400) heard.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    if (reason !== 'net::ERR_ABORTED') heard.push(`${reason} ${request.method()} ${request.url()}`)
  })
  context.on('console', (message) => {
    // The browser says once more what the answer's status has said.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) heard.push(message.text())
  })
  return heard
}

async function withPage(error: unknown, page: Page, heard: readonly string[]): Promise<Error> {
  const text = error instanceof Error ? error.message : String(error)
  const shown = await page.innerText('body', { timeout: 1_000 }).catch(() => '')
  return new Error([text, page.url(), shown.slice(0, 3_000), ...heard].join('\n---\n'), { cause: error })
}
