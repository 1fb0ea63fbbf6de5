import type { OAuthError } from '../http/errors.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { issuerOf } from '../tokens/issuer.ts'

/** The parameters of an answer, in the order of the wire. */
export type AnswerParameters = readonly (readonly [name: string, value: string])[]

export interface AnswerContext {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly baseUrl: string
}

/** Drops what has no value. */
export const present = (parameters: readonly (readonly [string, string | undefined])[]): AnswerParameters =>
  parameters.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))

/** Who answers (RFC 9207). Old clients that cannot bear the parameter have it switched off. */
export const issuerParameter = ({ realm, client, baseUrl }: AnswerContext): string | undefined =>
  client.attributes['exclude.issuer.from.auth.response'] === 'true' ? undefined : issuerOf(baseUrl, realm)

/** An error for the application (RFC 6749 section 4.1.2.1). */
export const errorParameters = (
  context: AnswerContext,
  { code, description }: Pick<OAuthError, 'code' | 'description'>,
  state: string | undefined,
): AnswerParameters =>
  present([
    ['error', code],
    ['error_description', description],
    ['state', state],
    ['iss', issuerParameter(context)],
  ])
