/**
 * The realm's rules for the registration of clients, one file per provider of such components, named by its id. Not here: who may ask at
 * all. May call storage and http.
 */
import type { ClientRepresentation } from '../../representations/client.ts'
import type { ComponentRepresentation } from '../../representations/component.ts'
import type { RegistrationAuth } from '../caller.ts'
import { forbidden, type RegistrationRequest } from '../request.ts'
import { allowedClientScopes } from './allowed-client-templates.ts'
import { allowedProtocolMappers } from './allowed-protocol-mappers.ts'
import { clientDisabled } from './client-disabled.ts'
import { consentRequired } from './consent-required.ts'
import { maxClients } from './max-clients.ts'
import type { RegistrationAct, RegistrationPolicy } from './policy.ts'
import { registrationWebOrigins } from './registration-web-origins.ts'
import { scope } from './scope.ts'
import { trustedHosts } from './trusted-hosts.ts'

export const registrationPolicies: readonly RegistrationPolicy[] = [
  trustedHosts,
  consentRequired,
  scope,
  clientDisabled,
  maxClients,
  allowedProtocolMappers,
  allowedClientScopes,
  registrationWebOrigins,
]

const providerType = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'

interface Active {
  readonly component: ComponentRepresentation
  readonly policy: RegistrationPolicy
}

/** The realm's policies for who asks. Throws RegistrationRefused for one that is unknown: it cannot be kept. */
function policiesFor({ realm }: RegistrationRequest, auth: RegistrationAuth): Active[] {
  return realm.components
    .filter((component) => component.providerType === providerType && component.subType === auth)
    .map((component) => {
      const policy = registrationPolicies.find(({ id }) => id === component.providerId)
      if (policy === undefined) throw refused(component, `Policy of type '${component.providerId}' not found`)
      return { component, policy }
    })
}

const refused = ({ name = '' }: ComponentRepresentation, why: string): Error =>
  forbidden(`Policy '${name}' rejected request to client-registration service. Details: ${why}`, { client_registration_policy: name })

/** Throws RegistrationRefused when a policy of the realm is against it. */
export async function requirePermitted(context: RegistrationRequest, auth: RegistrationAuth, act: RegistrationAct): Promise<void> {
  const { services, realm, request } = context
  for (const { component, policy } of policiesFor(context, auth)) {
    const { config = {} } = component
    const why = await policy.refusal?.(act, { services, realm, remoteAddress: request.remoteAddress, config })
    if (why !== undefined) throw refused(component, why)
  }
}

/** A new client as the policies will have it. */
export const withImposed = (context: RegistrationRequest, auth: RegistrationAuth, client: ClientRepresentation): ClientRepresentation =>
  Object.assign({ ...client }, ...policiesFor(context, auth).map(({ policy }) => policy.imposes ?? {}))

export const permittedOrigins = (context: RegistrationRequest, auth: RegistrationAuth): string[] =>
  policiesFor(context, auth).flatMap(({ component, policy }) => policy.origins?.(component.config ?? {}) ?? [])
