import { randomBytes, randomUUID } from 'node:crypto'

/** The only source of randomness. Everything that needs it takes a Random, so that tests can repeat a run. */
export interface Random {
  bytes(length: number): Buffer
  /** RFC 9562 version 4, lower case. */
  uuid(): string
}

export const systemRandom: Random = { bytes: (length) => randomBytes(length), uuid: () => randomUUID() }

const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** The largest multiple of 62 in a byte: bytes above it are dropped, so that every character is equally likely. */
const unbiasedBytes = 248

/** `length` characters of [A-Za-z0-9], 5.95 bits each: client secrets as the reference server makes them. */
export function randomAlphanumeric(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < unbiasedBytes && text.length < length) text += alphanumerics.charAt(byte % alphanumerics.length)
    }
  }
  return text
}

/** 144 random bits as 24 characters of base64url: session ids as the reference server makes them. */
export const randomSessionId = (random: Random): string => random.bytes(18).toString('base64url')
