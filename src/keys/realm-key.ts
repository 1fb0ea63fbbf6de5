import type { KeyObject } from 'node:crypto'
import { createSigner, type Signer } from '../crypto/jws.ts'
import { priorityOf, statusOf } from './config.ts'
import type { KeyType, KeyUse, RealmKey } from './key.ts'
import type { KeyComponent } from './provider.ts'

/** What a provider knows of one key. The private half is parsed when it is first needed: most realms of a server never sign. */
export interface KeyMaterial {
  readonly kid: string
  readonly type: KeyType
  readonly use: KeyUse
  readonly algorithm: string
  readonly privateKey: () => KeyObject
  readonly publicKey: KeyObject | undefined
  readonly certificate: Buffer | undefined
}

/** A key of a component: priority and status come from the component, the rest from its material. */
export function realmKey(component: KeyComponent, { privateKey: load, ...material }: KeyMaterial): RealmKey {
  let privateKey: KeyObject | undefined
  const signers = new Map<string, Signer>()
  const key: RealmKey = Object.freeze({
    ...material,
    providerId: component.id ?? '',
    providerPriority: priorityOf(component.config),
    status: statusOf(component.config),
    get privateKey(): KeyObject {
      privateKey ??= load()
      return privateKey
    },
    signer(typ: string): Signer {
      const ready = signers.get(typ) ?? createJwtSigner(key, typ)
      signers.set(typ, ready)
      return ready
    },
  })
  return key
}

/** The header members in the reference server's order. */
export const createJwtSigner = (key: RealmKey, typ: string): Signer =>
  createSigner(key.privateKey, key.algorithm, { alg: key.algorithm, typ, kid: key.kid })
