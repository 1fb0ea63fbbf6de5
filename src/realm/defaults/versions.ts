import type { Random } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { builtInClientScope, builtInClientScopes } from './client-scopes.ts'
import { keyProviderType, openUserProfileComponent, refreshKeyProvider, userProfileType } from './components.ts'
import { withAccountConsole, withConsentRoles, withConsolePkce, withGroupsRole } from './older-clients.ts'
import { withOrganizationStep, withoutHttpChallenge, withoutProfileAction } from './older-flows.ts'
import { builtInRequiredAction } from './required-actions.ts'

/** The version of the reference whose realm files are ours. */
export const presentVersion = '26.7.0'

type Step = (realm: RealmRepresentation, random: Random) => RealmRepresentation

/** What the reference did to realms at its versions: a realm file that names an older version gets these, in this order. */
const steps: readonly (readonly [before: string, step: Step])[] = Object.freeze([
  ['9.0.0', withConsentRoles],
  ['9.0.0', withAccountConsole],
  ['9.0.0', withConsolePkce],
  ['9.0.0', addAction('update_user_locale')],
  ['18.0.0', addScope('acr', speaksOpenid)],
  ['20.0.0', withGroupsRole],
  ['22.0.0', withoutHttpChallenge],
  ['23.0.0', withoutProfileAction],
  ['24.0.0', addUserProfile],
  ['24.0.0', addRefreshTokenKey],
  ['24.0.3', addAction('delete_credential')],
  ['25.0.0', addScope('basic', speaksOpenid)],
  ['26.0.0', lightenAdminTokens],
  // Nobody is given the scope: clients from before it have its mappers themselves.
  ['26.1.0', addScope('service_account')],
  ['26.3.0', addAction('idp_link')],
  ['26.7.0', addScope('AuthnContextClassRef', (client) => client.protocol === 'saml')],
  ['26.7.0', askForCredentialsLater],
  ['26.7.0', withOrganizationStep],
])

/**
 * A completed realm whose file says which version of the reference wrote it, brought to the present one. The versions between 8 and
 * 26.6 were asked; what is not a version is taken for the present one.
 */
export function bringToPresent(realm: RealmRepresentation, version: string, random: Random): RealmRepresentation {
  return steps.filter(([before]) => isOlder(version, before)).reduce((present, [, step]) => step(present, random), realm)
}

function isOlder(version: string, than: string): boolean {
  const a = version.split('.').map(Number)
  const b = than.split('.').map(Number)
  for (let i = 0; i < b.length; i++) {
    const [left, right] = [a[i] ?? 0, b[i] ?? 0]
    if (Number.isNaN(left)) return false
    if (left !== right) return left < right
  }
  return false
}

function speaksOpenid(client: ClientRepresentation): boolean {
  return client.protocol === 'openid-connect' && !client.bearerOnly
}

function addScope(name: string, goesTo?: (client: ClientRepresentation) => boolean): Step {
  return (realm, random) => {
    const facts = builtInClientScopes.find((scope) => scope.name === name)
    if (facts === undefined || realm.clientScopes?.some((scope) => scope.name === name)) return realm
    const clientScopes = [...(realm.clientScopes ?? []), builtInClientScope(facts, random)]
    if (!goesTo) return { ...realm, clientScopes }
    const clients = realm.clients?.map((client) =>
      goesTo(client) ? { ...client, defaultClientScopes: [...(client.defaultClientScopes ?? []), name] } : client,
    )
    return {
      ...realm,
      clientScopes,
      ...(clients ? { clients } : {}),
      defaultDefaultClientScopes: [...(realm.defaultDefaultClientScopes ?? []), name],
    }
  }
}

function addAction(alias: string): Step {
  return (realm) => {
    const action = builtInRequiredAction(alias)
    if (!action || realm.requiredActions?.some((own) => own.alias === alias)) return realm
    return { ...realm, requiredActions: [...(realm.requiredActions ?? []), action].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0)) }
  }
}

function addUserProfile(realm: RealmRepresentation, random: Random): RealmRepresentation {
  if (realm.components?.[userProfileType]) return realm
  return { ...realm, components: { ...realm.components, [userProfileType]: [openUserProfileComponent(random)] } }
}

/** Refresh tokens were signed with HS256 before. */
function addRefreshTokenKey(realm: RealmRepresentation, random: Random): RealmRepresentation {
  const providers = realm.components?.[keyProviderType] ?? []
  if (providers.some(({ config }) => config?.['algorithm']?.[0] === 'HS512')) return realm
  return { ...realm, components: { ...realm.components, [keyProviderType]: [...providers, refreshKeyProvider(random)] } }
}

function lightenAdminTokens(realm: RealmRepresentation): RealmRepresentation {
  const admin = new Set(['admin-cli', 'security-admin-console'])
  const clients = realm.clients?.map((client) =>
    admin.has(client.clientId ?? '')
      ? {
          ...client,
          fullScopeAllowed: true,
          attributes: { ...client.attributes, 'client.use.lightweight.access.token.enabled': 'true' },
        }
      : client,
  )
  return { ...realm, ...(clients ? { clients } : {}) }
}

/** Puts CONFIGURE_TOTP and UPDATE_PASSWORD behind VERIFY_EMAIL: at 54 and 57, or right behind it where one of these is taken. */
function askForCredentialsLater(realm: RealmRepresentation): RealmRepresentation {
  const taken = realm.requiredActions?.some((action) => action.priority === 54 || action.priority === 57)
  const later = new Map(
    taken
      ? [
          ['CONFIGURE_TOTP', 51],
          ['UPDATE_PASSWORD', 52],
        ]
      : [
          ['CONFIGURE_TOTP', 54],
          ['UPDATE_PASSWORD', 57],
        ],
  )
  const requiredActions = realm.requiredActions?.map((action) => ({
    ...action,
    priority: later.get(action.alias ?? '') ?? action.priority ?? 0,
  }))
  return requiredActions ? { ...realm, requiredActions: requiredActions.sort((a, b) => a.priority - b.priority) } : realm
}
