import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { type Answer, call } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { serverOfFile } from '../server.ts'

// What is not the reference's own: it cannot be asked.
const skip = process.env['OSTIARY_TEST_REFERENCE'] !== undefined
const name = 'doors-demo'
const demo = JSON.parse(
  readFileSync(new URL('../fixtures/realm-demo.json', import.meta.url), 'utf8').replaceAll('wiredemo', name),
) as RealmRepresentation

interface Explained {
  readonly valid: boolean
  readonly checks: readonly { readonly check: string; readonly ok: boolean }[]
  readonly claims: readonly { readonly claim: string; readonly reason: string; readonly source: { readonly kind: string } }[]
  readonly roles: readonly { readonly role: string; readonly in: boolean; readonly reason: string }[]
}

if (!skip) {
  const server = await serverOfFile({ realms: [demo] })
  const realm = server.realm(name)
  const explain = async (token: unknown): Promise<Explained> => {
    const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
    const bearer = String(expectToken(await server.realm('master').token(form))['access_token'])
    const answer = await call('POST', `${server.url}/admin/realms/${name}/explain`, { bearer, json: { token } })
    assert.equal(answer.status, 200, answer.text)
    return answer.json as unknown as Explained
  }
  const tokenOf = (
    { clientId = '', secret, publicClient }: ClientRepresentation,
    form: Readonly<Record<string, string>>,
  ): Promise<Answer> =>
    realm.token({ ...form, ...(publicClient ? { client_id: clientId } : {}) }, publicClient ? {} : { basic: [clientId, secret ?? ''] })

  test('every claim and role of every client that logs in by password or for itself is explained', async () => {
    let explained = 0
    for (const client of demo.clients ?? []) {
      const asked = [
        ...(client.serviceAccountsEnabled ? [{ grant_type: 'client_credentials' }] : []),
        ...(client.directAccessGrantsEnabled
          ? ['openid', 'openid offline_access', 'openid address phone microprofile-jwt', 'orders quiet', ''].flatMap((scope) =>
              [
                ['alice', 'alice-pw'],
                ['олена', 'пароль+%: &='],
              ].map(([username = '', password = '']) => ({
                grant_type: 'password',
                username,
                password,
                ...(scope === '' ? {} : { scope }),
              })),
            )
          : []),
      ]
      for (const form of asked) {
        const answer = await tokenOf(client, form)
        if (answer.status !== 200) continue
        for (const kind of ['access_token', 'id_token']) {
          const token = answer.json[kind]
          if (token === undefined) continue
          const told = await explain(token)
          const where = `${client.clientId} ${JSON.stringify(form)} ${kind}`
          assert.deepEqual(
            told.claims.filter(({ source }) => source.kind === 'unknown'),
            [],
            where,
          )
          assert.deepEqual(
            told.claims.filter(({ claim, reason }) => claim !== 'exp' && /a token made now would have|no value for it now/.test(reason)),
            [],
            where,
          )
          assert.deepEqual(
            told.roles.filter(({ reason }) => /neither is so now|a token made now would have it/.test(reason)),
            [],
            where,
          )
          assert.deepEqual([told.valid, told.checks.filter(({ ok }) => !ok)], [true, []], where)
          explained += 1
        }
      }
    }
    assert.ok(explained > 100, `${explained}`)
  })

  test('a requesting party token is explained: the resource server is its audience', async () => {
    const login = await realm.token(
      { grant_type: 'password', username: 'alice', password: 'alice-pw' },
      { basic: ['uma-rs', 'uma-secret'] },
    )
    const bearer = String(expectToken(login)['access_token'])
    const party = await realm.token({ grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', audience: 'uma-rs' }, { bearer })
    const told = await explain(expectToken(party)['access_token'])
    assert.deepEqual(
      told.claims.filter(({ source }) => source.kind === 'unknown'),
      [],
    )
    assert.match(
      told.claims.find(({ claim }) => claim.startsWith('authorization'))?.reason ?? '',
      /^the permissions that authorization services granted$/,
    )
  })
}
