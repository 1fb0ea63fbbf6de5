import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

/** A request that an application was sent. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: URL
  readonly body: string
}

/** The applications that people log in to: a web server of its own origin. Every path that has no page of its own shows an empty one. */
export interface Applications {
  /** `http://localhost:4711`. */
  readonly origin: string
  /** Serves a page. The libraries are the module /keycloak.js and the script /oidc-client-ts.js. */
  serve(path: string, body: string): void
  /** The next request to a path that has not been asked for yet; rejects after five seconds. */
  next(path: string): Promise<ReceivedRequest>
}

const libraries: Readonly<Record<string, string>> = {
  '/keycloak.js': import.meta.resolve('keycloak-js'),
  '/oidc-client-ts.js': new URL('../browser/oidc-client-ts.js', import.meta.resolve('oidc-client-ts')).href,
}

/** A web server for all tests of a file. */
export async function applicationsOfFile(): Promise<Applications> {
  const pages = new Map<string, string>()
  const received: ReceivedRequest[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const library = libraries[url.pathname]
    if (library !== undefined) {
      response.setHeader('content-type', 'text/javascript')
      response.end(readFileSync(fileURLToPath(library)))
      return
    }
    const body = await bodyOf(request)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>Application</title>${pages.get(url.pathname) ?? '<p id="application">Application</p>'}`)
    received.push({ method: request.method ?? '', url, body })
    for (const look of waiting) look()
  })
  server.listen(0)
  await once(server, 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    serve: (path, body) => void pages.set(path, body),
    next: (path) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`nothing was sent to ${path} within five seconds`))
        }, 5_000)
        const look = (): void => {
          const index = received.findIndex(({ url }) => url.pathname === path)
          const [found] = index < 0 ? [] : received.splice(index, 1)
          if (found === undefined) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
