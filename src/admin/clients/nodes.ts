import { nowSeconds } from '../../clock.ts'
import { HttpClientError } from '../../http/client.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { signJwt } from '../../keys/sign.ts'
import { signingKey } from '../../keys/signing-key.ts'
import { absoluteClientUrl } from '../../realm/client-url.ts'
import { map, text } from '../../representations/fields.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { noContent, readField } from '../bodies.ts'
import { requireUnreserved } from '../reserved-characters.ts'
import { changeClient, findClient, manage, query, readClient } from './client-view.ts'

const base = '/clients/:client'

/** The servers of a client's application, and what is sent to them at its admin URL. */
export const nodeRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: `${base}/push-revocation`,
    summary: 'Tell the application from when on tokens are valid',
    role: query,
    handle: pushRevocation,
  },
  { method: 'POST', path: `${base}/nodes`, summary: 'Note a server of the application', role: query, handle: addNode },
  { method: 'DELETE', path: `${base}/nodes/:node`, summary: 'Forget a server of the application', role: query, handle: removeNode },
  {
    method: 'GET',
    path: `${base}/test-nodes-available`,
    summary: 'Ask the servers of the application whether they are there',
    role: query,
    handle: testNodes,
  },
]

type StoredClient = ReturnType<typeof readClient>

export const nodeLimits = {
  /** Servers asked at a time. */
  parallelMax: 20,
  /** For one server's answer. */
  answerMs: 5_000,
  /** Nobody reads the answer. */
  answerBytesMax: 64 * 1024,
  /** Seconds in which a server may act on what it is told. */
  actionSeconds: 30,
} as const

/** Stands in an admin URL for the server that is meant. */
const sessionHost = `${'$'}{application.session.host}`

/** Lists of addresses, as the reference tells them: empty ones are left out. */
interface Outcome {
  readonly successRequests?: readonly string[]
  readonly failedRequests?: readonly string[]
}

async function pushRevocation(context: AdminContext): Promise<HttpResponse> {
  const { realm, request } = context
  const client = readClient(await findClient(context, manage))
  const notBefore = Math.max(realm.settings.notBefore ?? 0, client.notBefore ?? 0)
  const url = managementUrl(context, client)
  const urls = url === undefined ? [] : url.includes(sessionHost) ? nodesOf(client).map((node) => url.replaceAll(sessionHost, node)) : [url]
  const outcome = await tell(context, client, urls, 'k_push_not_before', { action: 'PUSH_NOT_BEFORE', notBefore })
  const resourcePath = `clients/${client.id}/push-revocation`
  audit(context, { operation: 'ACTION', resourceType: 'CLIENT', resourcePath })
  return answer(outcome, request.method)
}

async function testNodes(context: AdminContext): Promise<HttpResponse> {
  const { request } = context
  const client = readClient(await findClient(context, manage))
  const url = managementUrl(context, client)
  const urls = url === undefined ? [] : nodesOf(client).flatMap((node) => urlOfNode(url, node) ?? [])
  const outcome = await tell(context, client, urls, 'k_test_available', { action: 'TEST_AVAILABILITY' })
  audit(context, {
    operation: 'ACTION',
    resourceType: 'CLUSTER_NODE',
    resourcePath: `clients/${client.id}/test-nodes-available`,
    representation: JSON.stringify(outcome),
  })
  return answer(outcome, request.method)
}

const answer = (outcome: Outcome, method: string): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...(method === 'GET' ? { 'cache-control': 'no-cache' } : {}) },
  body: JSON.stringify(outcome),
})

const nodesOf = ({ registeredNodes = {} }: StoredClient): string[] => Object.keys(registeredNodes)

/** Placeholders for the server that is meant are kept. */
function managementUrl({ request }: AdminContext, client: StoredClient): string | undefined {
  const { adminUrl } = client
  if (adminUrl?.includes(sessionHost)) return adminUrl
  return absoluteClientUrl({ doc: client }, request.baseUrl, adminUrl)
}

function urlOfNode(url: string, node: string): string | undefined {
  if (url.includes(sessionHost)) return url.replaceAll(sessionHost, node)
  const parsed = URL.parse(url)
  if (parsed === null) return undefined
  return `${parsed.protocol}//${node}${parsed.port === '' ? '' : `:${parsed.port}`}${parsed.pathname}${parsed.search}`
}

/** Posts a signed order to each address. The addresses are the administrator's, so they may be private. */
async function tell(
  { services, realm }: AdminContext,
  client: StoredClient,
  urls: readonly string[],
  path: string,
  order: { readonly action: string; readonly notBefore?: number },
): Promise<Outcome> {
  const success: string[] = []
  const failed: string[] = []
  const waiting = [...urls]
  const send = async (url: string): Promise<boolean> => {
    const expiration = nowSeconds(services.clock) + nodeLimits.actionSeconds
    const { action, ...rest } = order
    const claims = { id: services.random.uuid(), expiration, resource: client.clientId, action, ...rest }
    const body = await signJwt(signingKey(realm, undefined), claims)
    try {
      const { status } = await services.http.send({
        method: 'POST',
        url: `${url.replace(/\/$/, '')}/${path}`,
        headers: { 'content-type': 'text/plain' },
        body,
        timeoutMs: nodeLimits.answerMs,
        responseBytesMax: nodeLimits.answerBytesMax,
      })
      return status === 200 || status === 204
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error
      return false
    }
  }
  const worker = async (): Promise<void> => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) ((await send(url)) ? success : failed).push(url)
  }
  await Promise.all(Array.from({ length: Math.min(nodeLimits.parallelMax, urls.length) }, worker))
  return { ...(success.length > 0 ? { successRequests: success } : {}), ...(failed.length > 0 ? { failedRequests: failed } : {}) }
}

async function addNode(context: AdminContext): Promise<HttpResponse> {
  const { services } = context
  const { id } = await findClient(context, manage)
  const { node } = readField(context.request, map(text))
  if (node === undefined) throw new AdminError(400, { error: 'Node not found in params' })
  requireUnreserved(node)
  const seconds = nowSeconds(services.clock)
  await changeClient(context, (client) => ({ ...client, registeredNodes: { ...client.registeredNodes, [node]: seconds } }))
  audit(context, { operation: 'CREATE', resourceType: 'CLUSTER_NODE', resourcePath: `clients/${id}/nodes/${node}` })
  return noContent()
}

async function removeNode(context: AdminContext): Promise<HttpResponse> {
  const node = context.request.params['node'] ?? ''
  const { id } = await findClient(context, manage)
  await changeClient(context, (client) => {
    const { [node]: seconds, ...others } = client.registeredNodes ?? {}
    // The reference does not say which.
    if (seconds === undefined) throw new AdminError(404, { error: 'Client does not have node ' })
    return { ...client, registeredNodes: others }
  })
  audit(context, { operation: 'DELETE', resourceType: 'CLUSTER_NODE', resourcePath: `clients/${id}/nodes/${node}` })
  return { status: 204, headers: { 'cache-control': 'no-cache' } }
}
