import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { frontendOf } from '../../realm/frontend-url.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { ClientRow } from '../../storage/clients.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import type { Sql } from '../../storage/sql.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { findClient, query, readClient, view } from './client-view.ts'

/** Configuration files for adapters, as the reference writes them: a client's settings in the form that its software reads. */
export const installationRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/clients/:client/installation/providers/:provider',
    summary: 'A configuration file for the software of a client',
    role: query,
    handle: getInstallation,
  },
]

/** What a configuration file is made of. */
export interface Installation {
  readonly realmName: string
  readonly sslRequired: string
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly client: ClientRepresentation & { readonly clientId: string }
  readonly hasRoles: boolean
  readonly credentials: Credentials
}

type Credentials = Readonly<Record<string, string | Readonly<Record<string, string | number>>>>

const providers: ReadonlyMap<string, (installation: Installation) => string> = new Map([
  ['keycloak-oidc-keycloak-json', (installation) => prettyJson(adapterConfig(installation))],
  ['keycloak-oidc-jboss-subsystem', subsystemXml],
  ['keycloak-oidc-jboss-subsystem-cli', subsystemCli],
  ['docker-v2-registry-config-file', registryConfig],
  ['docker-v2-variable-override', registryVariables],
])

async function getInstallation(context: AdminContext): Promise<HttpResponse> {
  const { services, realm, request } = context
  const row = await findClient(context, view)
  const write = providers.get(request.params['provider'] ?? '')
  if (write === undefined) throw new AdminError(404, { error: 'Unknown Provider' })
  const body = write(await installationOf(services.database, realm, row, request.baseUrl))
  return { status: 200, headers: { 'content-type': 'text/plain', 'cache-control': 'no-cache' }, body }
}

export async function installationOf(sql: Sql, realm: RealmSnapshot, row: ClientRow, baseUrl: string): Promise<Installation> {
  const client = readClient(row)
  return {
    realmName: realm.name,
    sslRequired: realm.settings.sslRequired ?? 'external',
    baseUrl: frontendOf(realm) ?? baseUrl,
    client,
    hasRoles: (await roleRows(sql).listOf(client.id, 1, 0)).length > 0,
    credentials: credentialsOf(client),
  }
}

/** What is to be filled in by whoever installs the software is in capitals. */
function credentialsOf({ clientAuthenticatorType, clientId, secret = '', publicClient, bearerOnly }: Installation['client']): Credentials {
  if (publicClient || bearerOnly) return {}
  if (clientAuthenticatorType === 'client-secret') return { secret }
  if (clientAuthenticatorType === 'client-secret-jwt') return { 'secret-jwt': { secret } }
  if (clientAuthenticatorType !== 'client-jwt') return {}
  return {
    jwt: {
      'client-key-password': 'REPLACE WITH THE KEY PASSWORD IN KEYSTORE',
      'client-keystore-file': 'REPLACE WITH THE LOCATION OF YOUR KEYSTORE FILE',
      'client-keystore-password': 'REPLACE WITH THE KEYSTORE PASSWORD',
      'client-key-alias': clientId,
      'token-timeout': 10,
      'client-keystore-type': 'jks',
    },
  }
}

/** The settings that the reference's adapters read, `keycloak.json`. */
export function adapterConfig({ realmName, sslRequired, baseUrl, client, hasRoles, credentials }: Installation): object {
  const { clientId, publicClient, bearerOnly, authorizationServicesEnabled: authorized } = client
  return {
    realm: realmName,
    ...(bearerOnly ? { 'bearer-only': true } : {}),
    'auth-server-url': `${baseUrl}/`,
    'ssl-required': sslRequired,
    resource: clientId,
    ...(publicClient && !bearerOnly ? { 'public-client': true } : {}),
    ...(hasRoles ? { 'verify-token-audience': true } : {}),
    ...(publicClient || bearerOnly ? {} : { credentials }),
    ...(hasRoles && !authorized ? { 'use-resource-role-mappings': true } : {}),
    'confidential-port': 0,
    ...(authorized ? { 'policy-enforcer': { credentials: {} } } : {}),
  }
}

