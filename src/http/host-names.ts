import { lookup, lookupService } from 'node:dns/promises'

/** Addresses of a host, as the system knows them; none for a name that does not resolve. */
export async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

/** The name of an address that resolves back to it; undefined when it has none. Loopback is `localhost`. */
export async function hostNameOf(address: string): Promise<string | undefined> {
  if (/^(?:127\.|::1$|::ffff:127\.)/.test(address)) return 'localhost'
  try {
    const { hostname } = await lookupService(address, 0)
    return (await addressesOf(hostname)).includes(address) ? hostname : undefined
  } catch {
    return undefined
  }
}
