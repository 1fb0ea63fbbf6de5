import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { test } from 'node:test'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { Answer, CallOptions } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const name = 'doors-proofs'
const secret = 'a-secret-that-is-long-enough-for-every-hmac-0123456789-0123456789'
const oddSecret = 's%41+ü&='
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keys = JSON.stringify({
  keys: [{ ...createPublicKey(rsa.privateKey).export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
})
const keyed = { 'use.jwks.string': 'true', 'jwks.string': keys }

const client = (clientId: string, authenticator: string, more: ClientRepresentation = {}): ClientRepresentation => ({
  clientId,
  secret,
  serviceAccountsEnabled: true,
  directAccessGrantsEnabled: true,
  clientAuthenticatorType: authenticator,
  ...more,
})
const noAccount = { serviceAccountsEnabled: false }

const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      eventsEnabled: true,
      clients: [
        client('certified', 'client-x509', { attributes: { 'x509.subjectdn': 'CN=x' } }),
        client('signs', 'client-jwt', { attributes: keyed }),
        client('keyless', 'client-jwt'),
        client('hmac', 'client-secret-jwt'),
        client('hs512', 'client-secret-jwt', { attributes: { 'token.endpoint.auth.signing.alg': 'HS512' } }),
        client('public', 'client-jwt', { attributes: keyed, publicClient: true, ...noAccount }),
        client('unheard-of', 'no-such-authenticator'),
        client('bearer', 'client-jwt', { attributes: keyed, bearerOnly: true, ...noAccount }),
        client('plain', 'client-secret'),
        client('p%c+nt', 'client-secret', { secret: oddSecret }),
      ],
    },
  ],
})
const realm = server.realm(name)

interface Made {
  readonly alg?: string
  readonly kid?: string | undefined
  readonly key?: KeyObject | string
  readonly claims?: Readonly<Record<string, unknown>>
}

const seconds = (): number => Math.floor((server.onReference ? Date.now() : server.clock.now()) / 1_000)

function assertion(id: string, made: Made = {}): string {
  const { alg = 'RS256', kid = 'k1', key = alg.startsWith('HS') ? secret : rsa.privateKey, claims = {} } = made
  const now = seconds()
  const body = { iss: id, sub: id, aud: realm.url, jti: randomUUID(), iat: now, exp: now + 60, ...claims }
  const input = [{ alg, kid }, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const hash = `sha${alg.slice(2)}`
  if (alg === 'none') return `${input}.`
  return `${input}.${typeof key === 'string' ? createHmac(hash, key).update(input).digest('base64url') : sign(hash, Buffer.from(input), key).toString('base64url')}`
}

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const signed = (text: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  client_assertion_type: type,
  client_assertion: text,
  ...more,
})
const hmac = (made: Made = {}): string => assertion('hmac', { alg: 'HS256', ...made })
const ask = (form: Readonly<Record<string, string>>, options: CallOptions = {}): Promise<Answer> =>
  realm.token({ grant_type: 'client_credentials', ...form }, options)

const nobody = 'Invalid client or Invalid client credentials'
const byClient = 'Client authentication with signed JWT failed: '
const bySecret = 'Client authentication with client secret signed JWT failed: '
const mismatch = 'client_id parameter does not match authenticated client'

type Refused = readonly [
  what: string,
  form: () => Readonly<Record<string, string>>,
  status: number,
  error: string,
  description: string,
  event?: string,
]

