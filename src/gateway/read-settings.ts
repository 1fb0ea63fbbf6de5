import { isIP } from 'node:net'
import type { WrittenSettings, YamlPath } from '../config/yaml-file.ts'
import { addressList } from '../http/forwarded.ts'
import { ambiguousPath } from '../http/request-form.ts'
import type { IntrospectionSettings } from './introspection.ts'
import { parameterOf, type RouteSettings, routeMethods, type WantedRole } from './route-settings.ts'
import { type Address, type GatewaySettings, type IssuerSettings, type LimitSettings, limitBounds } from './settings.ts'

/** Makes checked settings of written ones. Throws ConfigError: one line with file, line and member. */
export function readGatewaySettings(written: WrittenSettings): GatewaySettings {
  const root = placeOf(written, written.value, [])
  allow(root, ['listen', 'management', 'trustedProxies', 'issuers', 'routes', 'limits'])
  const management = root.member('management')
  if (management.isGiven) allow(management, ['listen'])
  const issuers = manyOf(root.member('issuers')).map(issuerAt)
  distinct(
    root.member('issuers').items(),
    issuers.map(({ issuer }) => issuer),
    'issuer',
  )
  const settings = {
    listen: addressAt(root.member('listen')),
    management: management.isGiven ? addressAt(management.member('listen')) : undefined,
    trustedProxies: root.member('trustedProxies').items().map(proxyAt),
    issuers,
    routes: manyOf(root.member('routes')).map(routeAt),
    limits: limitsAt(root.member('limits')),
  }
  distinctRoutes(root.member('routes').items(), settings.routes, !management.isGiven)
  return settings
}

/** A value and where it stands. */
interface Place {
  readonly value: unknown
  readonly isGiven: boolean
  fail(why: string): never
  member(name: string): Place
  /** The items of a list; a single value counts as a list of one, an absent one as none. */
  items(): readonly Place[]
}

function placeOf(written: WrittenSettings, value: unknown, path: YamlPath): Place {
  const fail = (why: string): never => written.fail(path, why)
  return {
    value,
    isGiven: value !== undefined && value !== null,
    fail,
    member(name) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return value === undefined || value === null ? placeOf(written, undefined, [...path, name]) : fail('expected members, name: value')
      }
      return placeOf(written, Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined, [...path, name])
    },
    items() {
      if (value === undefined || value === null) return []
      return Array.isArray(value)
        ? value.map((item: unknown, index) => placeOf(written, item, [...path, index]))
        : [placeOf(written, value, path)]
    },
  }
}

function allow(place: Place, names: readonly string[]): void {
  const { value } = place
  if (typeof value !== 'object' || value === null || Array.isArray(value)) place.fail(`expected members: ${names.join(', ')}`)
  const unknown = Object.keys(value as object).find((name) => !names.includes(name))
  if (unknown !== undefined) place.member(unknown).fail(`no such member; there are ${names.join(', ')}`)
}

function manyOf(place: Place): readonly Place[] {
  const items = place.items()
  return items.length === 0 ? place.fail('expected a list with at least one item') : items
}

function textAt(place: Place, what = 'a text'): string {
  const { value } = place
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : place.fail(`expected ${what}`)
}

const textsAt = (place: Place): readonly string[] => place.items().map((item) => textAt(item))

function numberAt(place: Place, [otherwise, min, max]: readonly [otherwise: number, min: number, max: number]): number {
  if (!place.isGiven) return otherwise
  const number = typeof place.value === 'string' && place.value.trim() !== '' ? Number(place.value) : place.value
  if (typeof number === 'number' && number >= min && number <= max) return number
  return place.fail(`expected a number from ${min} to ${max}`)
}

