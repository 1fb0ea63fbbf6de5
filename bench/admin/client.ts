import { type Answer, answerOf, type LoadRequest, send } from '../load.ts'

/** Calls the Admin API of one server as its administrator. */
export interface AdminClient {
  /** Throws unless the answer is a success. */
  call(method: string, path: string, json?: unknown): Promise<Answer>
}

/** The reference's admin tokens live for 60 s. */
const tokenMs = 45_000

/** @param admin `name:password` of an administrator of realm master */
export function adminClient(base: string, admin: string): AdminClient {
  const [username = '', ...password] = admin.split(':')
  let token = ''
  let untilMs = 0
  const bearer = async (): Promise<string> => {
    if (performance.now() < untilMs) return token
    const form = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password: password.join(':') })
    const request: LoadRequest = {
      url: `${base}/realms/master/protocol/openid-connect/token`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }
    token = JSON.parse(await answerOf(request)).access_token
    untilMs = performance.now() + tokenMs
    return token
  }
  return {
    async call(method, path, json) {
      const headers = { authorization: `Bearer ${await bearer()}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) }
      const answer = await send({ url: `${base}/admin${path}`, method, headers, body: json === undefined ? '' : JSON.stringify(json) })
      if (answer.status < 200 || answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 200)}`)
      return answer
    },
  }
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now()
  await work()
  return performance.now() - begunMs
}

/** Milliseconds of each of several runs, one after the other; what comes before them warms up and does not count. */
export async function timings(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  await work()
  const taken: number[] = []
  for (let round = 0; round < rounds; round++) taken.push(await timed(work))
  return taken
}
