import { oidcUrl, requestsOfSessions } from './person.ts'
import type { Scenario } from './scenario.ts'

/** An application asks who has logged in, with the access token of a session. */
export const userinfo: Scenario = {
  name: 'userinfo',
  unit: 'answers',
  realmFile: 'realm.json',
  floor: undefined,
  startsWithToken: false,
  goals: [{ against: 'reference', atLeast: 3 }],
  prepare(base, realm) {
    const url = oidcUrl(base, realm, 'userinfo')
    return requestsOfSessions(base, realm, (tokens) => ({
      url,
      method: 'GET',
      headers: { authorization: `Bearer ${tokens.access_token}` },
      body: '',
    }))
  },
}
