import { castOf, formRequest, requestsOfSessions, tokenUrl } from './person.ts'
import type { Scenario } from './scenario.ts'

/** An application renews its tokens. The realm lets a refresh token be used again, so that each session goes on with its first one. */
export const refresh: Scenario = {
  name: 'refresh',
  unit: 'refreshes',
  realmFile: 'realm.json',
  floor: undefined,
  startsWithToken: false,
  goals: [{ against: 'reference', atLeast: 4 }],
  prepare(base, realm) {
    const { clientId, secret } = castOf(realm)
    const form = { grant_type: 'refresh_token', client_id: clientId, client_secret: secret }
    return requestsOfSessions(base, realm, ({ refresh_token }) => formRequest(tokenUrl(base, realm), { ...form, refresh_token }))
  },
}
