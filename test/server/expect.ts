import assert from 'node:assert/strict'
import type { Answer } from './call.ts'

/** An OAuth error: status and body exactly. */
export function expectError(answer: Answer, status: number, error: string, description?: string): void {
  const body = description === undefined ? { error } : { error, error_description: description }
  assert.deepEqual({ status: answer.status, body: answer.json }, { status, body })
  assert.equal(answer.headers['content-type'], 'application/json')
}

/** The headers that keep an answer out of caches (RFC 6749 section 5.1). */
export function expectNoStore({ headers }: Answer): void {
  assert.deepEqual([headers['cache-control'], headers['pragma']], ['no-store', 'no-cache'])
}

/** The reference's answer to a client that is not who it says, or that is nobody. */
export function expectClientRefused(answer: Answer, error: 'invalid_client' | 'unauthorized_client'): void {
  expectError(answer, 401, error, 'Invalid client or Invalid client credentials')
}

/** A token answer; returns it. */
export function expectToken(answer: Answer): Answer['json'] {
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/json')
  expectNoStore(answer)
  return answer.json
}
