import { domainToASCII } from 'node:url'
import { limitOf, type ProfileValidator } from './validator.ts'

const localLengthMax = 64
const domainLengthMax = 255
const localPart = /^(?:"(?:[^"\\\r\n]|\\.)+"|[\w!#$%&'*+/=?^`{|}~\u0080-\uFFFF-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\uFFFF-]+)*)$/
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const addressLiteral = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\]$/i

/** `local@domain` (RFC 5321 section 4.1.2, without comments); letters of every script, a domain of one label included. */
export function isEmail(text: string, localMax = localLengthMax): boolean {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const domain = text.slice(at + 1)
  if (at < 1 || local.length > localMax || !localPart.test(local)) return false
  if (addressLiteral.test(domain)) return true
  if (/\s/.test(domain)) return false
  const ascii = /^[\x21-\x7E]*$/.test(domain) ? domain : domainToASCII(domain)
  return ascii.length <= domainLengthMax && ascii.split('.').every((label) => domainLabel.test(label))
}

export const email: ProfileValidator = {
  id: 'email',
  configFaults(config) {
    const member = 'max-local-length'
    const given = config[member]
    if (given === undefined || given === null || Number(given) > 0) return []
    return [{ member, key: 'error-validator-config-invalid-number-value', values: [String(given)] }]
  },
  validate: (value, config) =>
    isEmail(value, limitOf(config, 'max-local-length')) ? undefined : { key: 'error-invalid-email', values: [value] },
}
