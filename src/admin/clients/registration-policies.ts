import type { HttpResponse } from '../../http/values.ts'
import { hashOrder } from '../../tokens/mappers/hash-order.ts'
import { property } from '../../tokens/mappers/properties.ts'
import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { json } from '../bodies.ts'
import { mapperTypes } from '../client-scopes/mapper-types.ts'

export const registrationPolicyRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/client-registration-policy/providers',
    summary: 'Kinds of policies for the registration of clients',
    role: ['view-realm', 'manage-realm'],
    handle: listPolicies,
  },
]

interface PolicyType {
  readonly id: string
  readonly helpText: string
  readonly properties: readonly ConfigProperty[]
}

const setting = (name: string, type: string, more: Partial<ConfigProperty> = {}, label = name): ConfigProperty =>
  property(name, { label: `${label}.label`, helpText: `${label}.tooltip`, type, ...more })

/** Of the form's lists some name what the realm has. */
async function listPolicies({ realm }: AdminContext): Promise<HttpResponse> {
  const scopes = hashOrder(realm.clientScopes, ({ id }) => id).map(({ name }) => name)
  const types: readonly PolicyType[] = [
    {
      id: 'allowed-client-templates',
      helpText:
        'When present, it allows to specify whitelist of client scopes, which will be allowed in representation of registered (or updated) client',
      properties: [
        setting('allowed-client-scopes', 'MultivaluedList', { options: [...scopes, 'openid'] }),
        setting('allow-default-scopes', 'boolean', { defaultValue: true }),
      ],
    },
    {
      id: 'registration-web-origins',
      helpText: 'Allowed web origins for client registration requests',
      properties: [setting('web-origins', 'MultivaluedString', {}, 'registration-web-origins')],
    },
    {
      id: 'client-disabled',
      helpText: 'When present, then newly registered client will be disabled and admin needs to manually enable them',
      properties: [],
    },
    { id: 'scope', helpText: "When present, then newly registered client won't have full scope allowed", properties: [] },
    {
      id: 'max-clients',
      helpText:
        "When present, then it won't be allowed to register new client if count of existing clients in realm is same or bigger than configured limit",
      properties: [setting('max-clients', 'String', { defaultValue: '200' })],
    },
    {
      id: 'allowed-protocol-mappers',
      helpText:
        'When present, it allows to specify whitelist of protocol mapper types, which will be allowed in representation of registered (or updated) client',
      properties: [setting('allowed-protocol-mapper-types', 'MultivaluedList', { options: [...mapperTypes] }, 'allowed-protocol-mappers')],
    },
    {
      id: 'trusted-hosts',
      helpText: "Allows to specify from which hosts is user able to register and which redirect URIs can client use in it's configuration",
      properties: [
        setting('trusted-hosts', 'MultivaluedString'),
        setting('host-sending-registration-request-must-match', 'boolean', { defaultValue: 'true' }),
        setting('client-uris-must-match', 'boolean', { defaultValue: 'true' }),
      ],
    },
    {
      id: 'consent-required',
      helpText: "When present, then newly registered client will always have 'consentRequired' switch enabled",
      properties: [],
    },
  ]
  return json(types.map((type) => ({ ...type, metadata: {} })))
}
