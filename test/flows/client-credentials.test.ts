import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formText } from '../server/call.ts'
import { expectClientRefused, expectError, expectNoStore, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const odd = { id: 'odd:id% +é', secret: 'p%2B:w+ ö/=&x' }

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-cc',
      enabled: true,
      clients: [
        service('machine'),
        service('other', { secret: 'flows-secret-of-other' }),
        service(odd.id, { secret: odd.secret }),
        service('percent', { secret: 'stray%percent' }),
        service('umlaut', { secret: 'straße-öffnen' }),
        service('disabled', { enabled: false }),
        service('bearer', { bearerOnly: true, serviceAccountsEnabled: false }),
        { clientId: 'public', publicClient: true },
        service('no-account', { serviceAccountsEnabled: false }),
        service('asserting', { clientAuthenticatorType: 'client-jwt' }),
        service('saml', { protocol: 'saml' }),
        service('sleeper'),
      ],
    },
    { realm: 'flows-cc-json', enabled: true, attributes: { tokenEndpointAcceptsJson: 'true' }, clients: [service('machine')] },
    { realm: 'flows-cc-off', enabled: false, clients: [service('machine')] },
    { realm: 'flows-cc-tls', enabled: true, sslRequired: 'all', clients: [service('machine')] },
  ],
})
const realm = server.realm('flows-cc')
const form = { grant_type: 'client_credentials' }
const machine = ['machine', secret] as const

test('a service account gets a bearer token for five minutes and no refresh token', async () => {
  const { access_token, ...rest } = expectToken(await realm.token(form, { basic: machine }))
  assert.deepEqual(rest, {
    expires_in: 300,
    refresh_expires_in: 0,
    token_type: 'Bearer',
    'not-before-policy': 0,
    scope: rest['scope'],
  })
  const claims = jwtClaims(access_token)
  assert.equal(claims['iss'], realm.url)
  assert.equal(claims['azp'], 'machine')
  assert.equal(claims['typ'], 'Bearer')
  assert.match(String(claims['jti']), /^trrtcc:[\da-f-]{36}$/)
  assert.equal(Number(claims['exp']) - Number(claims['iat']), 300)
  assert.equal(claims['sid'], undefined)
})

const accepted: readonly (readonly [string, Parameters<typeof realm.token>[0], Parameters<typeof realm.token>[1]])[] = [
  ['the secret in the form', { ...form, client_id: 'machine', client_secret: secret }, {}],
  ['Basic and the same in the form', { ...form, client_id: 'machine', client_secret: secret }, { basic: machine }],
  ['a wrong secret in Basic and the right one in the form', { ...form, client_secret: secret }, { basic: ['machine', 'wrong-secret'] }],
  ['odd characters in Basic, form-urlencoded', form, { basic: [odd.id, odd.secret] }],
  ['odd characters in the form', { ...form, client_id: odd.id, client_secret: odd.secret }, {}],
  ['a raw Basic header without characters that encoding changes', form, { rawBasic: machine }],
  ['a raw UTF-8 secret in Basic', form, { rawBasic: ['umlaut', 'straße-öffnen'] }],
  ['a stray percent sign in Basic, form-urlencoded', form, { basic: ['percent', 'stray%percent'] }],
  ['the scheme in lower case', form, { headers: { authorization: `basic ${Buffer.from(`machine:${secret}`).toString('base64')}` } }],
  ['an unknown parameter', { ...form, x: 'y' }, { basic: machine }],
  ['a charset behind the content type', undefined, { basic: machine, body: formText(form), headers: formType('; charset=UTF-8') }],
]

function formType(more = ''): Record<string, string> {
  return { 'content-type': `application/x-www-form-urlencoded${more}` }
}

for (const [name, body, options] of accepted) {
  test(`a token for ${name}`, async () => {
    expectToken(await realm.token(body, options))
  })
}

test('of two clients in one request the one in the form is meant', async () => {
  const both = { ...form, client_id: 'machine', client_secret: secret }
  const { json } = await realm.token(both, { basic: ['other', 'flows-secret-of-other'] })
  assert.equal(jwtClaims(json['access_token'])['azp'], 'machine')
})

