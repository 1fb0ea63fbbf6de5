import { hashAlgorithms } from '../crypto/passwords.ts'
import { keyProviderType } from '../keys/provider.ts'
import { findKeyProvider } from '../keys/providers.ts'
import { authenticators } from '../login/authenticators/index.ts'
import type { AuthenticationFlowRepresentation } from '../representations/authentication.ts'
import type { ProtocolMapperRepresentation } from '../representations/client-scope.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import type { CredentialRepresentation, UserRepresentation } from '../representations/user.ts'
import { findProtocolMapper } from '../tokens/mappers/index.ts'

/** Counts what a realm brings that is kept, and printed back, but that this server does nothing with. */
export interface KeptUnused {
  readonly addUsers: (users: readonly UserRepresentation[]) => void
  /** `protocol mapper x (3)`, a text each. */
  readonly lines: () => string[]
}

/** Providers of these flows are asked elsewhere: how clients authenticate, and the parts of a registration form. */
const otherFlows: ReadonlySet<string | undefined> = new Set(['client-flow', 'form-flow'])

/** Sections that name things of other servers, or of older versions, and have no meaning here. */
const unusedSections = ['userFederationProviders', 'userFederationMappers', 'federatedUsers', 'applications', 'oauthClients'] as const

const userStorageType = 'org.keycloak.storage.UserStorageProvider'

/** Hashes that can be verified: those that can be made, and scrypt. */
const knownHashes: ReadonlySet<string> = new Set([...hashAlgorithms, 'scrypt'])

export function keptUnused(realm: RealmRepresentation): KeptUnused {
  const counts = new Map<string, number>()
  const add = (text: string, count = 1): void => {
    counts.set(text, (counts.get(text) ?? 0) + count)
  }
  for (const section of unusedSections) {
    const list = realm[section]
    if (list && list.length > 0) add(section, list.length)
  }
  for (const { providerId } of realm.components?.[userStorageType] ?? []) add(`user federation ${providerId ?? ''}`)
  for (const { providerId = '' } of realm.components?.[keyProviderType] ?? [])
    if (findKeyProvider(providerId) === undefined) add(`key provider ${providerId}`)
  for (const name of unknownAuthenticators(realm.authenticationFlows ?? [])) add(`authenticator ${name}`)
  const mappers = [...(realm.clients ?? []), ...(realm.clientScopes ?? [])].flatMap(({ protocolMappers = [] }) => protocolMappers)
  for (const name of unknownMappers(mappers)) add(`protocol mapper ${name}`)
  return {
    addUsers(users) {
      for (const { credentials = [] } of users) {
        for (const credential of credentials) {
          const algorithm = algorithmOf(credential)
          if (algorithm !== undefined && !knownHashes.has(algorithm)) add(`password hash ${algorithm}`)
        }
      }
    },
    lines: () => Array.from(counts, ([text, count]) => (count === 1 ? text : `${text} (${count})`)),
  }
}

function unknownAuthenticators(flows: readonly AuthenticationFlowRepresentation[]): string[] {
  const known = new Set(authenticators.map((authenticator) => authenticator.id))
  return flows
    .filter((flow) => !otherFlows.has(flow.providerId))
    .flatMap((flow) => flow.authenticationExecutions ?? [])
    .flatMap(({ authenticator, authenticatorFlow, requirement }) =>
      authenticator === undefined || authenticatorFlow || requirement === 'DISABLED' || known.has(authenticator) ? [] : [authenticator],
    )
}

const unknownMappers = (mappers: readonly ProtocolMapperRepresentation[]): string[] =>
  mappers.flatMap(({ protocolMapper: id, protocol }) =>
    id === undefined || protocol !== 'openid-connect' || findProtocolMapper(id) ? [] : [id],
  )

const algorithmPattern = /"algorithm"\s*:\s*"([^"]*)"/

/** Read from the text: nothing else of it is wanted, and there may be a million of them. */
function algorithmOf({ type = 'password', credentialData, algorithm }: CredentialRepresentation): string | undefined {
  if (type !== 'password') return undefined
  return credentialData === undefined ? algorithm : algorithmPattern.exec(credentialData)?.[1]
}
