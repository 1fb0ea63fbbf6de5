import { audit } from '../admin/admin-route.ts'
import { makeClient } from '../admin/clients/create-client.ts'
import { AdminError } from '../http/errors.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import { roleMappings } from '../storage/role-mappings.ts'
import type { Sql } from '../storage/sql.ts'
import { userChanges } from '../storage/user-changes.ts'
import { users as userRows } from '../storage/users.ts'
import { accessClients, isoTime } from './describe.ts'
import { again, auditRoles, ensureRoles, realmContainer, requireGivable } from './grants.ts'
import { attributesOfKey, type GivenKey } from './keys.ts'
import { attributeNames, requireAttributes, requireName, requireRoles, requireType, type SystemAttributes } from './rules.ts'
import type { RegistryContext } from './services.ts'
import { defaultRoles, typeAttribute } from './system-type.ts'

export interface NewSystem extends GivenKey {
  readonly name?: string
  readonly type?: string
  /** Of the realm; those of the type unless given. */
  readonly roles?: readonly string[]
  readonly attributes?: SystemAttributes
}

/** The one answer that tells the password; a system that signs has none. */
export interface CreatedSystem {
  readonly name: string
  readonly clientId: string
  readonly secret?: string
  /** ISO 8601. */
  readonly createdAt: string
}

/** Names of clients that have the roles of others. */
const reserved: ReadonlySet<string> = new Set(Object.values(accessClients))

/**
 * Makes a confidential client with a service account, roles and attributes, in one transaction. Throws AdminError: 400 with the broken rule,
 * 403 for a role that the caller may not give, 409 for a name that is taken.
 */
export async function createSystem(context: RegistryContext, given: NewSystem): Promise<CreatedSystem> {
  const name = requireName(given.name)
  const type = requireType(given.type)
  const roles = requireRoles(given.roles ?? defaultRoles[type])
  const attributes = requireAttributes(given.attributes ?? {})
  const key = attributesOfKey(given)
  if (reserved.has(name)) throw new AdminError(409, { errorMessage: `The name ${name} is taken by the platform` })
  const container = realmContainer(context)
  await requireGivable(context, container, roles)
  let made: readonly string[] = []
  let createdAtMs = 0
  const also = async (tx: Sql, client: { readonly id: string }): Promise<void> => {
    const user = await userRows(tx).findServiceAccount(client.id)
    if (user === undefined) throw new Error('a client with a service account was made without one')
    createdAtMs = user.created_at_ms
    const ensured = await ensureRoles(context, tx, container, roles)
    made = ensured.made
    await roleMappings(tx, 'user', user.id).add(ensured.ids)
    for (const [attribute, value] of Object.entries(attributes)) await userChanges(tx).setAttribute(user.id, attribute, [value])
  }
  const { client } = await again(() => makeClient(context, clientOf(name, { [typeAttribute]: type, ...key }, key !== undefined), also))
  auditRoles(context, container, made)
  audit(context, {
    operation: 'CREATE',
    resourceType: 'CLIENT',
    resourcePath: `external-systems/${name}`,
    representation: JSON.stringify({ name, clientId: client.clientId, id: client.id, type, roles, attributes, ...keyForAudit(given) }),
  })
  const secret = key === undefined ? { secret: client.secret ?? '' } : {}
  return { name, clientId: client.clientId, ...secret, createdAt: isoTime(createdAtMs) }
}

/** Public keys are no secrets. */
export const keyForAudit = ({ jwks, jwksUrl, certificate, publicKey }: GivenKey): GivenKey =>
  JSON.parse(JSON.stringify({ jwks, jwksUrl, certificate, publicKey }, (_name, value: unknown) => value ?? undefined)) as GivenKey

/** A client that gets tokens for itself alone, and nothing else. */
function clientOf(name: string, attributes: Readonly<Record<string, string>>, signs: boolean): ClientRepresentation {
  return {
    clientId: name,
    name,
    protocol: 'openid-connect',
    enabled: true,
    publicClient: false,
    bearerOnly: false,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    fullScopeAllowed: true,
    clientAuthenticatorType: signs ? 'client-jwt' : 'client-secret',
    attributes: { ...attributes },
    protocolMappers: attributeNames.map(mapperOf),
  }
}

/** Puts an attribute of the service account into tokens under its own name. */
const mapperOf = (attribute: string): ProtocolMapperRepresentation => ({
  name: attribute,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  consentRequired: false,
  config: {
    'user.attribute': attribute,
    'claim.name': attribute,
    'jsonType.label': 'String',
    'access.token.claim': 'true',
    'id.token.claim': 'true',
    'userinfo.token.claim': 'true',
    'introspection.token.claim': 'true',
  },
})
