import type { Histogram, Registry } from 'prom-client'

export interface Metrics {
  /** Counts one answered request. */
  request(route: string, method: string, status: number, seconds: number): void
  /** Counts one audit event; an error is `''` for a success. */
  event(event: string, realm: string, clientId: string, error: string): void
  /** Adds a counter; `labelNames` in the order in which its values are given. */
  counter(name: string, help: string, labelNames: readonly string[]): (...labels: readonly string[]) => void
  print(): Promise<{ type: string; text: string }>
}

/** Seconds; from what a prepared document takes to what a client gives up at. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Loads the metrics library and sets up a registry of this server's own. Names are the reference's where it has them. */
export async function openMetrics(): Promise<Metrics> {
  const { default: prom } = await import('prom-client')
  const registry: Registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry })
  const requests: Histogram = new prom.Histogram({
    name: 'http_server_requests_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'uri', 'status'],
    buckets,
    registers: [registry],
  })
  const events = new prom.Counter({
    name: 'keycloak_user_events_total',
    help: 'Audit events',
    labelNames: ['event', 'realm', 'client_id', 'error'],
    registers: [registry],
  })
  return {
    request: (route, method, status, seconds) => requests.observe({ method, uri: route, status: String(status) }, seconds),
    event: (event, realm, clientId, error) => events.inc({ event, realm, client_id: clientId, error }),
    counter(name, help, labelNames) {
      const counter = new prom.Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
      return (...labels) => counter.labels(...labels).inc()
    },
    print: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
