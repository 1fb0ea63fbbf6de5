import { parameterOf, type RouteSettings } from './route-settings.ts'

/** What the routes have for a request. */
export type FoundRoute =
  | { readonly kind: 'found'; readonly route: RouteSettings; readonly parameter: string | undefined }
  | { readonly kind: 'other-method'; readonly methods: readonly string[] }
  | { readonly kind: 'unknown' }

export interface Routes {
  /** `path` is percent-encoded as it came, without its query. A slash at its end counts. */
  find(method: string, path: string): FoundRoute
}

interface Pattern {
  readonly route: RouteSettings
  /** True for a path that ends in `*`. */
  readonly isOpen: boolean
  readonly hasParameter: boolean
  /** What stands before and after the parameter; without one all of the path but its `*` is before. */
  readonly before: string
  readonly after: string
}

const unknown: FoundRoute = { kind: 'unknown' }

/** Words win over a parameter, a parameter over `*`, the longer beginning over the shorter. */
export function createRoutes(settings: readonly RouteSettings[]): Routes {
  const fixed = new Map<string, RouteSettings[]>()
  const patterns: Pattern[] = []
  for (const route of settings) {
    const { path } = route
    const parameter = parameterOf(path)
    if (path.endsWith('/*') || parameter !== undefined) patterns.push(patternOf(route))
    else fixed.set(path, [...(fixed.get(path) ?? []), route])
  }
  patterns.sort((a, b) => rank(a) - rank(b) || b.before.length - a.before.length)
  return {
    find(method, path) {
      const words = fixed.get(path)
      const row = words?.find(({ methods }) => methods.includes(method))
      if (row !== undefined) return { kind: 'found', route: row, parameter: undefined }
      const others = words?.flatMap(({ methods }) => methods) ?? []
      for (const pattern of patterns) {
        const parameter = match(pattern, path)
        if (parameter === undefined) continue
        const { route } = pattern
        // What one row refuses by its method is not let in by a wider one.
        if (others.length > 0 && rank(pattern) > 0) break
        if (route.methods.includes(method)) return { kind: 'found', route, parameter }
        others.push(...route.methods)
      }
      return others.length > 0 ? { kind: 'other-method', methods: [...new Set(others)] } : unknown
    },
  }
}

const rank = ({ isOpen }: Pattern): number => (isOpen ? 1 : 0)

function patternOf(route: RouteSettings): Pattern {
  const { path } = route
  const isOpen = path.endsWith('/*')
  const [before = '', after = ''] = (isOpen ? path.slice(0, -1) : path).split(/\{[^{}/]*\}/)
  return { route, isOpen, hasParameter: parameterOf(path) !== undefined, before, after }
}

/** The decoded parameter, an empty text for a path without one; undefined when the path does not fit. */
function match({ isOpen, hasParameter, before, after }: Pattern, path: string): string | undefined {
  if (!path.startsWith(before)) return undefined
  if (!hasParameter) return path.length > before.length ? '' : undefined
  const slash = path.indexOf('/', before.length)
  const end = slash < 0 ? path.length : slash
  if (end === before.length) return undefined
  const left = path.slice(end)
  const fits = isOpen ? left.startsWith(after) && left.length > after.length : left === after
  return fits ? decodeURIComponent(path.slice(before.length, end)) : undefined
}
