import { addressesOf, hostNameOf } from '../../http/host-names.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { givenBy, type RegistrationPolicy } from './policy.ts'

/**
 * Requests come from hosts that the policy names, by name or address or as `*.domain`, and the client's addresses are at such hosts.
 * Either half can be switched off. Beyond the reference this goes for the addresses that the server itself would call: a stranger must not
 * choose whom it talks to inside of its network.
 */
export const trustedHosts: RegistrationPolicy = {
  id: 'trusted-hosts',
  async refusal(act, { config, remoteAddress }) {
    const hosts = config['trusted-hosts'] ?? []
    const isOn = (name: string): boolean => (config[name]?.[0] ?? 'true') === 'true'
    if (isOn('host-sending-registration-request-must-match') && !(await isTrustedSender(hosts, remoteAddress))) return 'Host not trusted.'
    const given = givenBy(act)
    return given && isOn('client-uris-must-match') ? addressRefusal(hosts, given) : undefined
  },
}

async function isTrustedSender(hosts: readonly string[], address: string): Promise<boolean> {
  for (const host of hosts.filter((one) => !one.startsWith('*.'))) if ((await addressesOf(host)).includes(address)) return true
  const name = hosts.length === 0 ? undefined : await hostNameOf(address)
  return name !== undefined && isTrusted(hosts, name)
}

const isTrusted = (hosts: readonly string[], name: string): boolean =>
  hosts.some((host) => (host.startsWith('*.') ? name === host.slice(2) || name.endsWith(host.slice(1)) : name === host))

/** A relative address is at the root URL; without one it is nowhere. */
function absolute(root: string | undefined, address: string | undefined): string | undefined {
  if (!address?.startsWith('/')) return address || undefined
  return root ? `${root}${address}` : undefined
}

/** Attributes with addresses that the server calls. */
const calledByServer = [
  'jwks.url',
  'backchannel.logout.url',
  'sectorIdentifierUri',
  'ciba.backchannel.client.notification.endpoint',
] as const

function addressRefusal(hosts: readonly string[], client: ClientRepresentation): string | undefined {
  const { rootUrl, baseUrl, adminUrl, redirectUris = [], attributes = {} } = client
  const refusal = (address: string | undefined, word: 'URL' | 'URI'): string | undefined => {
    if (address === undefined) return undefined
    const url = URL.parse(address)
    if (url === null) return `${word} is malformed`
    return isTrusted(hosts, url.hostname) ? undefined : `${word} doesn't match any trusted host or trusted domain`
  }
  const called = calledByServer.map((name) => attributes[name] || undefined)
  const addresses = [rootUrl || undefined, absolute(rootUrl, baseUrl), absolute(rootUrl, adminUrl), ...called]
  const refusals = [
    ...addresses.map((address) => refusal(address, 'URL')),
    ...redirectUris.map((uri) => refusal(absolute(rootUrl, uri), 'URI')),
  ]
  return refusals.find((text) => text !== undefined)
}
