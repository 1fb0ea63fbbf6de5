import type { MapperTarget, ProtocolMapper } from '../protocol-mapper.ts'

const switchOf: Readonly<Record<MapperTarget, string>> = {
  access: 'access.token.claim',
  id: 'id.token.claim',
  userinfo: 'userinfo.token.claim',
  introspection: 'introspection.token.claim',
  response: 'access.tokenResponse.claim',
}

/** The switch that a target without one of its own follows, since the two came later than the others. */
const followed: Readonly<Partial<Record<MapperTarget, MapperTarget>>> = { userinfo: 'id', introspection: 'access' }

/**
 * True when a mapper with this config writes to the target. A switch counts only for types that have it as a property; a lightweight access
 * token asks for a switch of its own, and for no other.
 */
export function writesTo(
  mapper: ProtocolMapper,
  config: Readonly<Record<string, string>>,
  target: MapperTarget,
  { lightweight }: { readonly lightweight: boolean },
): boolean {
  if (mapper.always) return target !== 'response'
  if (!mapper.targets.includes(target)) return false
  const name = lightweight && target === 'access' ? 'lightweight.claim' : switchOf[target]
  if (!mapper.properties.some((property) => property.name === name)) return true
  const value = config[name]
  if (value !== undefined) return value === 'true'
  if (name === 'lightweight.claim') return false
  if (mapper.onUnlessSwitchedOff) return target === 'access' || target === 'introspection'
  const instead = followed[target]
  return instead !== undefined && config[switchOf[instead]] === 'true'
}
