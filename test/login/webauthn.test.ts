import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Authenticator } from '../../src/login/authenticator.ts'
import { conditionalCredential } from '../../src/login/authenticators/conditional-credential.ts'
import { webauthnAuthenticator } from '../../src/login/authenticators/webauthn-authenticator.ts'
import { webauthnAuthenticatorPasswordless } from '../../src/login/authenticators/webauthn-authenticator-passwordless.ts'
import type { PageContent } from '../../src/login/pages/page.ts'
import type { RequiredAction } from '../../src/login/required-action.ts'
import { webauthnRegister } from '../../src/login/required-actions/webauthn-register.ts'
import { webauthnRegisterPasswordless } from '../../src/login/required-actions/webauthn-register-passwordless.ts'
import { acceptPasskey, passkeysOf } from '../../src/login/webauthn/passkeys.ts'
import { serverOfFile } from '../server.ts'
import { app, drawn, formOf, person, type StepOptions, stepOn, type TestStep } from './step.ts'
import { flags, virtualAuthenticator } from './virtual-authenticator.ts'

const names = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay', 'gus', 'hal', 'ivy', 'jon', 'kay', 'leo', 'mia']
const users = names.map((name) => person(name))

/** Credentials as the reference server stored them, with the keys of the authenticators that made them. */
const recorded: readonly { readonly alg: 'ES256' | 'RS256'; readonly privateKey: object; readonly credentialData: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/webauthn-credentials.json', import.meta.url), 'utf8'),
)

const server = await serverOfFile({
  realms: [
    { realm: 'keys', enabled: true, clients: [app], users },
    {
      realm: 'moved',
      enabled: true,
      clients: [app],
      users: recorded.map(({ alg, credentialData }) =>
        person(alg.toLowerCase(), [{ type: 'webauthn', userLabel: 'moved', secretData: '{}', credentialData }]),
      ),
    },
    {
      realm: 'strict',
      enabled: true,
      clients: [app],
      users,
      webAuthnPolicyRpId: 'example.org',
      webAuthnPolicyExtraOrigins: ['https://login.example.org'],
      webAuthnPolicySignatureAlgorithms: ['ES256'],
      webAuthnPolicyUserVerificationRequirement: 'required',
      webAuthnPolicyResidentKey: 'preferred',
      webAuthnPolicyAuthenticatorAttachment: 'cross-platform',
      webAuthnPolicyAttestationConveyancePreference: 'direct',
      webAuthnPolicyCreateTimeout: 30,
      webAuthnPolicyAvoidSameAuthenticatorRegister: true,
    },
    { realm: 'models', enabled: true, clients: [app], users, webAuthnPolicyAcceptableAaguids: ['11111111-1111-1111-1111-111111111111'] },
    { realm: 'passkeys', enabled: true, clients: [app], users, webAuthnPolicyPasswordlessPasskeysEnabled: true },
  ],
})

/** What a page tells the browser's script. */
function told(step: TestStep, page: PageContent): { readonly challenge: string; readonly [name: string]: unknown } {
  const text = /data-webauthn-(?:create|get)="([^"]+)"/.exec(drawn(step, page))?.[1]?.replaceAll('&quot;', '"')
  assert.ok(text)
  return JSON.parse(text)
}

async function asked(of: Pick<RequiredAction | Authenticator, 'start'>, options: StepOptions) {
  const step = await stepOn(server, options)
  const result = await of.start(step)
  assert.ok(result.kind === 'challenge')
  return { step, options: told(step, result.page) }
}

type Key = ReturnType<typeof virtualAuthenticator>

async function register(action: RequiredAction, options: StepOptions, key: Key, more: Readonly<Record<string, string>> = {}) {
  const { step, options: creation } = await asked(action, { execution: action.alias, ...options })
  return { step, creation, result: await action.submit(step, formOf({ ...key.register({ challenge: creation.challenge }), ...more })) }
}

for (const alg of ['ES256', 'RS256'] as const) {
  test(`an ${alg} key is registered in the reference’s format and logs its user in`, async () => {
    const at = { realm: 'keys', username: alg === 'ES256' ? 'ann' : 'ben' }
    const key = virtualAuthenticator(alg)
    const registered = await register(webauthnRegister, at, key)
    assert.equal(registered.result.kind, 'done')
    const [, stored] = await registered.step.credentials()
    assert.deepEqual([stored?.type, stored?.user_label, stored?.secret_data], ['webauthn', 'my key', '{}'])
    const { credentialPublicKey, ...data } = JSON.parse(stored?.credential_data ?? '{}')
    assert.deepEqual(data, {
      aaguid: '00000000-0000-0000-0000-000000000000',
      credentialId: Buffer.from(`credential of ${alg}`).toString('base64'),
      counter: 1,
      attestationStatementFormat: 'none',
      transports: ['usb', 'internal'],
    })
    assert.match(credentialPublicKey, /^[\w-]+$/)
    const { step, options } = await asked(webauthnAuthenticator, at)
    const result = await webauthnAuthenticator.submit?.(step, formOf(key.assert({ challenge: options.challenge })))
    assert.deepEqual(result, { kind: 'success' })
    assert.equal(JSON.parse((await step.credentials())[1]?.credential_data ?? '{}').counter, 2)
    assert.deepEqual(
      [step.details['credential_type'], step.details['public_key_credential_id'], step.details['username']],
      ['webauthn', key.id, at.username],
    )
    step.session.executions['execution'] = 'SUCCESS'
    const condition = { ...step, config: { credentials: 'webauthn', included: 'true' } }
    assert.equal(await conditionalCredential.condition?.(condition), true)
  })
}

