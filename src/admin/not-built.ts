import { AdminError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import { adminContext, adminPreflight } from './admin-route.ts'
import { authenticateCaller } from './caller.ts'
import operationsByPriority from './operations.json' with { type: 'json' }
import type { AdminServices } from './services.ts'

export type Priority = keyof typeof operationsByPriority

/** One operation of the reference's Admin API. */
export interface Operation {
  readonly priority: Priority
  readonly method: HttpMethod
  /** From the root, parameters as `:name`: `/admin/realms/:realm/users`. */
  readonly path: string
}

const priorities = Object.keys(operationsByPriority) as Priority[]

/**
 * Every operation of the reference, by priority: P1 what the console's main pages and common clients need, P3 the rest. Two that only its client
 * library knows are left out: `evaluate-scopes/scope-mappings/{container}/{type}` is `granted` and `not-granted`, which are here, and the server
 * has no POST `authentication/flows/{flow}/executions`.
 */
export const operations: readonly Operation[] = priorities.flatMap((priority) =>
  operationsByPriority[priority].map((text): Operation => {
    const [method, path = ''] = text.split(' ')
    return { priority, method: method as HttpMethod, path }
  }),
)

type Row = Pick<Route<never>, 'method' | 'path'>

/**
 * True when a row answers an operation: same method, and each segment the same word or a parameter of the row; a last `*` stands for the
 * parameter that is a path.
 */
export function answers(row: Row, operation: Pick<Operation, 'method' | 'path'>): boolean {
  if (row.method !== operation.method) return false
  const own = row.path.split('/')
  const wanted = operation.path.split('/')
  const fits = (segment: string, at: number): boolean =>
    segment.startsWith(':') || segment === wanted[at] || (segment === '*' && wanted[at] === ':path')
  return own.length === wanted.length && own.every(fits)
}

/** Rows for the operations that no row answers: who calls one is told so, instead of that there is no such thing. */
export function notBuiltRoutes(built: readonly Row[]): Route<AdminServices>[] {
  return operations
    .filter((operation) => !built.some((row) => answers(row, operation)))
    .map(({ method, path }) => ({
      method,
      path,
      family: 'admin',
      summary: 'Not built',
      preflight: adminPreflight,
      async handle(request, services) {
        if (request.params['realm'] === undefined) await authenticateCaller(request, services)
        else await adminContext(request, services)
        throw new AdminError(501, { error: `Not built: ${method} ${path.replaceAll(/:([\w-]+)/g, '{$1}')}` })
      },
    }))
}