const unauthorized: readonly (readonly [string, Parameters<typeof realm.token>[0], Parameters<typeof realm.token>[1]])[] = [
  ['a wrong secret in Basic', form, { basic: ['machine', 'wrong-secret'] }],
  ['a wrong secret in the form', { ...form, client_id: 'machine', client_secret: 'wrong-secret' }, {}],
  ['the right secret in Basic and a wrong one in the form', { ...form, client_secret: 'wrong-secret' }, { basic: machine }],
  ["another client's Basic beside a client id", { ...form, client_id: 'machine' }, { basic: ['other', 'flows-secret-of-other'] }],
  ['an empty secret', { ...form, client_id: 'machine', client_secret: '' }, {}],
  ['an empty secret in Basic', form, { basic: ['machine', ''] }],
  ['no secret', { ...form, client_id: 'machine' }, {}],
  ['raw Basic whose secret changes when it is decoded', form, { rawBasic: [odd.id.replace('%', ''), odd.secret] }],
]

for (const [name, body, options] of unauthorized) {
  test(`no token for ${name}`, async () => {
    const answer = await realm.token(body, options)
    if (name.startsWith('raw')) return expectClientRefused(answer, 'invalid_client')
    expectClientRefused(answer, 'unauthorized_client')
  })
}

const nobody: readonly (readonly [string, Parameters<typeof realm.token>[0], Parameters<typeof realm.token>[1]])[] = [
  ['an unknown client', form, { basic: ['nobody', secret] }],
  ['an unknown client in the form', { ...form, client_id: 'nobody', client_secret: secret }, {}],
  ['a disabled client with the right secret', form, { basic: ['disabled', secret] }],
  ['a disabled client with a wrong secret', form, { basic: ['disabled', 'wrong-secret'] }],
  ['no client', form, {}],
  ['a client id in another case', form, { basic: ['Machine', secret] }],
  ['a Basic header that is not base64', form, { headers: { authorization: 'Basic %%%' } }],
  ['a Basic header without a colon', form, { headers: { authorization: `Basic ${Buffer.from('machine').toString('base64')}` } }],
  ['a bearer token as the credentials', form, { bearer: 'machine' }],
]

for (const [name, body, options] of nobody) {
  test(`no token for ${name}`, async () => {
    expectClientRefused(await realm.token(body, options), 'invalid_client')
  })
}

test('parameters in the query do not count', async () => {
  const query = formText({ ...form, client_id: 'machine', client_secret: secret })
  const answer = await realm.call('POST', `/protocol/openid-connect/token?${query}`, { form: { x: 'y' } })
  expectError(answer, 400, 'invalid_request', 'Missing form parameter: grant_type')
})

test('a Basic secret with a stray percent sign is a broken header, not a wrong secret', async () => {
  const answer = await realm.token(form, { rawBasic: ['percent', 'stray%percent'] })
  expectError(answer, 400, 'unauthorized_client', 'Unexpected error when authenticating client')
})

test('a disabled client answers as an unknown one does', async () => {
  const [disabled, unknown] = [
    await realm.token(form, { basic: ['disabled', secret] }),
    await realm.token(form, { basic: ['nobody', secret] }),
  ]
  assert.deepEqual([disabled.status, disabled.text], [unknown.status, unknown.text])
})

test('a client that must sign assertions does not get in with a plain secret', async () => {
  for (const sent of [secret, 'wrong-secret']) {
    const answer = await realm.token(form, { basic: ['asserting', sent] })
    expectError(answer, 400, 'invalid_client', 'Parameter client_assertion_type is missing')
  }
})

const refusedClients: readonly (readonly [string, string, number, string, string])[] = [
  ['a public client', 'public', 401, 'unauthorized_client', 'Public client not allowed to retrieve service account'],
  ['a bearer-only client', 'bearer', 400, 'invalid_client', 'Bearer-only not allowed'],
  ['a client without a service account', 'no-account', 401, 'unauthorized_client', 'Client not enabled to retrieve service account'],
  ['a SAML client', 'saml', 400, 'invalid_client', 'Wrong client protocol.'],
]

