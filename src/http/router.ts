import type { MountedRoute } from './routes.ts'

/** A route that answers a request, with the parameters of its path, percent-decoded; `*` is the rest of the path, without a slash before it. */
export interface Found {
  readonly route: MountedRoute
  readonly params: Readonly<Record<string, string>>
}

/** What a table of routes has for a request. `rows` of the other kinds: what the path answers to other methods. */
export type Lookup =
  | ({ readonly kind: 'found' } & Found)
  | { readonly kind: 'other-method'; readonly rows: readonly MountedRoute[] }
  | { readonly kind: 'unknown' }
  /** A segment is not percent-encoded UTF-8 (RFC 3986 section 2.1). */
  | { readonly kind: 'malformed' }

export interface Router {
  /** `path` is percent-encoded and without query; a slash at the end counts for nothing. */
  find(method: string, path: string): Lookup
}

/** One segment of the tree of paths. */
interface Node {
  readonly fixed: Map<string, Node>
  parameter: Node | undefined
  /** Rows of paths that end here, by method. */
  readonly rows: Map<string, Row>
  /** Rows of paths that go on with `*`, by method. */
  readonly rest: Map<string, Row>
}

interface Row {
  readonly route: MountedRoute
  /** Names of the parameters, in the order of the path. */
  readonly names: readonly string[]
}

/** Characters of a parameter; no name or id is longer. */
const parameterLengthMax = 1_000

const newNode = (): Node => ({ fixed: new Map(), parameter: undefined, rows: new Map(), rest: new Map() })

/**
 * Finds routes by method and path. Words win over parameters, parameters over `*`; a path whose words have no row for the method falls back to
 * one with parameters. The framework's own router would hold several objects and a scope for each of hundreds of rows.
 */
export function createRouter(routes: readonly MountedRoute[]): Router {
  const root = newNode()
  for (const route of routes) add(root, route)
  return { find: (method, path) => find(root, method, path) }
}

function add(root: Node, route: MountedRoute): void {
  const names: string[] = []
  let node = root
  for (const segment of segmentsOf(route.path)) {
    if (segment === '*') {
      setRow(node.rest, route, names)
      return
    }
    if (segment.startsWith(':')) {
      names.push(segment.slice(1))
      node.parameter ??= newNode()
      node = node.parameter
    } else {
      const next = node.fixed.get(segment) ?? newNode()
      node.fixed.set(segment, next)
      node = next
    }
  }
  setRow(node.rows, route, names)
}

function setRow(rows: Map<string, Row>, route: MountedRoute, names: readonly string[]): void {
  if (rows.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`)
  rows.set(route.method, { route, names })
}

/** `/a/b/` → `a`, `b`; `/` → nothing. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/')
  segments.shift()
  if (segments.at(-1) === '') segments.pop()
  return segments
}

function find(root: Node, method: string, path: string): Lookup {
  const segments = segmentsOf(path)
  for (const [at, segment] of segments.entries()) {
    if (!segment.includes('%')) continue
    const decoded = decode(segment)
    if (decoded === undefined) return { kind: 'malformed' }
    segments[at] = decoded
  }
  const search: Search = { method, segments, values: [], others: [], restOthers: [], rest: undefined }
  const row = walk(search, root, 0)
  if (row) return { kind: 'found', ...row }
  if (search.others.length > 0) return { kind: 'other-method', rows: search.others }
  if (search.rest) return { kind: 'found', ...search.rest }
  return search.restOthers.length > 0 ? { kind: 'other-method', rows: search.restOthers } : { kind: 'unknown' }
}

interface Search {
  readonly method: string
  readonly segments: readonly string[]
  readonly values: string[]
  /** Rows for other methods, of whole paths and of `*`. */
  readonly others: MountedRoute[]
  readonly restOthers: MountedRoute[]
  /** The deepest `*` seen. */
  rest: Found | undefined
}

/** The rows at and below a node; what `*` has is kept for the end. */
function walk(search: Search, node: Node, at: number): Found | undefined {
  const { segments, values } = search
  const segment = segments[at]
  if (segment === undefined) return take(node.rows, search, search.others)
  const fixed = node.fixed.get(segment)
  const below = fixed && walk(search, fixed, at + 1)
  if (below) return below
  if (node.parameter && segment !== '' && segment.length <= parameterLengthMax) {
    values.push(segment)
    const inside = walk(search, node.parameter, at + 1)
    if (inside) return inside
    values.pop()
  }
  if (node.rest.size > 0 && search.rest === undefined)
    search.rest = take(node.rest, search, search.restOthers, segments.slice(at).join('/'))
  return undefined
}

/** @param rest what stands for the `*` of a row that has one */
function take(rows: ReadonlyMap<string, Row>, { method, values }: Search, others: MountedRoute[], rest?: string): Found | undefined {
  const row = rows.get(method) ?? (method === 'HEAD' ? rows.get('GET') : undefined)
  if (row === undefined) {
    for (const other of rows.values()) others.push(other.route)
    return undefined
  }
  const params = Object.fromEntries(row.names.map((name, index) => [name, values[index] ?? '']))
  return { route: row.route, params: rest === undefined ? params : { ...params, '*': rest } }
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
