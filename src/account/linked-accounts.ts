import { hash } from 'node:crypto'
import { noContent, silentJson } from '../http/api-answers.ts'
import { AdminError } from '../http/errors.ts'
import { flagParameter, pageParameters } from '../http/page-parameters.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import type { IdentityProviderRepresentation } from '../representations/identity-provider.ts'
import { credentials as credentialRows } from '../storage/credentials.ts'
import { type FederatedIdentityRow, federatedIdentities } from '../storage/federated-identities.ts'
import { identityProviders } from '../storage/identity-providers.ts'
import { organizations as organizationRows } from '../storage/organizations.ts'
import { users as userRows } from '../storage/users.ts'
import { issuerOf } from '../tokens/issuer.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { report } from './answers.ts'

const path = '/linked-accounts'
const manage = ['manage-account'] as const

export const linkedAccountRoutes: readonly AccountRoute[] = [
  {
    method: 'GET',
    path,
    summary: 'Accounts of somebody at identity providers, those that he could link too',
    roles: ['manage-account', 'view-profile'],
    handle: listAccounts,
  },
  { method: 'GET', path: `${path}/:provider`, summary: 'Where a browser begins to link an account', roles: manage, handle: linkUri },
  { method: 'DELETE', path: `${path}/:provider`, summary: 'Take the link to an account away', roles: manage, handle: removeLink },
]

/** Identity providers that are social networks, by the ids of their kinds. */
const socialProviders: ReadonlySet<string> = new Set([
  ...['bitbucket', 'facebook', 'github', 'gitlab', 'google', 'instagram', 'linkedin-openid-connect', 'microsoft', 'openshift-v4'],
  ...['paypal', 'stackoverflow', 'twitter'],
])

/** The client in whose name the reference links accounts. */
const linkingClientId = 'account-console'

/** Accounts on a page unless the caller asks for another number. */
const pageDefault = 100
/** What a provider without a place of its own counts as. */
const lastPlace = 10_000

interface Provider {
  readonly alias: string
  readonly doc: IdentityProviderRepresentation
}

interface Account {
  readonly provider: Provider
  readonly link: FederatedIdentityRow | undefined
}

async function providersOf({ services, realm }: AccountContext): Promise<Provider[]> {
  const rows = await identityProviders(services.database).list(realm.id)
  return rows.map(({ alias, doc }) => ({ alias, doc: JSON.parse(doc) as IdentityProviderRepresentation }))
}

async function linksOf({ services, caller }: AccountContext): Promise<ReadonlyMap<string, FederatedIdentityRow>> {
  const rows = await federatedIdentities(services.database).listOfMany([caller.user.id])
  return new Map(rows.map((row) => [row.identity_provider, row]))
}

/** A provider says whether people see it: always, when they have linked it, or never. One of an organization is seen by who has linked it. */
function isShown({ provider, link }: Account): boolean {
  const { enabled = true, config = {}, organizationId } = provider.doc
  if (!enabled) return false
  const shown = config['showInAccountConsole'] ?? 'ALWAYS'
  if (link === undefined) return shown === 'ALWAYS' && !organizationId
  return shown !== 'NEVER'
}

const placeOf = ({ doc }: Provider): number => {
  const place = doc.config?.['guiOrder']
  return place !== undefined && /^\d{1,9}$/.test(place) ? Number(place) : lastPlace
}

const byPlace = (a: Account, b: Account): number =>
  placeOf(a.provider) - placeOf(b.provider) || (a.provider.alias < b.provider.alias ? -1 : 1)

const displayName = ({ alias, doc }: Provider): string => doc.displayName || alias

function describe({ provider, link }: Account): Record<string, unknown> {
  const { alias, doc } = provider
  return {
    connected: link !== undefined,
    providerAlias: alias,
    providerName: alias,
    displayName: displayName(provider),
    ...(link?.external_username ? { linkedUsername: link.external_username } : {}),
    social: socialProviders.has(doc.providerId ?? ''),
  }
}

const matches = (provider: Provider, search: string): boolean =>
  [provider.alias, displayName(provider)].some((name) => name.toLowerCase().includes(search))

