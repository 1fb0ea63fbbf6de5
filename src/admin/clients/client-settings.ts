import type { RealmSnapshot } from '../../realm/model.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { ClientFault } from './client-validation.ts'

/** Levels of authentication that a login reaches without any condition. */
const plainLevels = ['0', '1']

/** What is wrong with the names of levels: each must be in the map of the client or the realm, or be the number of a level of the flow. */
export async function acrFaults(realm: RealmSnapshot, { attributes = {}, protocol }: ClientRepresentation): Promise<ClientFault[]> {
  const own = readMap(attributes['acr.loa.map'])
  if (own === undefined) {
    const message = 'Invalid client configuration (ACR-LOA map) for client'
    return [{ field: 'acr.loa.map', message, key: 'acr.loa.map' }]
  }
  const defaults = (attributes['default.acr.values'] ?? '').split('##').filter((value) => value !== '')
  const minimum = attributes['minimum.acr.value'] || undefined
  if (protocol !== 'openid-connect' || (defaults.length === 0 && minimum === undefined)) return []
  const names = own.size > 0 ? own : (readMap(realm.attributes['acr.loa.map']) ?? new Set())
  const levels = await flowLevels(realm)
  const known = (value: string): boolean => names.has(value) || levels.has(value)
  const faults: ClientFault[] = []
  if (!defaults.every(known)) {
    const message =
      'Default ACR values need to contain values specified in the ACR-To-Loa mapping or number levels from set realm browser flow'
    faults.push({ field: 'defaultAcrValues', message, key: 'defaultAcrValues' })
  }
  if (minimum !== undefined && !known(minimum)) {
    const message = 'Minimum ACR value needs to be value specified in the ACR-To-Loa mapping or number level from set realm browser flow'
    faults.push({ field: 'minimumAcrValue', message, key: 'minimumAcrValue' })
  }
  return faults
}

/** The names in a map of levels; undefined when it is no map of numbers. */
function readMap(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined || text === '') return new Set()
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const fits = Object.values(value).every((level) => /^-?\d+$/.test(String(level)))
    return fits ? new Set(Object.keys(value)) : undefined
  } catch {
    return undefined
  }
}

/** Numbers of the levels that conditions of the browser flow ask for. */
async function flowLevels(realm: RealmSnapshot): Promise<ReadonlySet<string>> {
  const flows = await realm.authentication()
  const levels = new Set(plainLevels)
  const seen = new Set<string>()
  const visit = (alias: string | undefined): void => {
    if (alias === undefined || seen.has(alias)) return
    seen.add(alias)
    for (const { config, flowAlias } of flows.flow(alias)?.executions ?? []) {
      const level = config['loa-condition-level']
      if (level !== undefined) levels.add(level)
      visit(flowAlias)
    }
  }
  visit(realm.settings.browserFlow)
  return levels
}

const limits = [
  {
    field: 'client.session.idle.timeout',
    ofRealm: ({ settings }: RealmSnapshot) => settings.ssoSessionIdleTimeout,
    ofRemembered: ({ settings }: RealmSnapshot) => settings.ssoSessionIdleTimeoutRememberMe,
    message: 'Client session idle timeout cannot exceed realm SSO session idle timeout',
    key: 'clientSessionIdleTimeoutExceedsRealm',
    remembered: { message: ' and RememberMe idle timeout', key: 'clientIdleExceedsRealmRememberMeIdle' },
  },
  {
    field: 'client.session.max.lifespan',
    ofRealm: ({ settings }: RealmSnapshot) => settings.ssoSessionMaxLifespan,
    ofRemembered: ({ settings }: RealmSnapshot) => settings.ssoSessionMaxLifespanRememberMe,
    message: 'Client session max lifespan cannot exceed realm SSO session max lifespan',
    key: 'clientSessionMaxLifespanExceedsRealm',
    remembered: { message: ' and RememberMe Max span', key: 'clientSessionMaxLifespanExceedsRealmRememberMeMaxSpan' },
  },
] as const

/** A client's sessions cannot outlive the realm's. Seconds; what is no number is not looked at. */
export function sessionFaults(realm: RealmSnapshot, { attributes = {} }: ClientRepresentation): ClientFault[] {
  return limits.flatMap(({ field, ofRealm, ofRemembered, message, key, remembered }): ClientFault[] => {
    const wanted = Number(attributes[field] ?? 0)
    const plain = ofRealm(realm) ?? 0
    if (!Number.isInteger(wanted) || wanted <= plain || plain === 0) return []
    if (!realm.settings.rememberMe) return [{ field, message: `${message}.`, key }]
    // Without a time of its own a remembered session has that of the others.
    const longest = Math.max(plain, ofRemembered(realm) ?? 0)
    return wanted > longest ? [{ field, message: `${message}${remembered.message}.`, key: remembered.key }] : []
  })
}
