import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'

/** How long a page may take to become what a test expects. */
const patienceMs = 5_000

/** One person at one computer: nothing is kept from an earlier visit. */
export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** A second computer, until the end of the visit. */
  another(options?: BrowserContextOptions): Promise<{ readonly page: Page; readonly context: BrowserContext }>
}

export interface VisitOptions extends BrowserContextOptions {
  /** Pieces of what the browser may complain about in this visit. Any other complaint of a page fails the test. */
  readonly complaints?: readonly string[]
}

export type Visits = (work: (visit: Visit) => Promise<unknown>, options?: VisitOptions) => Promise<void>

/** One browser for all tests of a file, and an empty profile for every visit. It ends after the last test. */
export async function visitsOfFile(): Promise<Visits> {
  const browser = await launchChromium()
  after(() => browser.close())
  return async (work, { complaints = [], ...options } = {}) => {
    const contexts: BrowserContext[] = []
    const heard: string[] = []
    const open = async (contextOptions?: BrowserContextOptions) => {
      const context = await browser.newContext(contextOptions)
      context.setDefaultTimeout(patienceMs)
      context.on('weberror', (error) => heard.push(String(error.error())))
      context.on('console', (message) => {
        if (message.type() === 'error' && /content security policy|refused to|x-frame-options/i.test(message.text()))
          heard.push(message.text())
      })
      contexts.push(context)
      return { context, page: await context.newPage() }
    }
    try {
      const first = await open(options)
      try {
        await work({ ...first, another: open })
      } catch (error) {
        throw withPages(error, await shown(contexts), heard)
      }
      assert.deepEqual(
        heard.filter((text) => !complaints.some((piece) => text.includes(piece))),
        [],
      )
    } finally {
      await Promise.all(contexts.map((context) => context.close()))
    }
  }
}

const shown = (contexts: readonly BrowserContext[]): Promise<string[]> =>
  Promise.all(
    contexts
      .flatMap((context) => context.pages())
      .map(async (page) => `${page.url()}\n${await page.innerText('body', { timeout: 1_000 }).catch(() => '')}`),
  )

function withPages(error: unknown, pages: readonly string[], heard: readonly string[]): Error {
  const text = error instanceof Error ? error.message : String(error)
  return new Error([text, ...pages, ...heard].join('\n---\n'), { cause: error })
}
