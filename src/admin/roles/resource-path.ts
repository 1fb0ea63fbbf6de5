import type { HttpRequest } from '../../http/values.ts'

/** A route's path with the parameters of a request, as audit events name it: `/roles/:role` → `roles/reader`. */
export const resourcePathOf = (path: string, { params }: Pick<HttpRequest, 'params'>): string =>
  path.slice(1).replace(/:(\w+)/g, (_word, name: string) => params[name] ?? '')
