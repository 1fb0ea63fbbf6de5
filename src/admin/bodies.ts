import { type HttpResponse, jsonResponse } from '../http/values.ts'
import { adminJson } from './admin-route.ts'

export { flagParameter, integerParameter, type Page, pageParameters } from '../http/page-parameters.ts'
export { readField, readPatch, readRepresentation, readRepresentations } from '../representations/request-body.ts'

/** 200 with a text that is JSON already. */
export const jsonText = (body: string): HttpResponse => ({ status: 200, headers: adminJson, body })

export const json = (value: unknown): HttpResponse => jsonResponse(200, value, adminJson)

/** As `json`, silent about caches as some resources of the reference are. */
export const silentJson = (value: unknown): HttpResponse => jsonResponse(200, value, { 'content-type': String(adminJson['content-type']) })

export const created = (location: string): HttpResponse => ({ status: 201, headers: { location } })

export const noContent = (): HttpResponse => ({ status: 204 })

/** 204 of those paths where the reference forbids to keep the answer. */
export const noContentUncached = (): HttpResponse => ({ status: 204, headers: { 'cache-control': 'no-cache' } })

/** Rows of a list that clients read as a whole, since the reference has no other page for it: roles of a container, groups of a realm. */
export const wholeListMax = 100_000
