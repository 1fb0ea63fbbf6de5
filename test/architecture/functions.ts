import { closingBracket, lineAt } from './scan.ts'
import type { TreeFile } from './tree.ts'

/** A function with a body in braces. Offsets into the file's text. */
interface Span {
  readonly start: number
  readonly end: number
}

export interface MeasuredFunction {
  /** 1-based line of its head. */
  readonly line: number
  /** Lines from head to closing brace, without the bodies of functions inside it. */
  readonly lines: number
}

/** After these a brace opens a type, not a body. */
const beforeTypeBrace = /(?:[:|&<,([]|=>|\bextends|\bis)$/
const keywords = ['if', 'for', 'while', 'switch', 'catch', 'function', 'return', 'await', 'with']

/** Offset of the brace that opens the body, given the offset after the parameter list; undefined where there is no body. */
function bodyStart(code: string, afterParameters: number): number | undefined {
  const first = code.slice(afterParameters).trimStart().charAt(0)
  if (first !== '{' && first !== ':') return undefined
  let at = afterParameters
  while (at < code.length) {
    const character = code.charAt(at)
    if (character === ';' || character === '}' || character === ')') return undefined
    if (character === '{' && !beforeTypeBrace.test(code.slice(Math.max(0, at - 80), at).trimEnd())) return at
    at = character === '{' || character === '(' || character === '[' ? closingBracket(code, at) + 1 : at + 1
  }
  return undefined
}

function withParameters(code: string, heads: Iterable<RegExpExecArray>): Span[] {
  const spans: Span[] = []
  for (const head of heads) {
    const open = code.indexOf('(', head.index + head[0].length - 1)
    if (open < 0) continue
    const body = bodyStart(code, closingBracket(code, open) + 1)
    if (body !== undefined) spans.push({ start: head.index + head[0].search(/\S/), end: closingBracket(code, body) })
  }
  return spans
}

function spansOf(code: string): Span[] {
  const declared = withParameters(code, code.matchAll(/\bfunction\b\s*\*?\s*[\w$]*\s*(?:<[^(]*>)?\(/g))
  const methodHeads = [...code.matchAll(/^[ \t]+(?:(?:async|static|get|set|override)\s+)*\*?#?([\w$]+)(?:<[^(]*>)?\(/gm)]
  const methods = withParameters(
    code,
    methodHeads.filter((head) => !keywords.includes(head[1] ?? '')),
  )
  const arrows = [...code.matchAll(/=>\s*\{/g)].map((arrow) => ({
    start: arrow.index,
    end: closingBracket(code, arrow.index + arrow[0].length - 1),
  }))
  return [...declared, ...methods, ...arrows].sort((a, b) => a.start - b.start)
}

/**
 * All functions of a file with their own length. A function that only holds others, as a factory of an object does, is as long as what
 * it adds to them.
 */
export function measureFunctions(file: TreeFile): MeasuredFunction[] {
  const spans = spansOf(file.scan.code)
  return spans.map((span) => {
    const inside = spans.filter((other) => other !== span && other.start > span.start && other.end < span.end)
    const direct = inside.filter((one) => !inside.some((other) => other !== one && other.start < one.start && other.end > one.end))
    const lines = (one: Span): number => lineAt(file.text, one.end) - lineAt(file.text, one.start)
    const nested = direct.reduce((sum, one) => sum + Math.max(0, lines(one) - 1), 0)
    return { line: lineAt(file.text, span.start), lines: lines(span) + 1 - nested }
  })
}
