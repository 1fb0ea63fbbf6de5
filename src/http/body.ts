import type { IncomingMessage } from 'node:http'

const empty = Buffer.alloc(0)

/**
 * The whole body of a request; empty when there is none. `too large`: more than `bytesMax`; the rest is not read, and the connection is of no
 * further use. `gone`: the client went away in the middle.
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | 'too large' | 'gone'> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (encoding === undefined && (length === undefined || length === '0')) return empty
  if (Number(length) > bytesMax) return 'too large'
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > bytesMax) settle('too large')
    }
    const onEnd = (): void => settle(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes))
    const onClose = (): void => settle('gone')
    const settle = (result: Buffer | 'too large' | 'gone'): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      resolve(result)
    }
    // A broken connection also tells of an error, which is no news beside its close.
    request.on('data', onData).on('end', onEnd).on('close', onClose).once('error', onClose)
  })
}
