import { apiJson } from '../http/api-answers.ts'
import type { HttpResponse } from '../http/values.ts'

export { json, noContent, noContentUncached, silentJson } from '../http/api-answers.ts'
export { flagParameter, integerParameter, type Page, pageParameters } from '../http/page-parameters.ts'
export {
  isNothing,
  readField,
  readPatch,
  readRepresentation,
  readRepresentations,
  requireJson,
  wrongMediaType,
} from '../representations/request-body.ts'

/** 200 with a text that is JSON already. */
export const jsonText = (body: string): HttpResponse => ({ status: 200, headers: apiJson, body })

export const created = (location: string): HttpResponse => ({ status: 201, headers: { location } })

/** Rows of a list that clients read as a whole, since the reference has no other page for it: roles of a container, groups of a realm. */
export const wholeListMax = 100_000
