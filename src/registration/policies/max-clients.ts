import { clients as clientRows } from '../../storage/clients.ts'
import type { RegistrationPolicy } from './policy.ts'

const usual = 200

/** A realm does not fill with clients that nobody knows. */
export const maxClients: RegistrationPolicy = {
  id: 'max-clients',
  async refusal(act, { services, realm, config }) {
    if (act.kind !== 'register') return undefined
    const most = Number(config['max-clients']?.[0] ?? usual)
    const count = await clientRows(services.database).count(realm.id)
    return count >= most ? `It's allowed to have max ${most} clients per realm` : undefined
  },
}
