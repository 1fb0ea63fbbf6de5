/** The claims of an access token, or the members of an introspection answer; nothing about their types is known. */
export type Claims = Readonly<Record<string, unknown>>

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Realm roles of the bearer, composites expanded. */
export const realmRolesOf = (claims: Claims): readonly string[] => textsOf(memberOf(claims['realm_access'], 'roles'))

export const clientRolesOf = (claims: Claims, client: string): readonly string[] =>
  textsOf(memberOf(memberOf(claims['resource_access'], client), 'roles'))

/** RFC 9068 section 2.2.3: words with spaces between them. */
export const scopesOf = (claims: Claims): readonly string[] => textOf(claims['scope'])?.split(' ') ?? []

/** RFC 7519 section 4.1.3: a text or a list of them. */
export const audienceOf = (claims: Claims): readonly string[] => textsOf([claims['aud']].flat())

/** Who uses the token: for the log. */
export const clientOf = (claims: Claims): string | undefined => textOf(claims['azp']) ?? textOf(claims['client_id'])

/** X-Userinfo: JSON in base64, so that it is a header whatever the names are written in. */
export function userInfoOf(claims: Claims): string {
  const username = textOf(claims['preferred_username']) ?? textOf(claims['username'])
  return Buffer.from(JSON.stringify({ id: claims['sub'], username, claims })).toString('base64')
}
