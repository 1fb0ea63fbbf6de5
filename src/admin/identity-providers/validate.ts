import { isPrivateAddress } from '../../http/addresses.ts'
import { AdminError } from '../../http/errors.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { IdentityProviderRepresentation } from '../../representations/identity-provider.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import type { Sql } from '../../storage/sql.ts'

type Config = Readonly<Record<string, string>>

const refused = (errorMessage: string): AdminError => new AdminError(400, { errorMessage })

/** Protocols that the reference knows addresses of, and does not take here. */
const otherProtocols: ReadonlySet<string> = new Set(['ftp:', 'file:', 'jar:', 'mailto:'])

/** Whether the realm wants TLS for a host. Names are not looked up: they may point elsewhere later. */
function needsTls({ settings }: RealmSnapshot, host: string): boolean {
  const required = settings.sslRequired ?? 'external'
  if (required !== 'external') return required === 'all'
  return host !== 'localhost' && !isPrivateAddress(host.replace(/^\[|\]$/g, ''))
}

/** Throws the reference's words over an address that is none, or one without TLS where the realm wants it. */
function requireUrl(realm: RealmSnapshot, text: string | undefined, name: string): void {
  if (!text) return
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    if (url !== null && otherProtocols.has(url.protocol)) throw refused(`Invalid protocol/scheme for url [${name}]`)
    throw refused(`The url [${name}] is malformed`)
  }
  if (url.protocol === 'http:' && needsTls(realm, url.hostname)) throw refused(`The url [${name}] requires secure connections`)
}

const oauthUrls = [
  ['authorizationUrl', 'authorization_url'],
  ['tokenUrl', 'token_url'],
  ['userInfoUrl', 'userinfo_url'],
  ['tokenIntrospectionUrl', 'tokenIntrospection_url'],
] as const
const oidcUrls = [
  ['jwksUrl', 'jwks_url'],
  ['logoutUrl', 'logout_url'],
] as const
const samlUrls = ['singleLogoutServiceUrl', 'singleSignOnServiceUrl', 'artifactResolutionServiceUrl', 'metadataDescriptorUrl'] as const

const isOn = (config: Config, name: string): boolean => config[name] === 'true'

/** Kinds whose settings are those of a full OpenID Connect provider. */
const oidcKinds: ReadonlySet<string> = new Set(['oidc', 'keycloak-oidc', 'google', 'gitlab', 'linkedin-openid-connect'])
const assertionKinds = ['oidc', 'keycloak-oidc'] as const
const grantKinds = [...assertionKinds, 'jwt-authorization-grant'] as const

/** Throws the reference's words over settings that cannot work. `id` is the provider's own, which its issuer may have. */
export async function validateProvider(tx: Sql, realm: RealmSnapshot, id: string, provider: IdentityProviderRepresentation): Promise<void> {
  const { providerId = '', config = {} } = provider
  if (providerId === 'saml') return validateSaml(realm, config)
  for (const [name, shown] of oauthUrls) requireUrl(realm, config[name], shown)
  if (providerId === 'oauth2' && !config['userInfoUrl']) throw refused('User Info URL not provided')
  if (isOn(config, 'pkceEnabled') && config['pkceMethod'] !== 'S256' && config['pkceMethod'] !== 'plain')
    throw refused(`PKCE Method not supported: ${config['pkceMethod'] ?? null}`)
  if (oidcKinds.has(providerId)) for (const [name, shown] of oidcUrls) requireUrl(realm, config[name], shown)
  if (providerId === 'google' && config['issuer'] && URL.parse(config['issuer']) === null)
    throw refused(`The issuer url [${config['issuer']}] is invalid`)
  if (providerId === 'kubernetes') requireUrl(realm, config['issuer'], 'Issuer')
  if (acceptsAssertions(providerId, config)) {
    requireKey(config, 'Supports client assertions')
    await requireIssuer(tx, realm, id, config, assertionKinds, acceptsAssertions)
  }
  if (acceptsGrants(providerId, config)) {
    if (providerId !== 'jwt-authorization-grant') requireKey(config, 'JWT Authorization Grant')
    await requireIssuer(tx, realm, id, config, grantKinds, acceptsGrants)
  }
}

function validateSaml(realm: RealmSnapshot, config: Config): void {
  for (const name of samlUrls) requireUrl(realm, config[name], name)
  if (isOn(config, 'useMetadataDescriptorUrl') && !config['metadataDescriptorUrl'])
    throw refused('useMetadataDescriptorUrl needs a non-empty URL for metadataDescriptorUrl')
}

const acceptsAssertions = (providerId: string, config: Config): boolean =>
  assertionKinds.some((kind) => kind === providerId) && isOn(config, 'supportsClientAssertions')

const acceptsGrants = (providerId: string, config: Config): boolean =>
  providerId === 'jwt-authorization-grant' ||
  (assertionKinds.some((kind) => kind === providerId) && isOn(config, 'jwtAuthorizationGrantEnabled'))

/** What signs the foreign tokens has to be known. */
function requireKey(config: Config, feature: string): void {
  if (isOn(config, 'useJwksUrl')) {
    if (!config['jwksUrl']) throw refused(`JWKS URL is required when '${feature}' enabled and 'Use JWKS URL' enabled`)
  } else if (!config['publicKeySignatureVerifier'])
    throw refused(`The 'Validating public key' is required when '${feature}' enabled and 'Use JWKS URL' disabled`)
}

/** The issuer says whose token it is: it must not be that of another provider which does the same. */
async function requireIssuer(
  tx: Sql,
  realm: RealmSnapshot,
  id: string,
  { issuer }: Config,
  kinds: readonly string[],
  does: (providerId: string, config: Config) => boolean,
): Promise<void> {
  if (!issuer) throw refused('Issuer is required')
  requireUrl(realm, issuer, 'Issuer')
  for (const row of await identityProviders(tx).withIssuer(realm.id, id, kinds, issuer)) {
    const { providerId = '', config = {} } = JSON.parse(row.doc) as IdentityProviderRepresentation
    if (config['issuer'] !== issuer || !does(providerId, config)) continue
    const use = 'JWT Authorization Grant or Federated Client Authentication'
    throw refused(`Issuer URL already used for IDP '${row.alias}', Issuer must be unique if the idp supports ${use}`)
  }
}
