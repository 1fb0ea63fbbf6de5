import { isImplicitOrHybrid, type ResponseType } from '../response-type.ts'
import { formPost } from './form-post.ts'
import { formPostJwt } from './form-post-jwt.ts'
import { fragment } from './fragment.ts'
import { fragmentJwt } from './fragment-jwt.ts'
import { query } from './query.ts'
import { queryJwt } from './query-jwt.ts'
import type { ResponseMode } from './response-mode.ts'

export const responseModes = [query, fragment, formPost, queryJwt, fragmentJwt, formPostJwt] as const satisfies readonly ResponseMode[]

const byId: ReadonlyMap<string, ResponseMode> = new Map(responseModes.map((mode) => [mode.id, mode]))

/** The mode that a request names, or the usual one of its response type; `jwt` is the usual one, signed. Undefined for an unknown name. */
export function findResponseMode(named: string | undefined, type: ResponseType | undefined): ResponseMode | undefined {
  const byFragment = type !== undefined && isImplicitOrHybrid(type)
  if (named === undefined) return byFragment ? fragment : query
  if (named === 'jwt') return byFragment ? fragmentJwt : queryJwt
  return byId.get(named)
}
