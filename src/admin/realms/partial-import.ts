import { AdminError } from '../../http/errors.ts'
import { limits } from '../../http/limits.ts'
import type { HttpResponse } from '../../http/values.ts'
import { clientRepresentation } from '../../representations/client.ts'
import { groupRepresentation } from '../../representations/group.ts'
import { identityProviderMapperRepresentation, identityProviderRepresentation } from '../../representations/identity-provider.ts'
import { maskRepresentation } from '../../representations/mask.ts'
import {
  type PartialImportRepresentation,
  partialImportRepresentation,
  partialImportResults,
} from '../../representations/partial-import.ts'
import { printRepresentation } from '../../representations/print.ts'
import { roleRepresentation } from '../../representations/role.ts'
import { type UserRepresentation, userRepresentation } from '../../representations/user.ts'
import { ImportError } from '../../transfer/errors.ts'
import { importPartially, type PartialOutcome, rolesHandedOut } from '../../transfer/partial-import.ts'
import { planPartialImport } from '../../transfer/partial-plan.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { readRepresentation } from '../bodies.ts'
import { requireReach } from '../roles/admin-rights.ts'

export const partialImportRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/partialImport',
    summary: 'Add users, clients, roles, groups, identity providers to a realm',
    role: ['manage-realm'],
    bodyBytesMax: limits.realmBodyBytesMax,
    handle: partialImport,
  },
]

const unreadable = new AdminError(500, { error: 'unknown_error', error_description: 'Cannot parse the JSON' })
const failed = new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })

/**
 * All of it or nothing. Nobody can hand out rights that he does not have by it: the reference lets whoever may manage the realm make
 * administrators of it.
 */
async function partialImport(context: AdminContext): Promise<HttpResponse> {
  const given = readRepresentation(context.request, partialImportRepresentation, unreadable)
  const outcomes = await run(context, given).catch((error: unknown) => {
    throw error instanceof ImportError ? toAdminError(error) : error
  })
  for (const outcome of outcomes) if (outcome.action !== 'SKIPPED') report(context, outcome)
  const count = (action: PartialOutcome['action']): number => outcomes.filter((outcome) => outcome.action === action).length
  const body = printRepresentation(partialImportResults, {
    overwritten: count('OVERWRITTEN'),
    added: count('ADDED'),
    skipped: count('SKIPPED'),
    results: outcomes.map(({ action, type, name, id }) => ({ action, resourceType: type, resourceName: name, id })),
  })
  return { status: 200, headers: { 'content-type': 'application/json;charset=UTF-8' }, body }
}

async function run(context: AdminContext, given: PartialImportRepresentation): Promise<PartialOutcome[]> {
  const { services, realm } = context
  const plan = await planPartialImport(services.database, realm, given)
  await requireReach(context, await rolesHandedOut(services, plan))
  return importPartially(services, realm, plan)
}

/** What does not fit together is an internal error of the reference, and only of composites it says which. */
function toAdminError({ status, message }: ImportError): AdminError {
  if (status !== 400) return new AdminError(status, { errorMessage: message })
  return message.startsWith('Unable to find composite') ? new AdminError(500, { errorMessage: message }) : failed
}

/** By resource type: where the reference says that it is, and what it is printed as. */
const kinds = {
  USER: ['users', (value) => printRepresentation(userRepresentation, withoutCredentials(value))],
  GROUP: ['groups', (value) => printRepresentation(groupRepresentation, value)],
  CLIENT: ['clients', (value) => printRepresentation(clientRepresentation, maskRepresentation(clientRepresentation, value, 'export'))],
  IDP: [
    'identity-provider-settings',
    (value) => printRepresentation(identityProviderRepresentation, maskRepresentation(identityProviderRepresentation, value, 'read')),
  ],
  IDP_MAPPER: ['mappers', (value) => printRepresentation(identityProviderMapperRepresentation, value)],
  REALM_ROLE: ['realms', (value) => printRepresentation(roleRepresentation, value)],
  CLIENT_ROLE: ['clients', (value) => printRepresentation(roleRepresentation, value)],
} as const satisfies Record<PartialOutcome['type'], readonly [path: string, print: (value: object) => string]>

function withoutCredentials(value: UserRepresentation): UserRepresentation {
  const { credentials: _, ...user } = value
  return user
}

function report(context: AdminContext, { action, type, id, representation }: PartialOutcome): void {
  const [path, print] = kinds[type]
  audit(context, {
    operation: action === 'ADDED' ? 'CREATE' : 'UPDATE',
    resourceType: 'REALM',
    resourcePath: `${path}/${id}`,
    representation: print(representation),
  })
}
