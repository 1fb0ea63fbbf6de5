import type { UserFacts } from '../../realm/model.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { fullName } from './full-name.ts'
import { inIdToken, inUserinfo, tokenMapper } from './properties.ts'

/** The claims that can be asked for beside `name`, and where they come from (reference behaviour: these alone). */
const sources: ReadonlyMap<string, (user: UserFacts) => string | undefined> = new Map([
  ['given_name', (user) => user.firstName],
  ['family_name', (user) => user.lastName],
  ['preferred_username', (user) => user.username],
  ['email', (user) => user.email],
])

/** Puts claims that the authorization request asks for as essential (OpenID Connect Core section 5.5) into ID token and userinfo. */
export const claimsParamToken: ProtocolMapper = {
  id: 'oidc-claims-param-token-mapper',
  label: 'Claims parameter Token',
  help: 'Claims specified by Claims parameter are put into tokens.',
  category: tokenMapper,
  priority: 0,
  targets: ['id', 'userinfo'],
  properties: [inIdToken, inUserinfo],
  compile(config, target) {
    const writeName = fullName.compile(config, target)
    const member = target === 'id' ? 'id_token' : 'userinfo'
    return (claims, facts) => {
      const asked = facts.claimsRequest?.[member]
      if (asked === undefined || asked === null) return
      if (isEssential(asked['name'])) writeName(claims, facts)
      for (const [claim, read] of sources) {
        if (!isEssential(asked[claim])) continue
        const value = read(facts.user)
        if (value !== undefined) claims[claim] = value
      }
    }
  },
}

/** True for `{"essential": true}` and nothing like it. */
export function isEssential(asked: unknown): asked is { readonly essential: true; readonly value?: unknown } {
  return typeof asked === 'object' && asked !== null && 'essential' in asked && asked.essential === true
}