/** Pages and searches are for those who say whether they mean linked accounts or the others; everybody else gets all (reference behaviour). */
async function listAccounts(context: AccountContext): Promise<HttpResponse> {
  const query = readQuery(context.request)
  const { first, max } = pageParameters(query, pageDefault)
  const linked = flagParameter(query, 'linked')
  const links = await linksOf(context)
  const providers = await providersOf(context)
  const accounts = providers.map((provider): Account => ({ provider, link: links.get(provider.alias) })).filter(isShown)
  if (linked === undefined) return silentJson(accounts.toSorted(byPlace).map(describe))
  if (!linked && (await isBoundToOrganization(context, links, providers))) return silentJson([])
  const search = (query.get('search') ?? '').trim().toLowerCase()
  const found = accounts.filter(({ provider, link }) => (link !== undefined) === linked && matches(provider, search))
  return silentJson((linked ? found.toSorted(byPlace) : found).slice(first, first + max).map(describe))
}

/** Whom an organization manages, and who comes in by its identity provider, links no other account. */
async function isBoundToOrganization(
  context: AccountContext,
  links: ReadonlyMap<string, FederatedIdentityRow>,
  known?: readonly Provider[],
): Promise<boolean> {
  if (context.realm.settings.organizationsEnabled !== true || links.size === 0) return false
  const managed = await managingOrganizations(context)
  if (managed.size === 0) return false
  return (known ?? (await providersOf(context))).some(({ alias, doc }) => links.has(alias) && managed.has(doc.organizationId ?? ''))
}

const managingOrganizations = async ({ services, caller }: AccountContext): Promise<ReadonlySet<string>> =>
  new Set((await organizationRows(services.database).managing(caller.user.id)).map(({ id }) => id))

const refusal = (errorMessage: string): AdminError => new AdminError(400, { errorMessage })

async function findProvider(context: AccountContext): Promise<Provider> {
  const { request, services, realm } = context
  const row = await identityProviders(services.database).find(realm.id, request.params['provider'] ?? '')
  if (row === undefined) throw refusal('identityProviderNotFoundMessage')
  return { alias: row.alias, doc: JSON.parse(row.doc) as IdentityProviderRepresentation }
}

/**
 * The address at which a browser begins to link an account. The hash proves that the request came from this session; whether the redirect
 * URI is allowed is for that endpoint to say, which the browser calls with its own cookies.
 */
async function linkUri(context: AccountContext): Promise<HttpResponse> {
  const { request, services, realm, caller } = context
  const redirectUri = readQuery(request).get('redirectUri')
  if (redirectUri === undefined) throw refusal('invalidRedirectUriMessage')
  const provider = await findProvider(context)
  if (await isBoundToOrganization(context, await linksOf(context))) throw refusal(boundToOrganization)
  if (caller.session === undefined) throw refusal('sessionNotActiveMessage')
  const nonce = services.random.uuid()
  const proof = hash('sha256', nonce + caller.session.id + linkingClientId + provider.alias, 'base64url')
  const query = new URLSearchParams({ nonce, hash: proof, client_id: linkingClientId, redirect_uri: redirectUri })
  const accountLinkUri = `${issuerOf(request.baseUrl, realm)}/broker/${encodeURIComponent(provider.alias)}/link?${query}`
  return silentJson({ accountLinkUri, nonce, hash: proof })
}

const boundToOrganization = 'You cannot remove the link to an identity provider associated with an organization.'

async function isOfManagingOrganization(context: AccountContext, { doc }: Provider): Promise<boolean> {
  if (context.realm.settings.organizationsEnabled !== true || !doc.organizationId) return false
  return (await managingOrganizations(context)).has(doc.organizationId)
}

async function removeLink(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  const provider = await findProvider(context)
  const links = await linksOf(context)
  const link = links.get(provider.alias)
  if (link === undefined) throw refusal(notActive)
  if (await isOfManagingOrganization(context, provider)) throw refusal(boundToOrganization)
  if (links.size <= 1 && !(await hasOtherWay(context)))
    throw refusal('You can not remove last federated identity as you do not have a password.')
  if ((await federatedIdentities(services.database).remove(caller.user.id, provider.alias)) === 0) throw refusal(notActive)
  const details = {
    identity_provider: provider.alias,
    identity_provider_identity: link.external_username ?? undefined,
    username: caller.user.username,
  }
  report(context, { type: 'REMOVE_FEDERATED_IDENTITY', details })
  return noContent()
}

const notActive = 'This identity is not active anymore.'

/** Somebody whose last link goes needs a password, or a user storage that knows one. */
async function hasOtherWay({ services, realm, caller }: AccountContext): Promise<boolean> {
  const rows = await credentialRows(services.database).listOf(caller.user.id)
  if (rows.some(({ type }) => type === 'password')) return true
  const user = await userRows(services.database).findById(realm.id, caller.user.id)
  return user?.federation_link !== null && user?.federation_link !== undefined
}
