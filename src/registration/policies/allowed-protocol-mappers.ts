import { givenBy, type RegistrationPolicy } from './policy.ts'

/** Clients bring mappers of the types that the policy names, and no others. */
export const allowedProtocolMappers: RegistrationPolicy = {
  id: 'allowed-protocol-mappers',
  refusal(act, { config }) {
    const allowed = new Set(config['allowed-protocol-mapper-types'])
    const mappers = givenBy(act)?.protocolMappers ?? []
    return mappers.every(({ protocolMapper = '' }) => allowed.has(protocolMapper)) ? undefined : 'ProtocolMapper type not allowed'
  },
}
