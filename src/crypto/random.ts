import { randomBytes, randomUUID } from 'node:crypto'

/** The only source of randomness. Everything that needs it takes a Random, so that tests can repeat a run. */
export interface Random {
  bytes(length: number): Buffer
  /** RFC 9562 version 4, lower case. */
  uuid(): string
}

export const systemRandom: Random = { bytes: (length) => randomBytes(length), uuid: () => randomUUID() }

/** Bytes drawn at a time: a call of the system's generator costs as much for 24 of them as for 4,096. */
const drawnBytes = 4_096

/** Hands each drawn byte out once, in a copy, and keeps none that was handed out. */
export function drawnInAdvance(random: Random): Random {
  let drawn: Buffer = Buffer.alloc(0)
  let at = 0
  return {
    uuid: () => random.uuid(),
    bytes(length) {
      if (length > drawnBytes / 4) return random.bytes(length)
      if (at + length > drawn.length) {
        drawn = random.bytes(drawnBytes)
        at = 0
      }
      const bytes = Buffer.from(drawn.subarray(at, at + length))
      drawn.fill(0, at, at + length)
      at += length
      return bytes
    },
  }
}

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