/** `8000`, `:8000`, `127.0.0.1:8000`, `[::1]:8000`. Without a host it is every address of the machine. */
function addressAt(place: Place): Address {
  const text = textAt(place, 'an address such as 127.0.0.1:8000')
  const [, bracketed, host, port] = /^(?:(?:\[([\da-f:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/i.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535) return place.fail('expected an address such as 127.0.0.1:8000')
  return { host: bracketed ?? host ?? '', port: Number(port) }
}

function proxyAt(place: Place): string {
  const text = textAt(place)
  try {
    if (isIP(text.split('/')[0] ?? '') === 0) return place.fail('expected an IP address or a block of them such as 10.0.0.0/8')
    addressList([text])
  } catch {
    return place.fail('expected an IP address or a block of them such as 10.0.0.0/8')
  }
  return text
}

function urlAt(place: Place): URL {
  const url = URL.parse(textAt(place, 'a URL'))
  if (url === null || !/^https?:$/.test(url.protocol)) return place.fail('expected a URL that begins with http:// or https://')
  if (url.username !== '' || url.password !== '') return place.fail('expected a URL without a user name and a password')
  return url.hash === '' ? url : place.fail('expected a URL without a fragment')
}

function issuerAt(place: Place): IssuerSettings {
  allow(place, ['issuer', 'jwksUri', 'introspection'])
  const introspection = place.member('introspection')
  const jwksUri = place.member('jwksUri')
  urlAt(place.member('issuer'))
  return {
    issuer: textAt(place.member('issuer')),
    jwksUri: jwksUri.isGiven ? urlAt(jwksUri).href : undefined,
    introspection: introspection.isGiven ? introspectionAt(introspection) : undefined,
  }
}

/** An answer that is kept for longer would let a blocked system in for too long. */
const cacheSecondsMax = 300

function introspectionAt(place: Place): IntrospectionSettings {
  allow(place, ['clientId', 'clientSecret', 'endpoint', 'cacheSeconds'])
  const endpoint = place.member('endpoint')
  return {
    clientId: textAt(place.member('clientId')),
    clientSecret: textAt(place.member('clientSecret'), 'a secret, best by a variable of the environment'),
    endpoint: endpoint.isGiven ? urlAt(endpoint).href : undefined,
    cacheSeconds: numberAt(place.member('cacheSeconds'), [0, 0, cacheSecondsMax]),
  }
}

function routeAt(place: Place): RouteSettings {
  allow(place, ['path', 'methods', 'upstream', 'stripPrefix', 'realmRoles', 'clientRoles', 'scopes', 'audience'])
  const path = pathAt(place.member('path'))
  const upstream = urlAt(place.member('upstream'))
  if (upstream.search !== '') place.member('upstream').fail('expected a URL without a query')
  return {
    path,
    methods: manyOf(place.member('methods')).map(methodAt),
    origin: new URL(upstream.origin),
    basePath: upstream.pathname.replace(/\/+$/, ''),
    stripPrefix: prefixAt(place.member('stripPrefix'), path),
    realmRoles: place
      .member('realmRoles')
      .items()
      .map((item) => roleAt(item, path)),
    clientRoles: clientRolesAt(place.member('clientRoles'), path),
    scopes: textsAt(place.member('scopes')),
    audience: textsAt(place.member('audience')),
  }
}

function methodAt(place: Place): string {
  const method = textAt(place).toUpperCase()
  return routeMethods.some((one) => one === method) ? method : place.fail(`expected one of ${routeMethods.join(', ')}`)
}

function pathAt(place: Place): string {
  const path = textAt(place, 'a path')
  if (!path.startsWith('/')) return place.fail('expected a path that begins with a slash')
  const fixed = path.replace(/\{[a-z][a-z0-9-]*\}(?=\/|$)/i, 'x').replace(/\/\*$/, '/x')
  if (/[{}*]/.test(fixed)) return place.fail('expected at most one {parameter}, which is a whole segment, and * at the end alone')
  const fault = /[^!-~]|[?#]/.test(path) ? 'a character that belongs percent-encoded, or a query' : ambiguousPath(fixed)
  return fault === undefined ? path : place.fail(`no request has such a path: ${fault}`)
}

/** The path before its parameter or `*`, without a slash at the end. */
const fixedPart = (path: string): string => path.replace(/\/(?:\{.*|\*)$/, '')

function prefixAt(place: Place, path: string): string {
  if (!place.isGiven || place.value === false) return ''
  const fixed = fixedPart(path)
  if (place.value === true) return fixed === path ? place.fail('true is for paths with a parameter or *; write the prefix') : fixed
  const prefix = textAt(place).replace(/\/+$/, '')
  if (prefix === '' || fixed === prefix || fixed.startsWith(`${prefix}/`)) return prefix
  return place.fail(`expected the beginning of ${fixed}`)
}

function roleAt(place: Place, path: string): WantedRole {
  const text = textAt(place, 'the name of a role')
  const parameter = /^\{(.*)\}$/.exec(text)?.[1]
  if (parameter === undefined) return { name: text }
  return parameter === parameterOf(path) ? { parameter } : place.fail(`the path ${path} has no parameter ${text}`)
}

function clientRolesAt(place: Place, path: string): RouteSettings['clientRoles'] {
  if (!place.isGiven) return []
  const { value } = place
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return place.fail('expected client: [roles]')
  return Object.keys(value).map((client) => ({ client, roles: manyOf(place.member(client)).map((item) => roleAt(item, path)) }))
}

function limitsAt(place: Place): LimitSettings {
  const names = Object.keys(limitBounds) as (keyof LimitSettings)[]
  if (place.isGiven) allow(place, names)
  return Object.fromEntries(names.map((name) => [name, numberAt(place.member(name), limitBounds[name])])) as unknown as LimitSettings
}

function distinct(places: readonly Place[], names: readonly string[], what: string): void {
  for (const [index, name] of names.entries()) if (names.indexOf(name) !== index) places[index]?.fail(`the ${what} ${name} is there twice`)
}

/** Two rows for one request, of which one would never be asked. */
function distinctRoutes(places: readonly Place[], routes: readonly RouteSettings[], ownsHealth: boolean): void {
  const seen = new Set<string>()
  for (const [index, { path, methods }] of routes.entries()) {
    if (ownsHealth && /^\/health(?:\/|$)/.test(path)) {
      places[index]?.member('path').fail('health is answered there unless management.listen says where else')
    }
    for (const method of methods) {
      const key = `${method} ${path.replace(/\{.*\}/, '{}')}`
      if (seen.has(key)) places[index]?.member('path').fail(`there is another route for ${method} ${path}`)
      seen.add(key)
    }
  }
}
