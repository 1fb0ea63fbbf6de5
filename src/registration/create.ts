import { InvalidClient } from '../admin/clients/client-validation.ts'
import { ClientTaken, makeClient, type WriteContext } from '../admin/clients/create-client.ts'
import { registrationToken } from '../admin/clients/registration-token.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { clientRegistration } from '../storage/client-registration.ts'
import type { ClientRow } from '../storage/clients.ts'
import type { Sql } from '../storage/sql.ts'
import { type RegistrationAuth, type RegistrationCaller, requireCreate } from './caller.ts'
import { corsHeaders } from './cors.ts'
import { setDefaultRoles } from './default-roles.ts'
import { clientOfName } from './describe.ts'
import { permittedOrigins, requirePermitted, withImposed } from './policies/policies.ts'
import { badMetadata, type RegistrationRequest, unauthorized } from './request.ts'

/** What a client has by default that says which scopes it asks for, and no more. */
const basicScope = 'basic'

export interface Registered {
  readonly row: ClientRow
  /** By which the client manages itself from now on. Never logged. */
  readonly token: string
  readonly cors: Readonly<Record<string, string>>
}

/**
 * Registers a client for a caller who may: policies, checks, and in one transaction the client, the use of the initial access token and the
 * client's own token. `complete` adds what is not the caller's to say, after the policies have looked. Throws RegistrationRefused, AdminError.
 */
export async function registerClient(
  context: RegistrationRequest,
  caller: RegistrationCaller,
  wanted: ClientRepresentation,
  complete: (client: ClientRepresentation) => ClientRepresentation = (client) => client,
): Promise<Registered> {
  const auth = await requireCreate(context, caller)
  const asks = wanted.optionalClientScopes !== undefined && wanted.defaultClientScopes === undefined
  const given = asks ? { ...wanted, defaultClientScopes: [basicScope] } : wanted
  await requirePermitted(context, auth, { kind: 'register', given })
  const cors = corsOf(context, caller, auth)
  const { services, realm } = context
  // Authorization services decide in the name of a service account; what they hold is set up later.
  const { authorizationSettings: _settings, defaultRoles = [], ...own } = withImposed(context, auth, given)
  const client = complete({ ...own, ...(own.authorizationServicesEnabled ? { serviceAccountsEnabled: true } : {}) })
  const tokenId = services.random.uuid()
  const token = await tokenFor(context, caller, auth, tokenId)
  const made = await translated(() =>
    makeClient(writerFor(context, auth), client, async (tx, { id }) => {
      if (caller.kind === 'initial') await useUp(tx, realm.id, caller.tokenId)
      await clientRegistration(tx).setTokenId(realm.id, id, tokenId)
      await setDefaultRoles(tx, realm, id, defaultRoles, services.random)
    }),
  )
  const { clientId } = made.client
  context.event.clientId = clientId
  return { row: await clientOfName(context, clientId), token, cors }
}

export const corsOf = (context: RegistrationRequest, caller: RegistrationCaller, auth: RegistrationAuth): Record<string, string> =>
  context.form === 'openid-connect' ? corsHeaders(context.request, [...caller.allowedOrigins, ...permittedOrigins(context, auth)]) : {}

/** The token by which a client manages itself; scripts that might register it might do that too. */
export const tokenFor = (
  context: RegistrationRequest,
  caller: RegistrationCaller,
  registrationAuth: RegistrationAuth,
  id: string,
): Promise<string> =>
  registrationToken(context, { id, typ: 'RegistrationAccessToken', registrationAuth, allowedOrigins: caller.allowedOrigins })

/** Documents that a client names (a sector's redirect URIs) are fetched; strangers get nothing fetched from inside of the network. */
export const writerFor = ({ services, realm }: RegistrationRequest, auth: RegistrationAuth): WriteContext => ({
  realm,
  services: auth === 'anonymous' ? { ...services, http: services.outsideHttp } : services,
})

async function useUp(tx: Sql, realmId: string, tokenId: string): Promise<void> {
  if ((await clientRegistration(tx).take(realmId, tokenId)) === 0) throw unauthorized('No remaining count on initial access token')
}

/** Says what is wrong with a client in the words of dynamic registration (RFC 7591 section 3.2.2). */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ClientTaken) throw badMetadata('Client Identifier in use')
    if (!(error instanceof InvalidClient)) throw error
    const isUri = error.faults.some(({ field }) => field === 'redirectUris')
    throw badMetadata(error.faults.map(({ message }) => message).join('; '), isUri ? 'invalid_redirect_uri' : 'invalid_client_metadata')
  }
}
