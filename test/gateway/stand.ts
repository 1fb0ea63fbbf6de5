import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { publicJwk } from '../../src/crypto/jwk.ts'
import { createSigner } from '../../src/crypto/jws.ts'
import { createGateway, type RunningGateway } from '../../src/index.ts'
import { createLogger } from '../../src/log.ts'

export type Json = Record<string, unknown>

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const closing = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })

/** A key pair with its name. */
export interface StandKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function rsaKey(kid: string = randomUUID()): StandKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }
}

/** A stand-in for somebody else's issuer: what it answers can be changed at any time. */
export interface IssuerStand {
  readonly url: string
  /** The keys in its set. */
  keys: readonly StandKey[]
  /** Status of its key set; 200 unless changed. */
  status: number
  /** Times that the key set was read. */
  reads: number
  /** Answers introspections; status 404 unless set. */
  introspect: ((token: string, request: IncomingMessage) => Json | Promise<Json>) | undefined
  close(): Promise<void>
}

export async function issuerStand(): Promise<IssuerStand> {
  const server = createServer()
  const url = `http://127.0.0.1:${await listening(server)}/realms/stand`
  const stand: IssuerStand = { url, keys: [rsaKey()], status: 200, reads: 0, introspect: undefined, close: () => closing(server) }
  const json = (response: ServerResponse, status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  server.on('request', async (request, response) => {
    if (request.url?.endsWith('/.well-known/openid-configuration')) {
      json(response, 200, { issuer: url, jwks_uri: `${url}/certs`, introspection_endpoint: `${url}/introspect` })
    } else if (request.url?.endsWith('/certs')) {
      stand.reads += 1
      const keys = stand.keys.map(({ kid, publicKey }) => ({ ...publicJwk(publicKey), kid, alg: 'RS256', use: 'sig' }))
      json(response, stand.status, { keys })
    } else if (request.url?.endsWith('/introspect') && stand.introspect) {
      const token = new URLSearchParams(await text(request)).get('token') ?? ''
      json(response, 200, await stand.introspect(token, request))
    } else json(response, 404, {})
  })
  return stand
}

/** Claims of an access token as the identity server makes them, good for five minutes. */
export function claimsOf(issuer: string, more: Json = {}): Json {
  const now = Math.floor(Date.now() / 1_000)
  return {
    exp: now + 300,
    iat: now,
    jti: randomUUID(),
    iss: issuer,
    aud: 'account',
    sub: 'd0b8122f-8dfb-46b7-b68a-f5cc4e25d000',
    typ: 'Bearer',
    azp: 'hospital',
    scope: 'profile',
    preferred_username: 'service-account-hospital',
    ...more,
  }
}

/** Signs an access token with the first key of an issuer, or with another one. */
export async function tokenOf(stand: IssuerStand, more: Json = {}, key?: StandKey, header: Json = {}): Promise<string> {
  const signing = key ?? stand.keys[0]
  if (signing === undefined) throw new Error('the issuer has no key')
  const signer = createSigner(signing.privateKey, 'RS256', { alg: 'RS256', typ: 'JWT', kid: signing.kid, ...header })
  return signer.sign(claimsOf(stand.url, more))
}

/** A request as an upstream got it. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface UpstreamStand {
  readonly url: string
  readonly server: Server
  readonly arrived: Arrived[]
  /** Answers instead of the stand, which says 200 and "reached". */
  handle: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  close(): Promise<void>
}

export async function upstreamStand(): Promise<UpstreamStand> {
  const server = createServer()
  const port = await listening(server)
  const stand: UpstreamStand = { url: `http://127.0.0.1:${port}`, server, arrived: [], handle: undefined, close: () => closing(server) }
  server.on('request', async (request, response) => {
    if (stand.handle !== undefined) {
      stand.handle(request, response)
      return
    }
    const { method = '', url = '', rawHeaders, headers } = request
    stand.arrived.push({ method, url, rawHeaders, headers, body: await text(request) })
    response.writeHead(200, { 'content-type': 'text/plain' }).end('reached')
  })
  return stand
}

export interface TestGateway extends RunningGateway {
  /** Every line of its log. */
  readonly lines: string[]
}

export async function testGateway(config: Json): Promise<TestGateway> {
  const lines: string[] = []
  const log = createLogger({ level: 'debug', output: 'json', write: (line) => void lines.push(line) })
  const gateway = await createGateway({ config: { listen: '127.0.0.1:0', ...config }, log })
  return { ...gateway, lines }
}

/** Writes bytes to a port and returns all that comes back until the other side closes, or says nothing more for a moment. */
export function overSocket(port: number, bytes: string, quietMs = 300): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1').setTimeout(quietMs, () => socket.destroy())
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('error', failed)
    socket.on('close', () => done(answer))
    socket.write(bytes, 'latin1')
  })
}

/** The status codes in what a socket got. */
export const statusesOf = (answer: string): number[] => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
