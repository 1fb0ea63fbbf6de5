import type { ResourceServer } from '../../authorization/resource-server.ts'
import {
  type EarlierPermission,
  type PermissionRequest,
  type RequestedPermission,
  resourceIdsByUri,
} from '../../authorization/wanted-permissions.ts'
import { AdminError, OAuthError } from '../../http/errors.ts'
import type { Sql } from '../../storage/sql.ts'
import { verifyToken } from '../../tokens/verify.ts'
import { readTicket } from '../protection/permission-token.ts'
import type { TokenRequest } from './grant.ts'

/** The parameters of a request for a requesting party token. */
export interface UmaRequest {
  /** clientId of the resource server. */
  readonly audience: string | undefined
  /** True when the request came with a ticket. */
  readonly ticket: boolean
  readonly permissions: readonly RequestedPermission[]
  /** Permissions of the earlier token; undefined without one. */
  readonly rpt: readonly EarlierPermission[] | undefined
  /** Claims for the policies. */
  readonly claims: Readonly<Record<string, readonly string[]>> | undefined
  readonly responseMode: string | undefined
  readonly resourceNames: boolean
  readonly submitRequest: boolean
  readonly resourcesMax: number
  /** The request with resources that were named by URI found. Throws AdminError for a URI that no resource has. */
  resolve(sql: Sql, server: ResourceServer): Promise<PermissionRequest>
}

const refused = (code: string, description: string, status: 400 | 403 = 400): OAuthError =>
  new OAuthError(code, description, { status, event: 'invalid_request', reason: description })

/** Resources of one request: policies are asked for each. */
const resourcesMax = 100_000

/** Reads the form. Throws OAuthError. */
export function readUmaRequest(request: TokenRequest): UmaRequest {
  const { form, client } = request
  const rpt = readRpt(request)
  const ticketText = form.get('ticket')
  if (form.get('claim_token') !== undefined && client.publicClient && ticketText === undefined)
    throw refused('invalid_grant', 'Public clients are not allowed to send claims', 403)
  const ticket = ticketText === undefined ? undefined : requireTicket(request, ticketText)
  const byUri = form.get('permission_resource_format') === 'uri'
  const permissions = ticket
    ? ticket.permissions.map(({ rsid, scopes = [] }): RequestedPermission => ({ resource: rsid, scopes }))
    : mergePermissions(form.all('permission'))
  const limit = readLimit(form.get('response_permissions_limit'))
  const scopes = (form.get('scope') ?? '').split(' ').filter((name) => name !== '')
  return {
    audience: ticket ? ticket.audience : form.get('audience'),
    ticket: ticket !== undefined,
    permissions,
    rpt,
    claims: claimsGiven(request) ?? ticket?.claims,
    responseMode: form.get('response_mode'),
    resourceNames: (form.get('response_include_resource_name') ?? 'true').toLowerCase() === 'true',
    submitRequest: (form.get('submit_request') ?? 'true').toLowerCase() === 'true',
    resourcesMax: limit,
    async resolve(sql, server) {
      const matching = form.get('permission_resource_matching_uri')?.toLowerCase() === 'true'
      const found = byUri && !ticket ? await permissionsByUri(sql, server, permissions, matching) : permissions
      return { permissions: found, scopes, earlier: rpt ?? [], resourcesMax: limit }
    },
  }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return resourcesMax
  if (!/^-?\d{1,9}$/.test(text)) throw refused('invalid_request', 'Invalid response_permissions_limit')
  return Math.max(0, Math.min(Number(text), resourcesMax))
}

/** `resource#scope,scope`: either may be missing. Scopes of one resource are put together. */
function mergePermissions(texts: readonly string[]): RequestedPermission[] {
  const merged = new Map<string, Set<string>>()
  for (const text of texts) {
    const [resource = '', scopes = ''] = text.split('#')
    const known = merged.get(resource) ?? new Set()
    merged.set(resource, known)
    for (const scope of scopes.split(',')) if (scope !== '') known.add(scope)
  }
  return Array.from(merged, ([resource, scopes]) => ({ resource: resource === '' ? undefined : resource, scopes: [...scopes] }))
}

async function permissionsByUri(
  sql: Sql,
  server: ResourceServer,
  permissions: readonly RequestedPermission[],
  matching: boolean,
): Promise<RequestedPermission[]> {
  const found: RequestedPermission[] = []
  for (const permission of permissions) {
    const { resource: uri, scopes } = permission
    if (uri === undefined) {
      if (scopes.length === 0) throw new AdminError(400, { error: 'invalid_request', error_description: 'You must provide the uri' })
      found.push(permission)
      continue
    }
    const ids = await resourceIdsByUri(sql, server, uri, matching)
    if (ids.length === 0)
      throw new AdminError(400, { error: 'invalid_resource', error_description: `Resource with uri [${uri}] does not exist.` })
    found.push(...ids.map((id) => ({ resource: id, scopes })))
  }
  return found
}

function requireTicket({ realm, request, services }: TokenRequest, text: string) {
  const ticket = readTicket(services, realm, request, text)
  if (ticket === undefined) throw refused('invalid_ticket', 'Ticket verification failed', 403)
  if (ticket === 'expired') throw refused('invalid_ticket', 'Invalid permission ticket.', 403)
  return ticket
}

/** An earlier token may have ended; one that we did not sign is refused. */
function readRpt({ form, realm, request, services }: TokenRequest): readonly EarlierPermission[] | undefined {
  const text = form.get('rpt')
  if (text === undefined) return undefined
  const verified = verifyToken({ realm, baseUrl: request.baseUrl, clock: services.clock }, text, ['Bearer'])
  if ('fault' in verified) {
    if (verified.fault !== 'expired') throw refused('invalid_rpt', 'RPT signature is invalid', 403)
    return []
  }
  const authorization = verified.claims['authorization'] as { permissions?: unknown } | undefined
  const list = Array.isArray(authorization?.permissions) ? authorization.permissions : []
  return list.flatMap((permission: { rsid?: unknown; scopes?: unknown }) => {
    if (typeof permission?.rsid !== 'string') return []
    return [{ resourceId: permission.rsid, scopes: Array.isArray(permission.scopes) ? permission.scopes.map(String) : [] }]
  })
}

const claimFormats = ['urn:ietf:params:oauth:token-type:jwt', 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken']

/** The JSON object of a claim token, base64url-encoded. An ID token says who asks and brings no claims. */
function claimsGiven({ form }: TokenRequest): Readonly<Record<string, readonly string[]>> | undefined {
  const token = form.get('claim_token')
  const format = form.get('claim_token_format')
  if (format !== undefined && !claimFormats.includes(format))
    throw refused('invalid_request', `Claim token format [${format}] not supported`)
  if (token === undefined || format !== claimFormats[0]) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) {
      return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, [value].flat().map(String)]))
    }
  } catch {
    // Told below, as everything else that is no object.
  }
  throw refused('invalid_request', 'Invalid claims')
}
