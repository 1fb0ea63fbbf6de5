import { type Answer, answerOf, send } from '../load.ts'
import { type Cast, castOf, formRequest, oidcUrl, tokenUrl } from './person.ts'
import type { BenchRealm, Scenario } from './scenario.ts'

/** A person logs in with a browser: authorization request, form, code, tokens. Every time in a new browser. */
export const code: Scenario = {
  name: 'code',
  unit: 'logins',
  realmFile: 'realm.json',
  floor: undefined,
  startsWithToken: false,
  goals: [],
  async prepare(base, realm) {
    const cast = castOf(realm)
    return { walk: () => loginByBrowser(base, realm, cast) }
  },
}

async function loginByBrowser(base: string, realm: BenchRealm, cast: Cast): Promise<void> {
  const { clientId, secret, username, password, redirectUri } = cast
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'bench',
  })
  const page = await send({ url: `${oidcUrl(base, realm, 'auth')}?${query}`, method: 'GET', headers: {}, body: '' })
  const form = formRequest(actionOf(page), { username, password })
  const sent = await send({ ...form, headers: { ...form.headers, cookie: cookiesOf(page) } })
  const taken = new URL(sent.headers.location ?? base).searchParams.get('code')
  if (taken === null) throw new Error(`no code: ${sent.status} ${sent.body.slice(0, 200)}`)
  const client = { client_id: clientId, client_secret: secret }
  const exchange = { grant_type: 'authorization_code', ...client, code: taken, redirect_uri: redirectUri }
  await answerOf(formRequest(tokenUrl(base, realm), exchange))
}

/** Where the login form goes; both servers write an absolute address. */
export function actionOf({ body, status }: Answer): string {
  const tag = /<form[^>]*\bid="kc-form-login"[^>]*>/.exec(body)?.[0] ?? ''
  const action = /\baction="([^"]+)"/.exec(tag)?.[1]
  if (action === undefined) throw new Error(`no login form: ${status} ${body.slice(0, 200)}`)
  return action.replaceAll('&amp;', '&')
}

/** The cookies that an answer sets, as the next request brings them. */
export const cookiesOf = ({ headers }: Answer): string =>
  (headers['set-cookie'] ?? []).map((line) => line.slice(0, line.indexOf(';') === -1 ? undefined : line.indexOf(';'))).join('; ')