/** JSON with the blanks of the reference's printer. */
function prettyJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
  if (entries.length === 0) return '{ }'
  const inner = `${indent}  `
  const lines = entries.map(([name, content]) => `${inner}${JSON.stringify(name)} : ${prettyJson(content, inner)}`)
  return `{\n${lines.join(',\n')}\n${indent}}`
}

const escaped = (text: string | number): string =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const element = (name: string, text: string | number): string => `<${name}>${escaped(text)}</${name}>`

function subsystemXml({ realmName, sslRequired, baseUrl, client, hasRoles, credentials }: Installation): string {
  const { clientId, publicClient, bearerOnly } = client
  const lines = [
    element('realm', realmName),
    element('auth-server-url', `${baseUrl}/`),
    ...(bearerOnly ? [element('bearer-only', 'true')] : publicClient ? [element('public-client', 'true')] : []),
    element('ssl-required', sslRequired.toUpperCase()),
    element('resource', clientId),
    ...(hasRoles ? [element('verify-token-audience', 'true')] : []),
    ...Object.entries(credentials).flatMap(([name, value]) => {
      if (typeof value === 'string') return [`<credential name="${name}">${escaped(value)}</credential>`]
      const inside = Object.entries(value).map(([member, text]) => `    ${element(member, text)}`)
      return [`<credential name="${name}">`, ...inside, '</credential>']
    }),
    ...(hasRoles ? [element('use-resource-role-mappings', 'true')] : []),
  ]
  return `<secure-deployment name="WAR MODULE NAME.war">\n${lines.map((line) => `    ${line}\n`).join('')}</secure-deployment>\n`
}

function subsystemCli({ realmName, sslRequired, baseUrl, client, hasRoles, credentials }: Installation): string {
  const { clientId, publicClient, bearerOnly } = client
  const deployment = '/subsystem=keycloak/secure-deployment="WAR MODULE NAME.war"'
  const settings = [
    `realm=${JSON.stringify(realmName)}`,
    `resource=${JSON.stringify(clientId)}`,
    `auth-server-url=${baseUrl}/`,
    ...(bearerOnly ? ['bearer-only=true'] : publicClient ? ['public-client=true'] : []),
    ...(hasRoles ? ['verify-token-audience=true', 'use-resource-role-mappings=true'] : []),
    `ssl-required=${sslRequired.toUpperCase()}`,
  ]
  const secrets = Object.entries(credentials).map(([name, value]) => {
    const members =
      typeof value === 'string'
        ? value
        : `{${Object.entries(value)
            .map((member) => member.join('='))
            .join(', ')}}`
    return `${deployment}/credential=${name}:add(value=${members})`
  })
  return `${deployment}/:add( \\\n${settings.map((line) => `    ${line}`).join(', \\\n')})\n\n${secrets.join('\n')}\n`
}

const issuer = ({ baseUrl, realmName }: Installation): string => `${baseUrl}//realms/${encodeURIComponent(realmName)}`

function registryConfig(installation: Installation): string {
  return [
    'auth:',
    '  token:',
    `    realm: ${issuer(installation)}/protocol/docker-v2/auth`,
    `    service: ${installation.client.clientId}`,
    `    issuer: ${issuer(installation)}`,
    '',
  ].join('\n')
}

function registryVariables(installation: Installation): string {
  return [
    `-e REGISTRY_AUTH_TOKEN_REALM=${issuer(installation)}/protocol/docker-v2/auth \\`,
    `-e REGISTRY_AUTH_TOKEN_SERVICE=${installation.client.clientId} \\`,
    `-e REGISTRY_AUTH_TOKEN_ISSUER=${issuer(installation)} \\`,
    '',
  ].join('\n')
}
