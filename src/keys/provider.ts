import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import type { ComponentRepresentation, ConfigPropertyRepresentation } from '../representations/component.ts'
import type { RealmKey } from './key.ts'

/** The `providerType` of components that hold keys. */
export const keyProviderType = 'org.keycloak.keys.KeyProvider'

/** The config of a component: every value is a list of texts. */
export type KeyConfig = Readonly<Record<string, readonly string[]>>

/** What a provider needs to make key material. */
export interface KeyMaking {
  readonly random: Random
  readonly clock: Clock
  /** The common name of certificates. */
  readonly realmName: string
}

/** A component with its key material. */
export type KeyComponent = Readonly<Pick<ComponentRepresentation, 'id' | 'config'>>

/** A key provider type. One file each in `providers/`; the id is the `providerId` of a component. */
export interface KeyProvider {
  readonly id: string
  readonly help: string
  /** The form of the admin console, in its order. */
  readonly properties: readonly ConfigPropertyRepresentation[]
  /** The reference server's text about the first fault of a config: the `errorMessage` of a 400. Undefined when there is none. */
  validate(config: KeyConfig): string | undefined
  /**
   * Fills in what a valid config lacks: private key, certificate, secret, kid. Material that is there and still fits the settings stays,
   * so it is called at create, at update and at import alike.
   *
   * @returns the whole config as it is stored, member names and encodings those of the reference server
   */
  generate(config: KeyConfig, making: KeyMaking): Promise<Record<string, string[]>>
  /**
   * The keys of a stored component.
   *
   * @throws when the stored material can not be read; the realm then does without these keys
   */
  keys(component: KeyComponent): RealmKey[]
}
