import type { Answer, CallOptions, Form } from './call.ts'
import type { Changes, ClientPatch, UserPatch } from './changes.ts'
import type { LoggedEvent } from './events.ts'

/** A client id with its secret, for HTTP Basic. */
export type Credentials = readonly [string, string]

/** One realm of a running server: short words for what tests do all the time. */
export interface TestRealm {
  readonly name: string
  /** `{base}/realms/{name}`, the issuer. */
  readonly url: string
  /** Below the realm: `/protocol/openid-connect/certs`. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** POST to the token endpoint. */
  token(form: Form | undefined, options?: CallOptions): Promise<Answer>
  /** `client_credentials` by Basic; further parameters such as `scope`. Throws unless it succeeds. */
  accessToken(client: Credentials, form?: Readonly<Record<string, string>>): Promise<string>
  introspect(form: Form, options?: CallOptions): Promise<Answer>
  /** GET of userinfo. */
  userinfo(bearer: string | undefined, options?: CallOptions): Promise<Answer>
  /** Audit events of the realm since the last call. */
  events(): Promise<readonly LoggedEvent[]>
  /** PUT of realm settings. */
  change(settings: Readonly<Record<string, unknown>>): Promise<void>
  changeClient(clientId: string, patch: ClientPatch): Promise<void>
  removeClient(clientId: string): Promise<void>
  changeUser(username: string, patch: UserPatch): Promise<void>
  removeUser(username: string): Promise<void>
  removeSession(id: string): Promise<void>
}

interface RealmParts {
  readonly url: string
  readonly name: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  admin(method: string, path: string, json?: unknown): Promise<Answer>
  events(realm: string): Promise<readonly LoggedEvent[]>
  readonly changes: Changes
}

const oidc = '/protocol/openid-connect'

export function testRealm({ url: base, name, call: send, admin, events, changes }: RealmParts): TestRealm {
  const path = `/realms/${encodeURIComponent(name)}`
  const call: TestRealm['call'] = (method, below, options) => send(method, `${path}${below}`, options)
  const token: TestRealm['token'] = (form, options) =>
    call('POST', `${oidc}/token`, { ...(form === undefined ? {} : { form }), ...options })
  return {
    name,
    url: base + path,
    call,
    token,
    async accessToken(basic, form = {}) {
      const { status, json, text } = await token({ grant_type: 'client_credentials', ...form }, { basic })
      if (status !== 200) throw new Error(`no token: ${status} ${text}`)
      return String(json['access_token'])
    },
    introspect: (form, options) => call('POST', `${oidc}/token/introspect`, { form, ...options }),
    userinfo: (bearer, options) => call('GET', `${oidc}/userinfo`, { ...(bearer === undefined ? {} : { bearer }), ...options }),
    events: () => events(name),
    async change(settings) {
      const { status, text } = await admin('PUT', path, settings)
      if (status !== 204) throw new Error(`the realm was not changed: ${status} ${text}`)
    },
    changeClient: (clientId, patch) => changes.client(name, clientId, patch),
    removeClient: (clientId) => changes.removeClient(name, clientId),
    changeUser: (username, patch) => changes.user(name, username, patch),
    removeUser: (username) => changes.removeUser(name, username),
    removeSession: (id) => changes.removeSession(name, id),
  }
}
