import type { Claims } from './claims.ts'
import type { Refusal, Trace } from './refusal.ts'
import { badToken } from './refusal.ts'
import type { RouteSettings } from './route-settings.ts'
import type { Routes } from './routes.ts'
import { ruleFault } from './rules.ts'
import type { GoodToken, Verdict, Verifier } from './verify-token.ts'

/** What is asked: a request of unambiguous form. */
export interface Question {
  readonly method: string
  /** Percent-encoded, without its query. */
  readonly path: string
  /** The Authorization header. */
  readonly authorization: string | undefined
}

/** What a gateway thinks of a request. */
export type Judgement =
  | { readonly kind: 'pass'; readonly route: RouteSettings; readonly token: string; readonly good: GoodToken }
  | {
      readonly kind: 'refuse'
      readonly refusal: Refusal
      readonly route: RouteSettings | undefined
      /** Of a token that is good but opens less. */
      readonly claims: Claims | undefined
    }

/** Answers at once for a token that is known, since most are. */
export type Judge = (question: Question, trace?: Trace) => Judgement | Promise<Judgement>

/** The checks of a request in their order: route, method, token, rules. The log, the answer and explain say what came of them. */
export function createJudge({ routes, verifier }: { routes: Routes; verifier: Verifier }): Judge {
  return ({ method, path, authorization }, trace) => {
    const found = routes.find(method, path)
    if (found.kind === 'unknown')
      return refuse({ check: 'route', status: 404, description: 'There is no such path', reason: `no route for ${path}` })
    if (found.kind === 'other-method') {
      const { methods } = found
      const reason = `the path answers to ${methods.join(', ')}`
      return refuse({ check: 'method', status: 405, description: 'The path has no such method', reason, methods })
    }
    const { route, parameter } = found
    trace?.('route', route.path)
    trace?.('method', method)
    const token = bearerOf(authorization)
    if (typeof token !== 'string') return refuse(token, route)
    trace?.('bearer', 'the Authorization header has a token')
    const decide = (verdict: Verdict): Judgement => {
      if ('refusal' in verdict) return refuse(verdict.refusal, route)
      const fault = ruleFault(route, parameter, verdict.claims, trace)
      return fault === undefined ? { kind: 'pass', route, token, good: verdict } : refuse(fault, route, verdict.claims)
    }
    const verdict = verifier.verify(token, trace)
    return verdict instanceof Promise ? verdict.then(decide) : decide(verdict)
  }
}

const refuse = (refusal: Refusal, route?: RouteSettings, claims?: Claims): Judgement => ({ kind: 'refuse', refusal, route, claims })

/** RFC 6750 section 2.1; tokens in a form or a query are not read. */
function bearerOf(authorization: string | undefined): string | Refusal {
  if (authorization === undefined) return badToken('bearer', 'The request has no bearer token')
  // The usual spelling; what is no token by its letters is none for whoever takes it apart.
  if (authorization.startsWith('Bearer ey')) return authorization.slice('Bearer '.length)
  const [, scheme = '', token = ''] = /^([^ ]*) *(.*)$/.exec(authorization) ?? []
  if (/^dpop$/i.test(scheme)) return badToken('bearer', 'DPoP-bound tokens are not supported')
  if (!/^bearer$/i.test(scheme)) return badToken('bearer', 'The request has no bearer token', 'the Authorization header has another scheme')
  return /^[\w.~+/-]+=*$/.test(token) ? token : badToken('form', 'The token is malformed')
}
