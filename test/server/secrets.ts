import type { Answer, CallOptions } from './call.ts'

/** Shorter values are words that may stand in a log line for another reason. */
const lengthMin = 8

const names: ReadonlySet<string> = new Set([
  'client_secret',
  'secret',
  'password',
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'totp',
  'otp',
  'value',
])

/** Everything secret that went over the wire in a test file, to be looked for in the log. */
export interface Secrets {
  sent(options: CallOptions): void
  received(answer: Answer): void
  /** The lines that hold one of the secrets. */
  leaks(lines: readonly string[]): string[]
}

export function collectSecrets(): Secrets {
  const known = new Set<string>()
  const add = (value: unknown): void => {
    if (typeof value !== 'string' || value.length < lengthMin) return
    known.add(value)
    known.add(encodeURIComponent(value))
    // A log line with the signature of a token is as bad as one with the whole of it.
    const signature = /^eyJ[\w-]+\.[\w-]+\.([\w-]{20,})$/.exec(value)?.[1]
    if (signature !== undefined) known.add(signature)
  }
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) {
      if (names.has(name)) add(member)
      search(member)
    }
  }
  return {
    sent({ form, json, basic, rawBasic, bearer, headers }) {
      search(Array.isArray(form) ? form.map(([name, value]) => ({ [name]: value })) : form)
      search(json)
      for (const value of [basic?.[1], rawBasic?.[1], bearer, headers?.['authorization']?.split(' ')[1]]) add(value)
    },
    received: ({ json }) => search(json),
    leaks: (lines) => lines.filter((line) => [...known].some((secret) => line.includes(secret))),
  }
}