for (const { alg, privateKey, credentialData } of recorded) {
  test(`an ${alg} key that was registered at the reference server logs in`, async () => {
    const id = Buffer.from(JSON.parse(credentialData).credentialId, 'base64')
    const key = virtualAuthenticator(alg, id, privateKey)
    const { step, options } = await asked(webauthnAuthenticator, { realm: 'moved', username: alg.toLowerCase() })
    const form = formOf(key.assert({ challenge: options.challenge, counter: 2 }))
    assert.deepEqual(await webauthnAuthenticator.submit?.(step, form), { kind: 'success' })
  })
}

test('an assertion is refused when anything in it is wrong, and its challenge counts once', async () => {
  const at = { realm: 'keys', username: 'cat' }
  const key = virtualAuthenticator('ES256', 'key of cat')
  assert.equal((await register(webauthnRegister, at, key)).result.kind, 'done')
  const stranger = virtualAuthenticator('ES256', 'key of cat')
  const wrong: Readonly<Record<string, (challenge: string) => Readonly<Record<string, string>>>> = {
    challenge: () => key.assert({ challenge: 'AAAA' }),
    origin: (challenge) => key.assert({ challenge, origin: 'https://evil.example' }),
    domain: (challenge) => key.assert({ challenge, rpId: 'evil.example' }),
    presence: (challenge) => key.assert({ challenge, flags: 0 }),
    signature: (challenge) => ({ ...key.assert({ challenge }), signature: Buffer.alloc(64).toString('base64url') }),
    key: (challenge) => stranger.assert({ challenge, counter: 90 }),
    counter: (challenge) => key.assert({ challenge, counter: 1 }),
    type: (challenge) => ({ ...key.assert({ challenge, counter: 50 }), ...key.register({ challenge }) }),
    rubbish: () => ({ clientDataJSON: '%', authenticatorData: '!', signature: '?', credentialId: key.id }),
  }
  for (const [name, fields] of Object.entries(wrong)) {
    const { step, options } = await asked(webauthnAuthenticator, at)
    const result = await webauthnAuthenticator.submit?.(step, formOf(fields(options.challenge)))
    assert.ok(result?.kind === 'challenge', name)
    assert.equal(result.error, 'invalid_user_credentials', name)
    assert.match(drawn(step, result.page), /Passkey authentication result is invalid\./)
    assert.equal(step.details['web_authn_authentication_error'], 'webauthn-error-auth-verification')
  }
  const { step, options } = await asked(webauthnAuthenticator, at)
  const right = formOf(key.assert({ challenge: options.challenge, counter: 60 }))
  assert.equal((await webauthnAuthenticator.submit?.(step, right))?.kind, 'success')
  assert.equal((await webauthnAuthenticator.submit?.(step, right))?.kind, 'challenge')
})

test('what the browser could not do, an unknown key and another person have their own texts and events', async () => {
  const at = { realm: 'keys', username: 'dan' }
  const key = virtualAuthenticator('ES256', 'key of dan')
  assert.equal((await register(webauthnRegister, at, key)).result.kind, 'done')
  const cases = [
    [{ error: 'NotAllowedError: no' }, 'not_allowed', 'Failed to authenticate by the Passkey.'],
    [{ credentialId: 'bm9ib2R5' }, 'user_not_found', 'Unknown user authenticated by the Passkey.'],
    [
      { userHandle: Buffer.from('somebody').toString('base64url') },
      'different_user_authenticated',
      'First authenticated user is not the one',
    ],
  ] as const
  for (const [fields, event, text] of cases) {
    const { step, options } = await asked(webauthnAuthenticator, at)
    const result = await webauthnAuthenticator.submit?.(step, formOf({ ...key.assert({ challenge: options.challenge }), ...fields }))
    assert.ok(result?.kind === 'challenge')
    assert.equal(result.error, event)
    const html = drawn(step, result.page)
    assert.ok(html.includes(text), text)
    for (const id of ['kc-error-credential-form', 'executionValue', 'isSetRetry', 'kc-try-again'])
      assert.ok(html.includes(`id="${id}"`), id)
    assert.doesNotMatch(html, /NotAllowedError/)
    const again = await webauthnAuthenticator.submit?.(step, formOf({ isSetRetry: 'retry' }))
    assert.ok(again?.kind === 'challenge' && again.error === undefined)
    assert.match(drawn(step, again.page), /id="webauth"/)
  }
})

