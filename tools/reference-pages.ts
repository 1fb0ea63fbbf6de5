import { accountRows } from '../src/account/routes.ts'
import type { AdminRoute } from '../src/admin/admin-route.ts'
import { adminTable, rootRoutes } from '../src/admin/routes.ts'
import { hostAliasRoutes } from '../src/aliases/routes.ts'
import { consoleRoutes } from '../src/console/routes.ts'
import { healthRoutes, metricsRoutes } from '../src/http/management.ts'
import type { Route } from '../src/http/routes.ts'
import { keyProviders } from '../src/keys/providers.ts'
import { oidcRoutes } from '../src/oidc/routes.ts'
import { registrationForms } from '../src/registration/routes.ts'
import { externalSystemTable } from '../src/registry/routes.ts'
import { protocolMappers } from '../src/tokens/mappers/index.ts'

/** One cell of a Markdown table: no line breaks, no bars. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim()

/** A Markdown table. */
export const tableOf = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [`| ${heads.join(' | ')} |`, `|${' --- |'.repeat(heads.length)}`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n')

const made = 'Made from the tables of the program by `npm run docs`.'

type Row = Pick<Route<never>, 'method' | 'path' | 'summary' | 'role'>

const endpointRows = (routes: readonly Row[]): string[][] =>
  routes
    .filter((route) => !route.path.endsWith('*'))
    .map(({ method, path, summary, role }) => [`${method} \`${path.replace(/:(\w+)/g, '{$1}')}\``, summary, [role ?? []].flat().join(', ')])

/** Rows of foreign shapes with the base paths that are there by default. */
function otherShapes(): Row[] {
  const rows = hostAliasRoutes({ relativePath: '', aliasPaths: ['/auth', '/api'], oauth2Realm: 'realm' })
  return rows.filter((row) => !oidcRoutes.some(({ path }) => path === row.path))
}

/** docs/reference/endpoints.md */
export function endpointsPage(): string {
  const belowRealm = ({ method, path, summary, role }: Pick<AdminRoute, 'method' | 'path' | 'summary' | 'role'>): Row => ({
    method,
    path: `/admin/realms/:realm${path}`,
    summary,
    role: role === 'any' ? 'any admin role' : role === 'caller' ? 'none' : role,
  })
  const heads = ['Endpoint', 'What it is', 'Role']
  const withoutRoles = (rows: Parameters<typeof endpointRows>[0]): string =>
    tableOf(
      heads.slice(0, 2),
      endpointRows(rows).map((row) => row.slice(0, 2)),
    )
  return [
    '# Endpoints',
    '',
    `${made} Paths are below the base path; a caller of the Admin API needs one of the roles named (of \`realm-management\`, or of`,
    "master's `{realm}-realm`).",
    '',
    '## OpenID Connect and OAuth 2.0',
    '',
    withoutRoles(oidcRoutes),
    '',
    '## Other shapes',
    '',
    'From the root of the host, and from every base path but for those that begin with an alias of it. `/oauth2` answers for the realm of the',
    'option `oauth2-realm`, where that is given.',
    '',
    withoutRoles(otherShapes()),
    '',
    '## Registration of clients',
    '',
    'Who may: [Software registers its clients](../guides/client-registration.md).',
    '',
    withoutRoles(registrationForms),
    '',
    '## Admin REST API',
    '',
    tableOf(heads, endpointRows([...rootRoutes, ...adminTable.map(belowRealm)])),
    '',
    '## Control plane',
    '',
    tableOf(heads, endpointRows(externalSystemTable.map(belowRealm))),
    '',
    '## Account REST API',
    '',
    'Below `/realms/{realm}/account`, for the person of the token; roles are those of client `account`. The same paths are the Account Console for a browser.',
    '',
    tableOf(
      heads,
      endpointRows(accountRows.map(({ roles, ...row }) => ({ ...row, role: roles, path: `/realms/:realm/account${row.path}` }))),
    ),
    '',
    '## Consoles',
    '',
    withoutRoles(consoleRoutes.map(({ path, ...row }) => ({ ...row, path: path.replace(/\*$/, 'file') }))),
    '',
    '## Management port',
    '',
    withoutRoles([...healthRoutes, ...metricsRoutes]),
    '',
  ].join('\n')
}

/** docs/reference/protocol-mappers.md */
export function mappersPage(): string {
  const sections = protocolMappers.flatMap(({ id, label, help, targets, properties }) => [
    `## ${label}`,
    '',
    `\`${id}\`: ${cell(help)}`,
    '',
    `Writes to: ${targets.join(', ')}.`,
    '',
    ...(properties.length === 0
      ? []
      : [
          tableOf(
            ['Setting', 'Type', 'Default', 'Meaning'],
            properties.map((p) => [`\`${p.name}\``, p.type ?? '', String(p.defaultValue ?? ''), p.helpText ?? p.label ?? '']),
          ),
          '',
        ]),
  ])
  return ['# Protocol mappers', '', `${made} A mapper of another type is kept and exported, and does nothing.`, '', ...sections].join('\n')
}

/** docs/reference/key-providers.md */
export function keyProvidersPage(): string {
  const sections = keyProviders.flatMap(({ id, help, properties }) => [
    `## ${id}`,
    '',
    cell(help),
    '',
    tableOf(
      ['Setting', 'Type', 'Default', 'Meaning'],
      properties.map((p) => [`\`${p.name ?? ''}\``, p.type ?? '', String(p.defaultValue ?? ''), p.helpText ?? p.label ?? '']),
    ),
    '',
  ])
  return ['# Key providers', '', `${made}`, '', ...sections].join('\n')
}
