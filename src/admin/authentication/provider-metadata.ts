import type { Requirement } from '../../login/authenticator.ts'
import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'

/** What flows and the admin console need to know of something that a flow can execute. */
export interface ProviderMetadata {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly requirements: readonly Requirement[]
  readonly properties: readonly ConfigProperty[]
}
