import type { Scenario } from './scenario.ts'

/** A registry's external system gets its token: client id and secret by post, the roles of its service account in a signed JWT. */
export const token: Scenario = {
  name: 'token',
  unit: 'tokens',
  request(base, realm) {
    const client = realm.clients?.find((one) => one.serviceAccountsEnabled === true && one.enabled !== false && one.secret !== undefined)
    if (client?.secret === undefined) throw new Error(`realm ${realm.realm} has no client with a service account and a secret`)
    return {
      url: `${base}/realms/${encodeURIComponent(realm.realm)}/protocol/openid-connect/token`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: client.secret,
      }).toString(),
    }
  },
}
