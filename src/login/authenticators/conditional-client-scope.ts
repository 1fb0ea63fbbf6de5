import { condition, isOn, property } from './condition.ts'

/** True when a client scope applies to the request: a default one, or an optional one that is asked for. An unknown one never does. */
export const conditionalClientScope = condition({
  id: 'conditional-client-scope',
  label: 'Condition - client scope',
  help: 'Condition to evaluate if a configured client scope is present as a client scope of the client requesting authentication',
  properties: [
    property('client_scope', {
      label: 'Client scope name',
      helpText:
        "The name of the client scope, which should be present as a client scope of the client, which is requesting authentication. If requested client scope is default client scope of the client requesting login, the condition will be evaluated to true. If requested client scope is optional client scope of the client requesting login, condition will be evaluated to true if client scope is sent by the client in the login request (EG. by the 'scope' parameter in case of OIDC/OAuth2 client login)",
      type: 'String',
      required: true,
    }),
    property('negate', {
      label: 'Negate output',
      helpText:
        'Apply a NOT to the check result. When this is true, then the condition will evaluate to true just if configured client scope is not present',
      type: 'boolean',
      required: true,
    }),
  ],
  needsUser: false,
  async holds({ config, realm, client, session }) {
    const name = config['client_scope']
    if (!realm.clientScopes.some((scope) => scope.name === name)) return false
    const asked = new Set((session.request['scope'] ?? '').split(' '))
    const applies =
      client.defaultScopes.some((scope) => scope.name === name) ||
      client.optionalScopes.some((scope) => scope.name === name && asked.has(scope.name))
    return applies !== isOn(config, 'negate')
  },
})
