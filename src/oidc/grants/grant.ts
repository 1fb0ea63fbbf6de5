import type { EventType } from '../../events/events.ts'
import type { Form } from '../../http/parameters.ts'
import type { HttpRequest } from '../../http/values.ts'
import type { Client, RealmSnapshot, UserFacts } from '../../realm/model.ts'
import type { BearerSubject } from '../../tokens/bearer-subject.ts'
import type { Granted } from '../../tokens/mint.ts'
import type { OidcServices } from '../services.ts'

/** What the event of a token request says; a grant fills in what it learns. */
export interface EventDraft {
  clientId: string | undefined
  userId: string | undefined
  sessionId: string | undefined
  readonly details: Record<string, string | undefined>
}

/** A request at the token endpoint, its client already authenticated. */
export interface TokenRequest {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly form: Form
  readonly request: HttpRequest
  readonly services: OidcServices
  readonly event: EventDraft
  /** What the grant's `bearer` found. */
  readonly bearer: BearerSubject | undefined
}

/** A grant that answers without a token. */
export interface Answered {
  readonly answer: unknown
  readonly user: UserFacts
}

/** One grant_type. It returns a decision; checks, tokens, events and the answer are the endpoint's. Throws OAuthError. */
export interface Grant {
  readonly type: string
  readonly event: EventType
  /** True when parameters may come more than once; the first counts where one is meant (reference behaviour). */
  readonly repeatable?: boolean
  /** The subject of a token that a request brings in the place of a client's proof. Undefined: the client authenticates itself as usual. */
  bearer?(request: Omit<TokenRequest, 'client' | 'bearer'>): Promise<BearerSubject | undefined>
  grant(request: TokenRequest): Promise<Granted | Answered>
}
