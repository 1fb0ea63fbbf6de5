import { loginRequest } from './person.ts'
import type { Scenario } from './scenario.ts'

/** A person logs in with name and password in one request: nearly all of it is the hash of the password. */
export const login: Scenario = {
  name: 'login',
  unit: 'logins',
  realmFile: 'realm.json',
  floor: 'bare hasher',
  startsWithToken: false,
  goals: [{ against: 'bare hasher', atLeast: 0.85 }],
  prepare: async (base, realm) => ({ requests: [loginRequest(base, realm)] }),
}
