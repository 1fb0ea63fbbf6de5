import type { WrittenSettings } from '../config/yaml-file.ts'
import { readTarget } from '../http/request-form.ts'
import { createLogger } from '../log.ts'
import { clientOf } from './claims.ts'
import { type GatewayParts, openDecider } from './gateway.ts'
import type { Judgement, Question } from './judge.ts'
import { readGatewaySettings } from './read-settings.ts'

/** A request as an operator describes it. */
export interface ExplainedRequest {
  readonly method: string
  /** May have a query, which counts for nothing. */
  readonly path: string
  /** With or without the word Bearer before it. */
  readonly token: string | undefined
}

export interface Explanation {
  /** One line a check, in their order, then what the sender gets. */
  readonly lines: readonly string[]
  readonly passes: boolean
}

const nameColumns = 14

const line = (outcome: 'passed' | 'failed', name: string, detail: string): string => `${outcome}  ${name.padEnd(nameColumns)}${detail}`

/**
 * Says what a gateway with these settings does to a request and why: the same checks as in the gateway, by the same code; keys are fetched
 * and the issuer is asked. Throws ConfigError for a mistake in the settings.
 */
export async function explainRequest(written: WrittenSettings, request: ExplainedRequest, parts: GatewayParts = {}): Promise<Explanation> {
  const settings = readGatewaySettings(written)
  const target = readTarget(request.path, undefined)
  if ('fault' in target) return { lines: [line('failed', 'request form', target.fault), '', 'Answer: 400'], passes: false }
  const lines = [line('passed', 'request form', request.path)]
  const token = request.token?.trim().replace(/^bearer +/i, '')
  const question: Question = {
    method: request.method,
    path: target.path,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
  }
  const log = parts.log ?? createLogger({ level: 'off', output: 'default' })
  const decider = openDecider(settings, { ...parts, log })
  try {
    const judgement = await decider.judge(question, (check, detail) => lines.push(line('passed', check, detail)))
    return { lines: [...lines, ...outcome(judgement)], passes: judgement.kind === 'pass' }
  } finally {
    decider.close()
  }
}

function outcome(judgement: Judgement): string[] {
  if (judgement.kind === 'pass') {
    const { route, good } = judgement
    return ['', `Forwarded to ${route.origin.origin} for client ${clientOf(good.claims) ?? '(unknown)'}`]
  }
  const { check, reason, status, description } = judgement.refusal
  const body = status === 403 ? ', empty body' : `: ${description}`
  return [line('failed', check, reason), '', `Answer: ${status}${body}`]
}
