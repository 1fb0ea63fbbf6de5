import { castOf, formRequest, oidcUrl, requestsOfSessions } from './person.ts'
import type { Scenario } from './scenario.ts'

/** An API asks whether the access token of a session is good. */
export const introspect: Scenario = {
  name: 'introspect',
  unit: 'introspections',
  realmFile: 'realm.json',
  floor: undefined,
  startsWithToken: false,
  goals: [{ against: 'reference', atLeast: 8 }],
  prepare(base, realm) {
    const { clientId, secret } = castOf(realm)
    const url = oidcUrl(base, realm, 'token/introspect')
    return requestsOfSessions(base, realm, (tokens) =>
      formRequest(url, { client_id: clientId, client_secret: secret, token: tokens.access_token }),
    )
  },
}