test('the login page names the user’s keys and has the reference’s fields', async () => {
  const at = { realm: 'keys', username: 'eve' }
  const key = virtualAuthenticator('ES256', 'key of eve')
  assert.equal((await register(webauthnRegister, at, key, { authenticatorLabel: '<Eve’s>' })).result.kind, 'done')
  const step = await stepOn(server, at)
  const shown = await webauthnAuthenticator.start(step)
  assert.ok(shown.kind === 'challenge')
  const html = drawn(step, shown.page)
  for (const id of ['webauth', 'clientDataJSON', 'authenticatorData', 'signature', 'credentialId', 'userHandle', 'error', 'authn_select'])
    assert.ok(html.includes(`id="${id}"`), id)
  assert.ok(html.includes('&lt;Eve’s&gt;') && html.includes('USB, Internal'))
  assert.ok(html.includes(`name="authn_use_chk" value="${key.id}"`))
  assert.match(html, /<script type="module" src="[^"]+\/webauthn\.js"><\/script>/)
  assert.deepEqual(told(step, shown.page)['allowCredentials'], [{ type: 'public-key', id: key.id, transports: ['usb', 'internal'] }])
})

test('a registration follows the realm’s policy', async () => {
  const at = { realm: 'strict', username: 'fay' }
  const { options, step } = await asked(webauthnRegister, at)
  const { challenge, ...rest } = options
  assert.equal(Buffer.from(challenge, 'base64url').length, 32)
  assert.deepEqual(rest, {
    rp: { name: 'keycloak', id: 'example.org' },
    user: { id: Buffer.from(step.session.userId ?? '').toString('base64url'), name: 'fay', displayName: 'fay' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    timeout: 30_000,
    excludeCredentials: [],
    authenticatorSelection: { authenticatorAttachment: 'cross-platform', residentKey: 'preferred', userVerification: 'required' },
    attestation: 'direct',
  })
  const right = { origin: 'https://login.example.org', rpId: 'example.org' }
  const wrong = [
    { key: virtualAuthenticator('RS256'), ceremony: right },
    { key: virtualAuthenticator('ES256'), ceremony: { ...right, flags: flags.present } },
    { key: virtualAuthenticator('ES256'), ceremony: { ...right, origin: 'https://other.example.org' } },
    { key: virtualAuthenticator('ES256'), ceremony: { ...right, rpId: 'id.example' } },
  ]
  for (const { key, ceremony } of wrong) {
    const again = await asked(webauthnRegister, { ...at, execution: 'webauthn-register' })
    const form = formOf(key.register({ ...ceremony, challenge: again.options.challenge }))
    const result = await webauthnRegister.submit(again.step, form)
    assert.ok(result.kind === 'challenge')
    assert.equal(result.error, 'invalid_registration')
    assert.match(drawn(again.step, result.page), /Failed to register your Passkey\./)
  }
  const key = virtualAuthenticator('ES256')
  assert.equal((await webauthnRegister.submit(step, formOf(key.register({ ...right, challenge })))).kind, 'done')
  const known = [{ type: 'public-key', id: key.id, transports: ['usb', 'internal'] }]
  assert.deepEqual((await asked(webauthnRegister, at)).options['excludeCredentials'], known)
})

test('only models that the realm accepts are registered, and a model is not believed without an attestation', async () => {
  const { result, step } = await register(webauthnRegister, { realm: 'models', username: 'gus' }, virtualAuthenticator('ES256'))
  assert.ok(result.kind === 'challenge')
  assert.match(drawn(step, result.page), /Acceptable AAGUIDs require an attestation format other than &#39;none&#39;\./)
})

test('one key or one name twice is refused, and the second try can be cancelled when the application asked', async () => {
  const at = { realm: 'keys', username: 'hal' }
  const key = virtualAuthenticator('ES256', 'key of hal')
  assert.equal((await register(webauthnRegister, at, key)).result.kind, 'done')
  const sameKey = await register(webauthnRegister, at, key, { authenticatorLabel: 'other name' })
  assert.ok(sameKey.result.kind === 'challenge')
  const sameName = await register(webauthnRegister, at, virtualAuthenticator('ES256', 'second key of hal'))
  assert.ok(sameName.result.kind === 'challenge')
  assert.match(drawn(sameName.step, sameName.result.page), /Device already exists with the same name/)
  const cancel = formOf({ 'cancel-aia': 'true' })
  assert.notEqual((await webauthnRegister.submit(sameName.step, cancel)).kind, 'cancelled')
  sameName.step.session.notes['kc_action_executing'] = 'webauthn-register'
  assert.equal((await webauthnRegister.submit(sameName.step, cancel)).kind, 'cancelled')
  assert.equal((await sameName.step.credentials()).length, 2)
})

test('the challenge of a registration counts once', async () => {
  const at = { realm: 'keys', username: 'ivy' }
  const key = virtualAuthenticator('ES256', 'key of ivy')
  const { step, options } = await asked(webauthnRegister, { ...at, execution: 'webauthn-register' })
  const form = formOf(key.register({ challenge: options.challenge }))
  const failed = formOf({ error: 'NotAllowedError' })
  assert.equal((await webauthnRegister.submit(step, failed)).kind, 'challenge')
  assert.equal((await webauthnRegister.submit(step, form)).kind, 'challenge')
  assert.equal((await step.credentials()).length, 1)
})

test('a passkey logs in who was not known before, by its user handle', async () => {
  const at = { realm: 'passkeys', username: 'jon' }
  const key = virtualAuthenticator('ES256', 'passkey of jon')
  const { step: registered, result } = await register(webauthnRegisterPasswordless, at, key)
  assert.equal(result.kind, 'done')
  const { userId } = registered.session
  const { step, options } = await asked(webauthnAuthenticatorPasswordless, { realm: 'passkeys' })
  assert.deepEqual(options['allowCredentials'], [])
  assert.equal(options['userVerification'], 'required')
  const ceremony = { challenge: options.challenge, flags: flags.present }
  const unverified = await webauthnAuthenticatorPasswordless.submit?.(step, formOf(key.assert(ceremony, userId)))
  assert.ok(unverified?.kind === 'challenge')
  assert.equal(step.session.userId, undefined)
  const again = await asked(webauthnAuthenticatorPasswordless, { realm: 'passkeys' })
  const accepted = formOf(key.assert({ challenge: again.options.challenge }, userId))
  assert.deepEqual(await webauthnAuthenticatorPasswordless.submit?.(again.step, accepted), { kind: 'success' })
  assert.equal(again.step.session.userId, userId)
})

test('a key of a second factor is not a passkey', async () => {
  const at = { realm: 'passkeys', username: 'kay' }
  const key = virtualAuthenticator('ES256', 'second factor of kay')
  const { step: registered } = await register(webauthnRegister, at, key)
  const { step, options } = await asked(webauthnAuthenticatorPasswordless, { realm: 'passkeys' })
  const form = formOf(key.assert({ challenge: options.challenge }, registered.session.userId))
  const result = await webauthnAuthenticatorPasswordless.submit?.(step, form)
  assert.ok(result?.kind === 'challenge')
  assert.equal(result.error, 'user_not_found')
  assert.equal(step.session.userId, undefined)
})

test('a switched-off user is told so only after the right passkey, and is not logged in', async () => {
  const at = { realm: 'passkeys', username: 'leo' }
  const key = virtualAuthenticator('ES256', 'passkey of leo')
  const { step: registered } = await register(webauthnRegisterPasswordless, at, key)
  await server.realm('passkeys').changeUser('leo', { enabled: false })
  const { step, options } = await asked(webauthnAuthenticatorPasswordless, { realm: 'passkeys' })
  const form = formOf(key.assert({ challenge: options.challenge }, registered.session.userId))
  const result = await webauthnAuthenticatorPasswordless.submit?.(step, form)
  assert.ok(result?.kind === 'challenge')
  assert.equal(result.error, 'user_disabled')
  assert.equal(step.session.userId, undefined)
})

test('a login form offers passkeys only where the realm has them, and takes one instead of a password', async () => {
  assert.equal(await passkeysOf(await stepOn(server, { realm: 'keys' })), undefined)
  assert.equal(await passkeysOf(await stepOn(server, { realm: 'passkeys', username: 'ann' })), undefined)
  const key = virtualAuthenticator('ES256', 'passkey of mia')
  const { step: registered } = await register(webauthnRegisterPasswordless, { realm: 'passkeys', username: 'mia' }, key)
  const step = await stepOn(server, { realm: 'passkeys' })
  const body = await passkeysOf(step)
  assert.ok(body)
  const page = { name: 'login', title: 'loginAccountTitle', body }
  const html = drawn(step, page)
  assert.ok(html.includes('data-webauthn-mediation="conditional"') && html.includes('id="authenticateWebAuthnButton"'))
  assert.equal(await acceptPasskey(step, formOf({ username: 'mia', password: 'pw' })), undefined)
  const form = formOf(key.assert({ challenge: told(step, page).challenge }, registered.session.userId))
  assert.deepEqual(await acceptPasskey(step, form), { kind: 'accepted' })
  assert.equal(step.session.userId, registered.session.userId)
})
