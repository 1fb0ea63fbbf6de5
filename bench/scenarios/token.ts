import { formRequest, tokenUrl } from './person.ts'
import type { Scenario } from './scenario.ts'

/** A registry's external system gets its token: client id and secret by post, the roles of its service account in a signed JWT. */
export const token: Scenario = {
  name: 'token',
  unit: 'tokens',
  realmFile: '../examples/registry/realm-demo-registry.json',
  floor: 'bare signer',
  startsWithToken: true,
  goals: [],
  async prepare(base, realm) {
    const client = realm.clients?.find((one) => one.serviceAccountsEnabled === true && one.enabled !== false && one.secret !== undefined)
    if (client?.secret === undefined) throw new Error(`realm ${realm.realm} has no client with a service account and a secret`)
    const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.secret }
    return { requests: [formRequest(tokenUrl(base, realm), form)] }
  },
}