for (const [name, clientId, status, error, description] of refusedClients) {
  test(`no token for ${name}`, async () => {
    expectError(await realm.token({ ...form, client_id: clientId, client_secret: secret }), status, error, description)
  })
}

test('a disabled service account gets no token until it is enabled again', async () => {
  const sleeper = ['sleeper', secret] as const
  await realm.accessToken(sleeper)
  await realm.changeUser('service-account-sleeper', { enabled: false })
  expectError(await realm.token(form, { basic: sleeper }), 401, 'invalid_request', "User 'service-account-sleeper' disabled")
  await realm.changeUser('service-account-sleeper', { enabled: true })
  await realm.accessToken(sleeper)
})

test('no grant type, an unknown one and one that is empty are told apart', async () => {
  expectError(await realm.token({ x: 'y' }, { basic: machine }), 400, 'invalid_request', 'Missing form parameter: grant_type')
  expectError(await realm.token({ grant_type: 'magic' }, { basic: machine }), 400, 'unsupported_grant_type', 'Unsupported grant_type')
  expectError(await realm.token({ grant_type: '' }, { basic: machine }), 400, 'unsupported_grant_type', 'Unsupported grant_type')
})

test('errors are kept out of caches as tokens are', async () => {
  const requests = [{ x: 'y' }, { grant_type: 'magic' }, { ...form, client_id: 'nobody' }, { ...form, client_id: 'public' }]
  for (const request of requests) expectNoStore(await realm.token(request))
  expectNoStore(await server.realm('flows-cc-off').token(form))
})

test('a repeated parameter is refused, be it unknown, but only once the client is authenticated', async () => {
  const twice = (name: string, value: string) =>
    [
      ['grant_type', 'client_credentials'],
      [name, value],
      [name, value],
    ] as const
  for (const name of ['x', 'scope', 'client_id']) {
    const answer = await realm.token(twice(name, name === 'client_id' ? 'machine' : 'profile'), { basic: machine })
    expectError(answer, 400, 'invalid_request', 'duplicated parameter')
  }
  expectClientRefused(await realm.token(twice('x', 'y'), { basic: ['machine', 'wrong-secret'] }), 'unauthorized_client')
})

test('the new secret counts at once, and the old one until the end of its grace time', { skip: server.onReference }, async () => {
  const graceSeconds = 60
  const until = String(Math.floor(server.clock.now() / 1_000) + graceSeconds)
  const old = 'flows-secret-of-other'
  const attributes = { 'client.secret.rotated': old, 'client.secret.rotated.expiration.time': until }
  await realm.changeClient('other', { secret: 'flows-secret-2', attributes })
  expectToken(await realm.token(form, { basic: ['other', 'flows-secret-2'] }))
  expectToken(await realm.token(form, { basic: ['other', old] }))
  server.clock.advance(graceSeconds)
  expectToken(await realm.token(form, { basic: ['other', 'flows-secret-2'] }))
  expectClientRefused(await realm.token(form, { basic: ['other', old] }), 'unauthorized_client')
})

test('a secret made by the Admin API replaces the old one in the next request', async () => {
  const found = (await server.admin('GET', '/realms/flows-cc/clients?clientId=percent')).json as unknown as { id: string }[]
  const made = await server.admin('POST', `/realms/flows-cc/clients/${found[0]?.id}/client-secret`)
  assert.equal(made.status, 200)
  expectClientRefused(await realm.token(form, { basic: ['percent', 'stray%percent'] }), 'unauthorized_client')
  expectToken(await realm.token(form, { basic: ['percent', String(made.json['value'])] }))
})

