import { differences } from '../src/admin/differences.ts'
import { answers, type Operation, operations } from '../src/admin/not-built.ts'
import { builtRoutes } from '../src/admin/routes.ts'
import { tableOf } from './reference-pages.ts'

type State = 'works' | 'differs' | 'missing'

const stateOf = (operation: Operation): State => {
  if (!builtRoutes.some((row) => answers(row, operation))) return 'missing'
  const name = `${operation.method} ${operation.path}`
  return differences.some(({ where }) => where === name) ? 'differs' : 'works'
}

const words: Readonly<Record<State, string>> = { works: 'works', differs: 'differs on purpose', missing: '**missing**' }

const spelled = (path: string): string => path.replace(/:([\w-]+)/g, '{$1}')

/** The first word below the realm: what a list of operations is grouped by. */
const groupOf = ({ path }: Operation): string =>
  path.startsWith('/admin/realms/:realm/') ? (path.split('/')[4] ?? '') : 'realms and server'

const count = (list: readonly Operation[], state: State): string => String(list.filter((operation) => stateOf(operation) === state).length)

const priorities = ['P1', 'P2', 'P3'] as const

const meaning = {
  P1: 'main pages of the official console, common clients',
  P2: 'identity providers, flows, organizations, authorization, policies',
  P3: 'the rest',
} as const

/** docs/compatibility.md */
export function compatibilityPage(): string {
  const rows = priorities.map((priority) => {
    const list = operations.filter((operation) => operation.priority === priority)
    return [`${priority}: ${meaning[priority]}`, String(list.length), count(list, 'works'), count(list, 'differs'), count(list, 'missing')]
  })
  const total = ['All', String(operations.length), ...(['works', 'differs', 'missing'] as const).map((state) => count(operations, state))]
  const groups = Map.groupBy(operations, groupOf)
  const sections = [...groups.keys()].sort().flatMap((group) => [
    `### ${group}`,
    '',
    tableOf(
      ['Operation', 'Priority', 'State'],
      (groups.get(group) ?? []).map((operation) => [
        `${operation.method} \`${spelled(operation.path)}\``,
        operation.priority,
        words[stateOf(operation)],
      ]),
    ),
    '',
  ])
  return [
    '# Compatibility of the Admin API',
    '',
    'Made from the route table and the list of all operations of the reference, Keycloak 26.7.0, by `npm run docs`. What works answers with the',
    'same statuses, bodies, headers and audit events. What is missing answers 501 and names the operation, to those who are logged in.',
    '',
    '## In figures',
    '',
    tableOf(['Operations', 'All', 'Works', 'Differs on purpose', 'Missing'], [...rows, total]),
    '',
    '## Differences on purpose',
    '',
    tableOf(
      ['Where', 'What'],
      differences.map(({ where, what }) => [/^[A-Z]+ \//.test(where) ? `\`${spelled(where)}\`` : where, what]),
    ),
    '',
    '## Every operation',
    '',
    ...sections,
  ].join('\n')
}
