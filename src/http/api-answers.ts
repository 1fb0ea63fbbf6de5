import { type HttpResponse, jsonResponse } from './values.ts'

/** Answers of the REST APIs say their charset. */
const utf8 = { 'content-type': 'application/json;charset=UTF-8' } as const
const noCache = { 'cache-control': 'no-cache' } as const

/** Headers of JSON that the reference forbids to keep. */
export const apiJson: Readonly<Record<string, string>> = { ...utf8, ...noCache }

export const json = (value: unknown): HttpResponse => jsonResponse(200, value, { ...apiJson })

/** As `json`, silent about caches as some resources of the reference are. */
export const silentJson = (value: unknown): HttpResponse => jsonResponse(200, value, utf8)

export const noContent = (): HttpResponse => ({ status: 204 })

/** 204 of those paths where the reference forbids to keep the answer. */
export const noContentUncached = (): HttpResponse => ({ status: 204, headers: noCache })
