import { AdminError } from '../../http/errors.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { orderByHash, textHash } from '../../tokens/mappers/hash-order.ts'
import type { AdminContext } from '../admin-route.ts'
import { acrFaults, sessionFaults } from './client-settings.ts'
import { urlFaults } from './client-urls.ts'
import { pairwiseFault } from './pairwise.ts'

/** What is wrong with a client. The reference tells the faults in the order of their hash, into which field and message key go. */
export interface ClientFault {
  readonly field: string
  readonly message: string
  /** Of the reference's translations. */
  readonly key: string
}

/** A client that the reference refuses: all of its faults in one text. */
export class InvalidClient extends AdminError {
  readonly faults: readonly ClientFault[]
  constructor(faults: readonly ClientFault[]) {
    super(400, { error: 'invalid_input', error_description: faults.map(({ message }) => message).join('; ') })
    this.name = 'InvalidClient'
    this.faults = faults
  }
}

const protocols: ReadonlySet<string> = new Set(['openid-connect', 'saml'])

/** Throws InvalidClient. */
export async function requireValidClient(context: Pick<AdminContext, 'services' | 'realm'>, client: ClientRepresentation): Promise<void> {
  const { protocol = '', clientId = '' } = client
  const faults: ClientFault[] = []
  const pairwise = await pairwiseFault(context.services.http, client)
  if (clientId.trim() === '') faults.push({ field: 'clientId', message: 'Client ID cannot be blank', key: 'clientIdBlank' })
  if (!protocols.has(protocol)) faults.push({ field: 'protocol', message: `Invalid protocol: ${protocol}`, key: 'protocol' })
  faults.push(...urlFaults(client))
  if (pairwise) faults.push({ field: 'pairWise', ...pairwise })
  faults.push(
    ...cibaFaults(client),
    ...jwksFaults(client),
    ...(await acrFaults(context.realm, client)),
    ...sessionFaults(context.realm, client),
  )
  if (faults.length === 0) return
  const distinct = [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()]
  throw new InvalidClient(orderByHash(distinct, faultHash))
}

function faultHash({ field, message, key }: ClientFault): number {
  let hash = 1
  for (const text of [field, message, key]) hash = (Math.imul(hash, 31) + textHash(text)) | 0
  return (Math.imul(hash, 31) + 1) | 0
}

function cibaFaults({ attributes = {} }: ClientRepresentation): ClientFault[] {
  const field = 'cibaBackchannelTokenDeliveryMode'
  const mode = attributes['ciba.backchannel.token.delivery.mode']
  if (mode === undefined) return []
  if (mode !== 'poll' && mode !== 'ping')
    return [
      { field, message: 'Unsupported requested CIBA Backchannel Token Delivery Mode', key: 'invalidCibaBackchannelTokenDeliveryMode' },
    ]
  if (mode === 'poll' || attributes['ciba.backchannel.client.notification.endpoint']) return []
  const message = 'CIBA Backchannel Client Notification Endpoint must be set for the CIBA ping mode'
  return [{ field, message, key: 'invalidCibaBackchannelTokenDeliveryMode' }]
}

function jwksFaults({ attributes = {} }: ClientRepresentation): ClientFault[] {
  if (attributes['use.jwks.url'] !== 'true' || attributes['use.jwks.string'] !== 'true') return []
  const message = 'The "Use JWKS" switch and the switch "Use JWKS URL" cannot be ON at the same time.'
  return [{ field: 'jwksUrl', message, key: 'duplicatedJwksSettings' }]
}
