import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { openBrowser, visibleText } from '../server/browser.ts'
import { type Answer, formText } from '../server/call.ts'
import { as, secret } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const callback = 'http://localhost:9999/cb'
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [own, foreign] = [pair(), pair()]
const jwks = { keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] }
const keys = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify(jwks) }

const documents = new Map<string, string>()
const fetched: string[] = []
const site = createServer((request, response) => {
  fetched.push(String(request.url))
  const text = documents.get(String(request.url))
  response.writeHead(text === undefined ? 404 : 200).end(text)
}).listen(0, '127.0.0.1')
await once(site, 'listening')
after(() => site.close())
const host = `http://127.0.0.1:${(site.address() as AddressInfo).port}`

const client = (clientId: string, attributes: Record<string, string> = {}, more = {}) => ({
  clientId,
  secret,
  redirectUris: [callback],
  attributes: { ...keys, ...attributes },
  ...more,
})
const name = 'request-objects'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      clients: [
        client('free'),
        client('public', {}, { publicClient: true }),
        client('signed', { 'request.object.signature.alg': 'RS256' }),
        client('must', { 'request.object.required': 'request or request_uri' }),
        client('fetched', { 'request.uris': `${host}/exact##${host}/below/*`, 'request.object.required': 'request_uri only' }),
        client('off', { 'request.uris': `${host}/exact` }, { enabled: false }),
      ],
    },
  ],
})
const realm = server.realm(name)

type Claims = Readonly<Record<string, unknown>>
/** What an object of a client says unless it is said otherwise: nobody shall be asked, so that the answer comes at once. */
const claims = (clientId: string, more: Claims = {}): JWTPayload => {
  const all = {
    iss: clientId,
    aud: realm.url,
    client_id: clientId,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid',
    state: 'object',
    prompt: 'none',
    ...more,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
const unsigned = (clientId: string, more?: Claims): string => new UnsecuredJWT(claims(clientId, more)).encode()
const signed = (clientId: string, more?: Claims, key = own.privateKey): Promise<string> =>
  new SignJWT(claims(clientId, more)).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key)
const bySecret = (clientId: string, text = secret): Promise<string> =>
  new SignJWT(claims(clientId)).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(text))

const open = (clientId: string, query: Readonly<Record<string, string>>): Promise<Answer> => {
  const asked = { client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: callback, ...query }
  return openBrowser(server.url).get(`${realm.url}/protocol/openid-connect/auth?${formText(asked)}`)
}

/** The parameters of the answer to the application. */
async function answered(answer: Promise<Answer>): Promise<URLSearchParams> {
  const { status, headers, text } = await answer
  assert.equal(status, 302, visibleText(text))
  return new URL(String(headers.location)).searchParams
}

async function refused(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer
  assert.equal(status, 400)
  assert.ok(visibleText(text).includes('Invalid Request'), visibleText(text))
}

const stateOf = async (answer: Promise<Answer>): Promise<string | null> => (await answered(answer)).get('state')

test('an object speaks for the client: signed by its key, by its secret, or by nobody where that is allowed', async () => {
  for (const request of [unsigned('free'), await signed('free'), await bySecret('free')])
    assert.equal(await stateOf(open('free', { request, state: 'query' })), 'object')
  assert.equal(await stateOf(open('signed', { request: await signed('signed') })), 'object')
})

test('what the object says counts, and the query only where it says nothing', async () => {
  const request = await signed('free', { state: undefined, scope: 'openid nope' })
  const parameters = await answered(open('free', { request, state: 'query', redirect_uri: 'http://evil.example/' }))
  assert.deepEqual([parameters.get('error'), parameters.get('state')], ['invalid_scope', 'query'])
  const typed = await signed('free', { max_age: 5, claims: { id_token: { acr: null } } })
  assert.equal(await stateOf(open('free', { request: typed })), 'object')
})

const unusable: readonly (readonly [string, string, () => string | Promise<string>])[] = [
  ['no JWT', 'free', () => 'abc'],
  ['a foreign key', 'free', () => signed('free', {}, foreign.privateKey)],
  ['a wrong secret', 'free', () => bySecret('free', 'x'.repeat(40))],
  ['a secret that a public client does not have', 'public', () => bySecret('public')],
  ['no signature where one is wanted', 'signed', () => unsigned('signed')],
  ['another algorithm than the one wanted', 'signed', () => bySecret('signed')],
  ['another client inside', 'free', () => signed('free', { client_id: 'signed' })],
  ['an address inside', 'free', () => signed('free', { request_uri: 'https://app.example/object' })],
]
for (const [what, clientId, make] of unusable)
  test(`refused: an object with ${what}`, async () => refused(open(clientId, { request: await make() })))

const untimely: readonly (readonly [string, Claims])[] = [
  ['that has expired', { exp: 1_000 }],
  ['that is not valid yet', { nbf: 99_999_999_999 }],
  ['for another server', { aud: 'https://other.example' }],
  ['by another issuer', { iss: 'signed' }],
]
for (const [what, more] of untimely)
  test(`refused, unlike by the reference: an object ${what}`, { skip: server.onReference }, async () =>
    refused(open('free', { request: await signed('free', more) })),
  )

test('a client that demands objects is refused without one', async () => {
  await refused(open('must', {}))
  assert.equal(await stateOf(open('must', { request: await signed('must') })), 'object')
  await refused(open('fetched', { request: await signed('fetched') }))
})

test('an object is fetched from addresses that the client has registered, and from no others', async () => {
  const object = await signed('fetched')
  for (const path of ['/exact', '/below/a', '/elsewhere']) documents.set(path, object)
  for (const path of ['/exact', '/below/a']) assert.equal(await stateOf(open('fetched', { request_uri: host + path })), 'object')
  fetched.length = 0
  for (const path of ['/elsewhere', '/exact?x=1', '/exact#x', '/below/../elsewhere'])
    await refused(open('fetched', { request_uri: host + path }))
  await refused(open('free', { request_uri: `${host}/exact` }))
  await refused(open('fetched', { request_uri: 'ftp://app.example/object' }))
  assert.equal((await open('off', { request_uri: `${host}/exact` })).status, 400)
  assert.deepEqual(fetched, [])
  await refused(open('fetched', { request_uri: `${host}/below/missing` }))
  documents.set('/below/garbage', 'garbage')
  await refused(open('fetched', { request_uri: `${host}/below/garbage` }))
  await refused(open('fetched', { request_uri: `${host}/exact`, request: object }))
})

test('an object can be pushed, and what it says is what was pushed', async () => {
  const push = async (clientId: string, form: Readonly<Record<string, string>>): Promise<Answer> =>
    realm.call('POST', '/protocol/openid-connect/ext/par/request', { form, basic: as(clientId) })
  const pushed = await push('must', { request: await signed('must') })
  assert.equal(pushed.status, 201, pushed.text)
  const query = formText({ client_id: 'must', request_uri: String(pushed.json['request_uri']) })
  assert.equal(await stateOf(openBrowser(server.url).get(`${realm.url}/protocol/openid-connect/auth?${query}`)), 'object')
  const bad = await push('free', { request: await signed('free', {}, foreign.privateKey) })
  assert.deepEqual([bad.status, bad.json], [400, { error: 'invalid_request_object', error_description: 'invalidRequestMessage' }])
  const missing = await push('must', { response_type: 'code', redirect_uri: callback, scope: 'openid' })
  assert.deepEqual([missing.status, missing.json['error']], [400, 'invalid_request'])
})
