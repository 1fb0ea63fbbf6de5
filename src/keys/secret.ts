import { createSecretKey } from 'node:crypto'
import { checkOneOf, setting, withSettings } from './config.ts'
import type { KeyUse, RealmKey } from './key.ts'
import type { KeyComponent, KeyConfig, KeyMaking } from './provider.ts'
import { realmKey } from './realm-key.ts'

/** Of AES keys too: the reference server checks both against the sizes of HMAC secrets. */
const secretSizes = ['16', '24', '32', '64', '128', '256', '512']

export const checkSecretSize = (config: KeyConfig): string | undefined =>
  checkOneOf(config, { name: 'secretSize', label: 'Secret size' }, secretSizes)

const secretBytes = (config: KeyConfig): Buffer => Buffer.from(setting(config, 'secret') ?? '', 'base64url')

/** A secret of the wanted size with its kid: the stored one when it has that size, else a new one under a new kid. */
export function generateSecret(config: KeyConfig, { random }: Pick<KeyMaking, 'random'>, defaultSize: number): Record<string, string[]> {
  const wanted = setting(config, 'secretSize')
  const stored = secretBytes(config)
  if (stored.length === 0 || (wanted !== undefined && stored.length !== Number(wanted))) {
    const secret = random.bytes(Number(wanted ?? defaultSize)).toString('base64url')
    return withSettings(config, { kid: random.uuid(), secret })
  }
  const unusual = wanted === undefined && stored.length !== defaultSize
  return withSettings(config, {
    kid: setting(config, 'kid') ?? random.uuid(),
    ...(unusual ? { secretSize: String(stored.length) } : {}),
  })
}

export function secretKeys(component: KeyComponent, use: KeyUse, algorithm: string): RealmKey[] {
  const secret = secretBytes(component.config ?? {})
  const kid = setting(component.config, 'kid')
  if (secret.length === 0 || kid === undefined) return []
  const privateKey = () => createSecretKey(secret)
  return [realmKey(component, { kid, type: 'OCT', use, algorithm, privateKey, publicKey: undefined, certificate: undefined })]
}
