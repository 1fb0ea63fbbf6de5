import type { RealmSnapshot } from '../../realm/model.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { RegistrationServices } from '../services.ts'

/** What somebody wants to do, and to what. */
export type RegistrationAct =
  | { readonly kind: 'register'; readonly given: ClientRepresentation }
  /** `before`: the client as it is, with the names of its scopes. */
  | { readonly kind: 'update'; readonly given: ClientRepresentation; readonly before: ClientRepresentation }
  | { readonly kind: 'view' }
  | { readonly kind: 'remove' }

export interface PolicyContext {
  readonly services: Pick<RegistrationServices, 'database'>
  readonly realm: RealmSnapshot
  /** Of who asks. */
  readonly remoteAddress: string
  /** The component's. */
  readonly config: Readonly<Record<string, readonly string[]>>
}

/** A rule of the realm for the registration of clients: one provider of components of the reference. */
export interface RegistrationPolicy {
  /** The reference's provider id. */
  readonly id: string
  /** Why the act is refused; undefined when it is not. */
  refusal?(act: RegistrationAct, context: PolicyContext): Promise<string | undefined> | string | undefined
  /** What a new client is, whatever it asked for. */
  readonly imposes?: Partial<ClientRepresentation>
  /** Origins whose scripts may register clients. */
  origins?(config: PolicyContext['config']): readonly string[]
}

/** The representation that an act brings; undefined when it brings none. */
export const givenBy = (act: RegistrationAct): ClientRepresentation | undefined => ('given' in act ? act.given : undefined)
