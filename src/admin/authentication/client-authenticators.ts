import { property } from '../property.ts'
import type { ProviderMetadata } from './provider-metadata.ts'

/** How clients may prove who they are, as flows and the admin console name it. */
export interface ClientAuthenticatorMetadata extends ProviderMetadata {
  /** Whether it works with the client's secret. */
  readonly supportsSecret: boolean
  /** Settings that each client has of its own. */
  readonly perClient: ProviderMetadata['properties']
}

const requirements = ['REQUIRED', 'ALTERNATIVE', 'DISABLED'] as const

export const clientAuthenticators: readonly ClientAuthenticatorMetadata[] = Object.freeze([
  {
    id: 'client-jwt',
    label: 'Signed JWT',
    help: 'Validates client based on signed JWT issued by client and signed with the Client private key',
    requirements,
    properties: [],
    supportsSecret: false,
    perClient: [],
  },
  {
    id: 'client-secret',
    label: 'Client Id and Secret',
    help: "Validates client based on 'client_id' and 'client_secret' sent either in request parameters or in 'Authorization: Basic' header",
    requirements,
    properties: [],
    supportsSecret: true,
    perClient: [],
  },
  {
    id: 'client-secret-jwt',
    label: 'Signed JWT with Client Secret',
    help: 'Validates client based on signed JWT issued by client and signed with the Client Secret',
    requirements,
    properties: [],
    supportsSecret: true,
    perClient: [],
  },
  {
    id: 'client-x509',
    label: 'X509 Certificate',
    help: 'Validates client based on a X509 Certificate',
    requirements,
    properties: [],
    supportsSecret: false,
    perClient: [],
  },
  {
    id: 'federated-jwt',
    label: 'Signed JWT - Federated',
    help: 'Validates client based on signed JWT issued and signed by an external identity provider',
    requirements,
    properties: [],
    supportsSecret: false,
    perClient: [
      property({
        name: 'jwt.credential.issuer',
        label: 'Identity provider',
        helpText: 'Issuer of the client assertion. Use the alias of an identity provider set up in this realm.',
        type: 'String',
        required: true,
      }),
      property({
        name: 'jwt.credential.sub',
        label: 'Federated subject',
        helpText: 'External clientId (subject) as provided by the identity provider.',
        type: 'String',
        required: true,
      }),
    ],
  },
])
