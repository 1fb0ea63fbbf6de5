/** An SMTP server (RFC 5321) that keeps what it is sent, for tests. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** By lower-case name, folded lines joined. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
}

export interface SmtpSinkOptions {
  /** Wants AUTH PLAIN with these. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Answers everything after the greeting of the client with this, for example `554 go away`. */
  readonly refuse?: string
}

export interface SmtpSink {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** The next mail that has not been asked for yet; rejects after five seconds. */
  next(): Promise<ReceivedMail>
  close(): Promise<void>
}

export async function openSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const received: ReceivedMail[] = []
  const waiting: ((mail: ReceivedMail) => void)[] = []
  const sockets = new Set<Socket>()
  let handedOut = 0
  const keep = (mail: ReceivedMail): void => {
    received.push(mail)
    const waiter = waiting.shift()
    if (waiter) {
      handedOut += 1
      waiter(mail)
    }
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    converse(socket, options, keep)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    received,
    next() {
      const ready = received[handedOut]
      if (ready) {
        handedOut += 1
        return Promise.resolve(ready)
      }
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no mail came within five seconds')), 5_000)
        waiting.push((mail) => {
          clearTimeout(timer)
          resolve(mail)
        })
      })
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function converse(socket: Socket, { login, refuse }: SmtpSinkOptions, keep: (mail: ReceivedMail) => void): void {
  let buffer = ''
  let inData = false
  let loggedIn = login === undefined
  let from = ''
  let to: string[] = []
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  const command = (line: string): void => {
    const word = line.slice(0, 4).toUpperCase()
    if (word === 'EHLO') say(`250-sink\r\n250-8BITMIME\r\n250 ${login ? 'AUTH PLAIN' : 'SMTPUTF8'}`)
    else if (refuse !== undefined) say(refuse)
    else if (word === 'AUTH' && login) {
      loggedIn = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString('utf8') === `\0${login.user}\0${login.password}`
      say(loggedIn ? '235 ok' : '535 no')
    } else if (!loggedIn) say('530 log in first')
    else if (word === 'MAIL') {
      from = addressOf(line)
      to = []
      say('250 ok')
    } else if (word === 'RCPT') {
      to.push(addressOf(line))
      say('250 ok')
    } else if (word === 'DATA') {
      inData = true
      say('354 go')
    } else if (word === 'QUIT') socket.end('221 bye\r\n')
    else say('250 ok')
  }
  say('220 sink')
  socket.on('data', (chunk: Buffer) => {
    buffer += chunk.toString('latin1')
    for (;;) {
      const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const part = buffer.slice(0, end)
      buffer = buffer.slice(end + (inData ? 5 : 2))
      if (inData) {
        inData = false
        keep(parseMail(from, to, part.replaceAll('\r\n..', '\r\n.')))
        say('250 ok')
      } else command(part)
    }
  })
}

const addressOf = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

function parseMail(from: string, to: readonly string[], raw: string): ReceivedMail {
  const { headers, body } = split(raw)
  const boundary = /boundary="?([^";]+)/.exec(headers.get('content-type') ?? '')?.[1]
  const parts = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1)
  const content = (type: string): string => {
    for (const part of parts) {
      const inner = split(part.replace(/^\r\n/, ''))
      if (inner.headers.get('content-type')?.startsWith(type)) return decoded(inner)
    }
    return ''
  }
  return { from, to, headers, text: content('text/plain'), html: content('text/html') }
}

interface Entity {
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

function split(text: string): Entity {
  const end = text.indexOf('\r\n\r\n')
  const lines = (end < 0 ? text : text.slice(0, end)).replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { headers: new Map(headers), body: end < 0 ? '' : text.slice(end + 4) }
}

function decoded({ headers, body }: Entity): string {
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8').trimEnd()
  const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8').trimEnd()
}
