import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { answerTo, appClient, callback, signIn } from '../server/login.ts'
import type { TestRealm } from '../server/realm.ts'
import { password, person } from '../server/samples.ts'
import { startTestServer } from '../server.ts'

const attempts = 100
const onReference = process.env['OSTIARY_TEST_REFERENCE'] !== undefined

async function codeOf(realm: TestRealm, scope: string): Promise<string> {
  const { page } = await signIn(realm, { username: 'taras', password, params: { scope } })
  return answerTo(page)?.['code'] ?? assert.fail(`no code: ${page.status} ${page.text.slice(0, 500)}`)
}

const exchange = (realm: TestRealm, code: string): Promise<Answer> =>
  realm.token({ grant_type: 'authorization_code', code, redirect_uri: callback, client_id: 'app' })

const refresh = (realm: TestRealm, token: unknown): Promise<Answer> =>
  realm.token({ grant_type: 'refresh_token', refresh_token: String(token), client_id: 'app' })

for (const engine of onReference ? (['memory'] as const) : (['sqlite', 'postgres'] as const)) {
  const name = 'flows-code-race'
  const realms = [{ realm: name, enabled: true, clients: [appClient], users: [person('taras', { realmRoles: ['offline_access'] })] }]

  // The reference lets an offline session live on when its code is used again; here it ends as well (RFC 6749 section 4.1.2).
  const scopes = [
    ['openid', "Session doesn't have required client"],
    ...(onReference ? [] : [['openid offline_access', 'Offline user session not found'] as const]),
  ] as const
  for (const [scope, gone] of scopes) {
    test(`${engine}, ${scope}: of ${attempts} uses of one code at once exactly one succeeds, and what it got is worth nothing`, async () => {
      await using server = await startTestServer({ engine, realms })
      const realm = server.realm(name)
      const code = await codeOf(realm, scope)
      const answers = await Promise.all(Array.from({ length: attempts }, () => exchange(realm, code)))
      const [won, ...others] = answers.filter(({ status }) => status === 200)
      assert.deepEqual(others, [])
      for (const answer of answers) if (answer !== won) expectError(answer, 400, 'invalid_grant', 'Code not valid')
      const tokens = expectToken(won ?? assert.fail('none succeeds'))
      expectError(await refresh(realm, tokens['refresh_token']), 400, 'invalid_grant', gone)
      assert.equal((await realm.userinfo(String(tokens['access_token']))).status, 401)
    })
  }
}
