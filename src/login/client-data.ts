import type { AuthenticationSession } from '../sessions/authentication-session.ts'

/** What a login needs to go on should its session be lost: where the answer goes and how. The names are the reference's. */
export interface ClientData {
  readonly ru?: string | undefined
  readonly rt?: string | undefined
  readonly rm?: string | undefined
  readonly st?: string | undefined
}

/** The parameter `client_data` of the addresses below login-actions. */
export function clientData({ redirectUri, request }: Pick<AuthenticationSession, 'redirectUri' | 'request'>): string {
  const data: ClientData = { ru: redirectUri, rt: request['response_type'], rm: request['response_mode'], st: request['state'] }
  return Buffer.from(JSON.stringify(data)).toString('base64url')
}

/** Undefined when it is not there, or nothing that `clientData` could have made. Nobody signed it: what it says must be checked. */
export function readClientData(text: string | undefined): ClientData | undefined {
  if (text === undefined) return undefined
  try {
    const data: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (typeof data !== 'object' || data === null) return undefined
    const { ru, rt, rm, st } = data as Record<string, unknown>
    return { ru: stringOf(ru), rt: stringOf(rt), rm: stringOf(rm), st: stringOf(st) }
  } catch {
    return undefined
  }
}

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
