import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** How a request came to the first proxy that we trust. */
export interface Origin {
  readonly address: string
  readonly protocol: string | undefined
  readonly host: string | undefined
}

/** Reads what proxies say of a request, given the address of the socket. Undefined: nobody trustworthy says anything. */
export type ReadForwarded = (headers: IncomingHttpHeaders, socketAddress: string) => Origin | undefined

/** Hops that are looked at: more is a loop or an attack. */
const hopsMax = 20

/**
 * The standard header `Forwarded` (RFC 7239). Hops are read from the nearest: as long as who sent a hop is trusted, it may say who sent
 * the request to it; what comes before an untrusted sender anybody could have written. Without addresses every sender is trusted, as in
 * the reference.
 */
export function forwardedReader(trustedAddresses: readonly string[]): ReadForwarded {
  const isTrusted = trustedAddresses.length === 0 ? () => true : addressList(trustedAddresses)
  return (headers, socketAddress) => {
    const { forwarded } = headers
    if (forwarded === undefined || !isTrusted(socketAddress)) return undefined
    let origin: Origin | undefined
    for (const hop of parseForwarded(forwarded).slice(-hopsMax).reverse()) {
      if (origin !== undefined && !isTrusted(origin.address)) break
      origin = {
        address: hop.for ?? origin?.address ?? socketAddress,
        protocol: hop.proto ?? origin?.protocol,
        host: hop.host ?? origin?.host,
      }
    }
    return origin
  }
}

/** Whether an address is one of some addresses and CIDR blocks. Throws an Error for what is neither. */
export function addressList(addresses: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
  for (const entry of addresses) {
    const [address = '', prefix] = entry.split('/')
    if (prefix === undefined) list.addAddress(address, family(address))
    else list.addSubnet(address, Number(prefix), family(address))
  }
  return (address) => {
    const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
    return isIP(plain) !== 0 && list.check(plain, family(plain))
  }
}

interface Hop {
  readonly for: string | undefined
  readonly proto: string | undefined
  readonly host: string | undefined
}

const pair = /\s*([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*/gi

/** Hops from the farthest to the nearest. A part that is not well formed says nothing. */
export function parseForwarded(header: string): Hop[] {
  return splitOutsideQuotes(header).map((element) => {
    const values = new Map<string, string>()
    for (const match of element.matchAll(pair)) {
      const name = match[1]?.toLowerCase() ?? ''
      if (!values.has(name)) values.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '')
    }
    const proto = values.get('proto')?.toLowerCase()
    return { for: addressOf(values.get('for')), proto: proto === 'http' || proto === 'https' ? proto : undefined, host: values.get('host') }
  })
}

function splitOutsideQuotes(header: string): string[] {
  return header.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? []
}

/** `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711`; obfuscated names are no addresses. */
function addressOf(node: string | undefined): string | undefined {
  if (node === undefined) return undefined
  const bracketed = /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(node)?.[1]
  const plain = bracketed ?? node.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(plain) === 0 ? undefined : plain
}
