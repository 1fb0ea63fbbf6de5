/**
 * Browsers keep `crypto.subtle` and `crypto.randomUUID` from pages that came over plain HTTP from another machine. The login needs SHA-256
 * of a public value (PKCE, RFC 7636) and random ids, so both are made here: FIPS 180-4 and RFC 9562.
 */
const fractions = (root, count) => {
  const primes = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes.map((prime) => (prime ** (1 / root) % 1) * 2 ** 32)
}

const rotated = (word, by) => (word >>> by) | (word << (32 - by))

function padded(bytes) {
  const blocks = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64)
  blocks.set(bytes)
  blocks[bytes.length] = 0x80
  const view = new DataView(blocks.buffer)
  view.setUint32(blocks.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(blocks.length - 4, bytes.length << 3)
  return view
}

function schedule(view, start) {
  const words = new Uint32Array(64)
  for (let at = 0; at < 16; at++) words[at] = view.getUint32(start + at * 4)
  for (let at = 16; at < 64; at++) {
    const [early, late] = [words[at - 15], words[at - 2]]
    const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
    const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
    words[at] = words[at - 16] + first + words[at - 7] + second
  }
  return words
}

/** @param {Uint8Array} bytes */
export function sha256(bytes) {
  const state = new Uint32Array(fractions(2, 8))
  const constants = new Uint32Array(fractions(3, 64))
  const view = padded(bytes)
  for (let start = 0; start < view.byteLength; start += 64) {
    const words = schedule(view, start)
    let [a, b, c, d, e, f, g, h] = state
    for (let at = 0; at < 64; at++) {
      const sum = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      const one = (h + sum + ((e & f) ^ (~e & g)) + constants[at] + words[at]) | 0
      const two = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at] += value
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (const [at, word] of state.entries()) digest.setUint32(at * 4, word)
  return digest.buffer
}

function randomUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const digest = async (algorithm, data) => {
  if ((algorithm.name ?? algorithm) !== 'SHA-256') throw new Error(`${algorithm.name ?? algorithm} needs HTTPS`)
  return sha256(ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data))
}

export function supplyCrypto() {
  if (globalThis.crypto === undefined || crypto.subtle !== undefined) return
  Object.defineProperty(crypto, 'subtle', { value: { digest } })
  Object.defineProperty(crypto, 'randomUUID', { value: randomUuid })
}