/** What is refused, and what is told; the event of most is invalid_client_credentials. */
const refused: readonly Refused[] = [
  ['a secret of a client with a certificate', () => ({ client_id: 'certified', client_secret: secret }), 401, 'invalid_client', nobody],
  [
    'an assertion of a client with a certificate',
    () => signed(assertion('certified')),
    400,
    'invalid_client',
    'Missing client_id parameter',
  ],
  [
    'a client of an unknown method',
    () => ({ client_id: 'unheard-of', client_secret: secret }),
    401,
    'invalid_client',
    nobody,
    'client_not_found',
  ],
  [
    'a secret where a key is registered',
    () => ({ client_id: 'signs', client_secret: secret }),
    400,
    'invalid_client',
    'Parameter client_assertion_type is missing',
  ],
  [
    'a secret of a bearer-only client with a key',
    () => ({ client_id: 'bearer', client_secret: secret }),
    400,
    'invalid_client',
    'Parameter client_assertion_type is missing',
  ],
  [
    'a client without a key',
    () => signed(assertion('keyless')),
    400,
    'invalid_client',
    'Unable to load public key',
    'client_credentials_setup_required',
  ],
  [
    'an HMAC of a client with a key',
    () => signed(assertion('signs', { alg: 'HS256' })),
    400,
    'invalid_client',
    'Invalid signature algorithm',
  ],
  [
    'an HMAC by another secret',
    () => signed(hmac({ key: 'wrong' })),
    400,
    'unauthorized_client',
    `${bySecret}Signature on JWT token by client secret  failed validation`,
  ],
  [
    'a signature of a client with a secret',
    () => signed(assertion('hmac')),
    400,
    'unauthorized_client',
    `${bySecret}Signature on JWT token by client secret failed validation`,
  ],
  ['no algorithm', () => signed(hmac({ alg: 'none' })), 400, 'invalid_client', 'Invalid signature algorithm'],
  [
    'another HMAC than the registered one',
    () => signed(assertion('hs512', { alg: 'HS256' })),
    400,
    'invalid_client',
    'Invalid signature algorithm',
  ],
  ['an HMAC without an end', () => signed(hmac({ claims: { exp: undefined } })), 400, 'invalid_client', 'Token exp claim is required'],
  ['an HMAC without a name', () => signed(hmac({ claims: { jti: undefined } })), 400, 'invalid_client', 'Token jti claim is required'],
  ['an HMAC for somebody else', () => signed(hmac({ claims: { aud: 'x' } })), 400, 'invalid_client', 'Invalid token audience'],
  ['an HMAC for nobody', () => signed(hmac({ claims: { aud: undefined } })), 400, 'invalid_client', 'Invalid token audience'],
  ['an HMAC that has ended', () => signed(hmac({ claims: { exp: seconds() - 60 } })), 400, 'invalid_client', 'Token is not active'],
  [
    'an old HMAC',
    () => signed(hmac({ claims: { iat: seconds() - 100 } })),
    400,
    'invalid_client',
    'Token was issued too far in the past to be used now',
  ],
  [
    'no JWT, by secret',
    () => signed('nothing', { client_id: 'hmac' }),
    400,
    'unauthorized_client',
    `${bySecret}java.lang.IllegalArgumentException: Parsing error`,
  ],
  [
    'no JWT, by key',
    () => signed('nothing', { client_id: 'signs' }),
    400,
    'invalid_client',
    `${byClient}java.lang.IllegalArgumentException: Parsing error`,
  ],
  ['no JWT and no name', () => signed('nothing'), 401, 'invalid_client', nobody, 'client_not_found'],
  ['a JWT of nobody', () => signed('e30.e30.AAAA', { client_id: 'signs' }), 400, 'invalid_client', 'Token sub claim is required'],
  ['an issuer that is not the subject', () => signed(hmac({ claims: { iss: 'x' } }), { client_id: 'hmac' }), 401, 'invalid_client', nobody],
  [
    'an issuer without a subject',
    () => signed(assertion('signs', { claims: { sub: undefined } }), { client_id: 'signs' }),
    401,
    'invalid_client',
    nobody,
  ],
  ['an assertion of another client', () => signed(hmac(), { client_id: 'signs' }), 400, 'invalid_client', mismatch],
  [
    'an assertion of an unknown client',
    () => signed(assertion('nobody'), { client_id: 'signs' }),
    401,
    'invalid_client',
    nobody,
    'client_not_found',
  ],
  ['an assertion of a client with a plain secret', () => signed(assertion('plain')), 401, 'invalid_client', nobody, 'client_not_found'],
  ['no assertion', () => ({ client_id: 'hmac', client_assertion_type: type }), 400, 'invalid_client', 'client_assertion parameter missing'],
  [
    'another type of assertion',
    () => signed(hmac(), { client_id: 'hmac', client_assertion_type: 'x' }),
    400,
    'invalid_client',
    `Parameter client_assertion_type has value 'x' but expected is '${type}'`,
  ],
]

for (const [what, form, status, error, description, event = 'invalid_client_credentials'] of refused) {
  test(`refused: ${what}`, async () => {
    await realm.events()
    const answer = await ask(form())
    assert.deepEqual([answer.status, answer.json], [status, { error, error_description: description }])
    const [told] = await realm.events()
    assert.deepEqual([told?.['type'], told?.['error']], ['CLIENT_LOGIN_ERROR', event])
  })
}

test('an assertion with an HMAC is good once', async () => {
  const text = hmac()
  assert.equal((await ask(signed(text))).status, 200)
  assert.deepEqual((await ask(signed(text))).json, { error: 'invalid_client', error_description: 'Token reuse detected' })
})

test('a bearer-only client that proves itself gets nothing, and no event tells of it', async () => {
  await realm.events()
  const answer = await ask(signed(assertion('bearer')))
  assert.deepEqual([answer.status, answer.json['error_description']], [400, 'Bearer-only not allowed'])
  assert.deepEqual(await realm.events(), [])
})

test('an assertion of a public client proves nothing; the event tells its key where it is the only name', async () => {
  const form = { grant_type: 'password', username: 'x', password: 'y-y-y-y-y-y' }
  await realm.events()
  assert.equal((await realm.token({ ...form, ...signed(assertion('public')) })).status, 401)
  assert.equal((await realm.token({ ...form, ...signed(assertion('public'), { client_id: 'public' }) })).status, 400)
  const events = await realm.events()
  assert.deepEqual(
    events.map((event) => [event['error'], event['client_jwt_kid'], event['client_assertion_issuer']]),
    [
      ['client_not_found', 'k1', 'public'],
      ['user_not_found', undefined, undefined],
    ],
  )
})

test('ids and secrets of any letters are form-urlencoded in Basic, and refused when they are no such encoding', async () => {
  assert.equal((await ask({}, { basic: ['p%c+nt', oddSecret] })).status, 200)
  assert.equal((await ask({ client_id: 'p%c+nt', client_secret: oddSecret })).status, 200)
  const unexpected = [400, { error: 'unauthorized_client', error_description: 'Unexpected error when authenticating client' }]
  const wrong = [401, { error: 'unauthorized_client', error_description: nobody }]
  const cases: readonly (readonly [readonly [string, string], unknown])[] = [
    [['plain', '50%'], unexpected],
    [['pl%zzain', secret], unexpected],
    [['p%c+nt', oddSecret], unexpected],
    // Bytes that are no UTF-8 are a wrong secret.
    [['plain', '%FF%FF%FF%FF'], wrong],
    [['p%25c%2Bnt', 's%2541+%C3%BC%26%3D'], wrong],
  ]
  for (const [rawBasic, expected] of cases) {
    const answer = await ask({}, { rawBasic })
    assert.deepEqual([answer.status, answer.json], expected, rawBasic.join(':'))
  }
})
