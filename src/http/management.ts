import type { Route } from './routes.ts'
import { type HttpResponse, jsonResponse } from './values.ts'

export interface HealthCheck {
  readonly name: string
  /** Resolves to true when all is well; a rejection counts as false. */
  run(): Promise<boolean>
}

export interface ManagementServices {
  readonly checks: readonly HealthCheck[]
  /** The metrics as text (OpenMetrics) with its content type; undefined when they are switched off. */
  readonly metrics: (() => Promise<{ readonly type: string; readonly text: string }>) | undefined
}

const json = { 'content-type': 'application/json; charset=UTF-8', 'cache-control': 'no-store' }

/** The answer of a health path. */
export async function healthReport(checks: readonly HealthCheck[]): Promise<HttpResponse> {
  const results = await Promise.all(
    checks.map(async (check) => ({ name: check.name, status: (await check.run().catch(() => false)) ? 'UP' : 'DOWN' })),
  )
  const up = results.every((result) => result.status === 'UP')
  return jsonResponse(up ? 200 : 503, { status: up ? 'UP' : 'DOWN', checks: results }, json)
}

const route = (path: string, summary: string, handle: Route<ManagementServices>['handle']): Route<ManagementServices> => ({
  method: 'GET',
  path,
  family: 'admin',
  summary,
  handle,
})

/** The management port: for probes and collectors, not for the internet. Paths and shapes are the reference's. */
export const healthRoutes: readonly Route<ManagementServices>[] = [
  route('/health', 'All checks', (_request, { checks }) => healthReport(checks)),
  route('/health/ready', 'Can requests be answered', (_request, { checks }) => healthReport(checks)),
  route('/health/live', 'Is the process alive', () => healthReport([])),
  route('/health/started', 'Has the start been completed', () => healthReport([])),
]

export const metricsRoutes: readonly Route<ManagementServices>[] = [
  route('/metrics', 'Metrics in the OpenMetrics text format', async (_request, { metrics }) => {
    const { type, text } = (await metrics?.()) ?? { type: 'text/plain', text: '' }
    return { status: 200, headers: { 'content-type': type }, body: text }
  }),
]