test('a JSON body counts only in a realm that says so', { skip: server.onReference }, async () => {
  const json = { grant_type: 'client_credentials', client_id: 'machine', client_secret: secret }
  const there = server.realm('flows-cc-json')
  expectToken(await there.token(undefined, { json }))
  expectToken(await there.token(undefined, { json: { grant_type: 'client_credentials' }, basic: machine }))
  expectToken(await there.token({ ...form, client_id: 'machine', client_secret: secret }))
  expectClientRefused(await there.token(undefined, { json: { ...json, client_secret: 'wrong-secret' } }), 'unauthorized_client')
  for (const body of ['{', '[]', '"x"', '{"grant_type":{"a":1}}', '']) {
    const answer = await there.token(undefined, { body, headers: { 'content-type': 'application/json' }, basic: machine })
    expectError(answer, 400, 'invalid_request', 'Missing form parameter: grant_type')
  }
})

test('a body that is no form has no parameters', { skip: server.onReference }, async () => {
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
    const answer = await realm.token(undefined, { body: '{"grant_type":"client_credentials"}', headers, basic: machine })
    expectError(answer, 400, 'invalid_request', 'Missing form parameter: grant_type')
  }
})

test('an empty body misses its grant type', async () => {
  const answer = await realm.token(undefined, { body: '', headers: formType(), basic: machine })
  expectError(answer, 400, 'invalid_request', 'Missing form parameter: grant_type')
})

test('a body that is too large is refused with 413', { skip: server.onReference }, async () => {
  const body = `grant_type=client_credentials&x=${'y'.repeat(2 * 1024 * 1024)}`
  const answer = await realm.token(undefined, { body, headers: formType(), basic: machine })
  assert.equal(answer.status, 413)
})

test('a form of too many parameters is refused, not cut', { skip: server.onReference }, async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => [`p${index}`, 'x'] as const)
  const first = ['grant_type', 'client_credentials'] as const
  expectToken(await realm.token([first, ...many.slice(1)], { basic: machine }))
  expectError(await realm.token([first, ...many], { basic: machine }), 400, 'invalid_request', 'Too many parameters')
})

for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
  test(`${method} is no method of the token endpoint`, async () => {
    const answer = await realm.call(method, '/protocol/openid-connect/token')
    assert.deepEqual([answer.status, answer.json], [405, { error: 'HTTP 405 Method Not Allowed' }])
  })
}

test('a path that nothing answers is 404', async () => {
  for (const path of ['/x', '/x/y', '/protocol/openid-connect/token/x', '/protocol/openid-connect/userinfo/x']) {
    const answer = await realm.call('POST', path, { form })
    assert.deepEqual([answer.status, answer.json], [404, { error: 'HTTP 404 Not Found' }])
  }
  const answer = await realm.call('POST', '/protocol/unknown/token', { form })
  assert.deepEqual([answer.status, answer.json], [404, { error: 'Protocol not found' }])
})

test('an unknown realm is 404, a disabled one 403 whoever asks', async () => {
  const unknown = await server.realm('flows-nowhere').token(form, { basic: machine })
  assert.deepEqual([unknown.status, unknown.json], [404, { error: 'Realm does not exist' }])
  const off = server.realm('flows-cc-off')
  expectError(await off.token(form, { basic: machine }), 403, 'access_denied', 'Realm not enabled')
  expectError(await off.token(form, { basic: ['nobody', 'wrong-secret'] }), 403, 'access_denied', 'Realm not enabled')
  expectError(await off.token({}), 403, 'access_denied', 'Realm not enabled')
})

test('a realm that requires TLS of everybody gives no token over plain HTTP', async () => {
  const answer = await server.realm('flows-cc-tls').token(form, { basic: machine })
  expectError(answer, 403, 'invalid_request', 'HTTPS required')
})

test('nor does it give its keys and addresses', async () => {
  const tls = server.realm('flows-cc-tls')
  for (const path of ['/protocol/openid-connect/certs', '/.well-known/openid-configuration', '/.well-known/uma2-configuration'])
    expectError(await tls.call('GET', path), 403, 'invalid_request', 'HTTPS required')
  assert.equal((await tls.call('GET', '')).status, 200)
})
