import { BlockList, isIP } from 'node:net'

const privateAddresses = new BlockList()
privateAddresses.addSubnet('127.0.0.0', 8)
privateAddresses.addSubnet('10.0.0.0', 8)
privateAddresses.addSubnet('172.16.0.0', 12)
privateAddresses.addSubnet('192.168.0.0', 16)
privateAddresses.addSubnet('169.254.0.0', 16)
privateAddresses.addAddress('::1', 'ipv6')
privateAddresses.addSubnet('fc00::', 7, 'ipv6')
privateAddresses.addSubnet('fe80::', 10, 'ipv6')

/** True for loopback, link-local and private addresses (RFC 1918, RFC 4193): what a realm's `sslRequired: external` spares. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  const version = isIP(plain)
  return version !== 0 && privateAddresses.check(plain, version === 6 ? 'ipv6' : 'ipv4')
}

/** Addresses that are no host of the public network though they are not private ones: this host, carrier NAT, tests, multicast … */
const reservedV4 = new BlockList()
const reservedV6 = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['100.64.0.0', 10],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  reservedV4.addSubnet(network, bits)
for (const [network, bits] of [
  ['::', 96],
  // IPv4 addresses inside IPv6 ones: whatever is behind them is reached by another check than the one that was made.
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['2001::', 32],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  reservedV6.addSubnet(network, bits, 'ipv6')

/** True for every address that an outsider's URL must not lead us to: private, or reserved by the IANA special-purpose registries (RFC 6890). */
export function isInternalAddress(address: string): boolean {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const version = isIP(plain)
  if (version === 0 || isPrivateAddress(plain)) return true
  return version === 6 ? reservedV6.check(plain, 'ipv6') : reservedV4.check(plain)
}
