import pino from 'pino'

export type LogFields = Readonly<Record<string, unknown>>

/** Fields named like secrets are masked at any depth; an Error among the fields is written as type, message, code and stack. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  fatal(message: string, fields?: LogFields): void
  /** A logger of another category: `storage.sqlite`. */
  child(category: string): Logger
}

export type LogLevel = 'off' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

export type LogOutput = 'default' | 'json'

export interface LogOptions {
  readonly level: LogLevel
  /** Levels of single categories; a category has the level of its longest dotted prefix in here, else `level`. */
  readonly categories?: Readonly<Record<string, LogLevel>>
  /** `json`: one object a line with the reference server's members timestamp, level, loggerName, message. `default`: a line for people. */
  readonly output: LogOutput
  /** Takes whole lines, the newline included. Standard output unless given, written before the call returns. */
  readonly write?: (line: string) => void
}

const rootCategory = 'ostiary'

export function createLogger({ level, categories = {}, output, write = writeStandardOutput() }: LogOptions): Logger {
  const destination = { write: output === 'json' ? write : (line: string) => write(humanLine(line)) }
  const root = pino(
    {
      level: pinoLevel(level),
      messageKey: 'message',
      base: null,
      // Pino names the member "time"; log shippers that read the reference server's lines look for "timestamp".
      timestamp: () => pino.stdTimeFunctions.isoTime().replace('"time"', '"timestamp"'),
      formatters: { level: (label) => ({ level: label.toUpperCase() }), log: (fields) => masked(fields, 0) },
      serializers: { err: (value: unknown) => value },
    },
    destination,
  )
  const logger = (category: string): Logger => {
    const sink = root.child({ loggerName: category }, { level: pinoLevel(levelOf(category, level, categories)) })
    const log = (name: 'debug' | 'info' | 'warn' | 'error' | 'fatal') => (message: string, fields?: LogFields) =>
      sink[name](fields ?? {}, maskText(message))
    return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), fatal: log('fatal'), child: logger }
  }
  return logger(rootCategory)
}

const pinoLevel = (level: LogLevel): string => (level === 'off' ? 'silent' : level)

function levelOf(category: string, level: LogLevel, categories: Readonly<Record<string, LogLevel>>): LogLevel {
  for (let name = category; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('.'), 0))) {
    const own = categories[name]
    if (own !== undefined) return own
  }
  return level
}

/** Synchronous, so that the last line before a crash is on the console. */
function writeStandardOutput(): (line: string) => void {
  const stream = pino.destination({ fd: 1, sync: true })
  return (line) => stream.write(line)
}

const secretNames = [
  'password',
  'passwd',
  'new_password',
  'secret',
  'client_secret',
  'client_assertion',
  'assertion',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'subject_token',
  'actor_token',
  'registration_access_token',
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'code',
  'code_verifier',
  'user_code',
  'device_code',
  'otp',
  'totp',
  'dpop',
  'private_key',
  'credentials',
]

// Pino's own redaction takes exact paths: it would miss `Authorization`, `clientSecret` and anything nested deeper than it was told.
const comparable = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '')
const secrets: ReadonlySet<string> = new Set(secretNames.map(comparable))
const secretParameters = new RegExp(`([?&;\\s"']|^)(${secretNames.join('|')})=[^&;\\s"']+`, 'gi')
const mask = '***'
/** Deeper members are not written: a log line is not a dump. */
const depthMax = 6

const jwt = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g

/** Masks JWTs, and `code=…` and the like in URLs and forms, that were put into a text. */
function maskText(text: string): string {
  const withoutParameters = text.includes('=') ? text.replace(secretParameters, `$1$2=${mask}`) : text
  return withoutParameters.includes('eyJ') ? withoutParameters.replace(jwt, mask) : withoutParameters
}

function masked(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] => {
    if (secrets.has(comparable(name)) && value !== undefined && value !== null) return [safeName(name, depth), mask]
    return [safeName(name, depth), maskedValue(value, depth)]
  })
  return Object.fromEntries(entries)
}

/** A field must not stand for one of the line's own members. */
const ownMembers: ReadonlySet<string> = new Set(['level', 'timestamp', 'loggerName', 'message'])
const safeName = (name: string, depth: number): string => (depth === 0 && ownMembers.has(name) ? `_${name}` : name)

function maskedValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return errorFields(value, depth)
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
  if (depth >= depthMax) return '(deeper)'
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, depth + 1))
  return masked(value, depth + 1)
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = { type: error.name, message: maskText(error.message) }
  if ('code' in error) fields['code'] = error.code
  if (error.stack !== undefined) fields['stack'] = maskText(error.stack)
  if (error.cause instanceof Error && depth < depthMax) fields['cause'] = errorFields(error.cause, depth + 1)
  return fields
}

/** `2026-11-23 15:00:00,123 INFO  [category] message name=value`, as the reference server's console; stacks follow on lines of their own. */
function humanLine(line: string): string {
  const { level, timestamp, loggerName, message, ...fields } = JSON.parse(line) as Record<string, unknown>
  const stacks: string[] = []
  let text = `${localTime(new Date(String(timestamp)))} ${String(level).padEnd(5)} [${loggerName}] ${message ?? ''}`
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'object' && value !== null && 'stack' in value && 'message' in value) {
      stacks.push(String(value.stack))
      text += ` ${name}=${quoted(value.message)}`
    } else text += ` ${name}=${quoted(value)}`
  }
  return `${[text.replace(/[\r\n]+/g, ' '), ...stacks].join('\n')}\n`
}

const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return typeof value === 'string' && /[\s"=]/.test(text) ? JSON.stringify(text) : text
}

function localTime(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time},${String(date.getMilliseconds()).padStart(3, '0')}`
}
