import { readQuery } from '../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { readIdentity } from '../login/cookies.ts'
import { chooseLocale } from '../login/locale.ts'
import { absoluteClientUrl } from '../realm/client-url.ts'
import type { RealmSnapshot, UserFacts } from '../realm/model.ts'
import { resolveRedirectUri } from '../realm/redirect-uri.ts'
import { identityProviders } from '../storage/identity-providers.ts'
import { consolePage, consolesMissing, resourcesPath } from './page.ts'
import { realmOfPage } from './realm-of-page.ts'
import type { ConsoleServices } from './services.ts'

/** The person whom the browser's cookie names, while the session is there. */
async function personOf(request: HttpRequest, services: ConsoleServices, realm: RealmSnapshot): Promise<UserFacts | undefined> {
  const identity = readIdentity({ realm, request, clock: services.clock })
  if (identity === undefined) return undefined
  const session = await services.sessions.find(realm, identity.sessionId, false)
  return session?.userId === identity.userId ? services.users.facts(realm, identity.userId) : undefined
}

/** What the Account Console shows; rights count as far as somebody is logged in (reference behaviour). */
async function features(services: ConsoleServices, realm: RealmSnapshot, person: UserFacts | undefined): Promise<object> {
  const { settings } = realm
  const { requiredActions } = await realm.authentication()
  const has = (name: string): boolean => person?.roles.some((role) => role.clientId === 'account' && role.name === name) ?? false
  const isEnabled = (alias: string): boolean => requiredActions.some((action) => action.alias === alias && action.enabled)
  return {
    isRegistrationEmailAsUsername: settings.registrationEmailAsUsername ?? false,
    isEditUserNameAllowed: settings.editUsernameAllowed ?? false,
    isInternationalizationEnabled: settings.internationalizationEnabled ?? false,
    isLinkedAccountsEnabled: await identityProviders(services.database).exist(realm.id),
    isMyResourcesEnabled: settings.userManagedAccessAllowed ?? false,
    isViewOrganizationsEnabled: settings.organizationsEnabled ?? false,
    deleteAccountAllowed: has('delete-account') && isEnabled('delete_account'),
    updateEmailFeatureEnabled: true,
    updateEmailActionEnabled: isEnabled('UPDATE_EMAIL'),
    isViewApplicationsEnabled: has('manage-account'),
    isViewGroupsEnabled: has('manage-account') || has('view-groups'),
    isOid4VciEnabled: false,
  }
}

interface Referrer {
  readonly referrerName: string
  readonly referrerUrl: string
}

/** The application that led here, for a link back: to an address that it has registered, or to its home. */
async function referrerOf(request: HttpRequest, realm: RealmSnapshot): Promise<Referrer> {
  const none = { referrerName: '', referrerUrl: '' }
  const query = readQuery(request)
  const name = query.get('referrer')
  const client = name === undefined ? undefined : await realm.client(name)
  if (client === undefined || !client.enabled) return none
  const asked = query.get('referrer_uri')
  const home = absoluteClientUrl(client, request.baseUrl, client.doc.baseUrl)
  const url = asked === undefined ? home : resolveRedirectUri(client, asked, { baseUrl: request.baseUrl, required: true })
  return url === undefined ? none : { referrerName: client.doc.name || client.clientId, referrerUrl: url }
}

/**
 * The Account Console: what a person sees and changes of his own account. It shares its paths with the Account API, which asks for this page
 * when nobody asks for JSON.
 */
export async function accountPage(request: HttpRequest, services: ConsoleServices): Promise<HttpResponse> {
  const realm = await realmOfPage(request, services, 'Realm does not exist')
  const consoles = services.consoles.open()
  if (consoles === undefined) return consolesMissing()
  const person = await personOf(request, services, realm)
  const language = chooseLocale(realm, { request, userLocale: person?.attributes.get('locale')?.[0] })
  const { baseUrl } = request
  return consolePage(request, consoles, {
    app: 'account',
    title: 'Ostiary Account Management',
    loading: 'Loading the Account Console',
    language,
    environment: {
      serverBaseUrl: baseUrl,
      authUrl: `${baseUrl}/`,
      authServerUrl: `${baseUrl}/`,
      realm: realm.name,
      clientId: 'account-console',
      resourceUrl: resourcesPath(request, consoles, 'account'),
      logo: '',
      logoUrl: '',
      baseUrl: `${baseUrl}/realms/${encodeURIComponent(realm.name)}/account/`,
      locale: language,
      ...(await referrerOf(request, realm)),
      features: await features(services, realm, person),
      scope: readQuery(request).get('scope') ?? '',
    },
  })
}
