import { testLetter } from '../../email/letters.ts'
import { noContentUncached } from '../../http/api-answers.ts'
import { AdminError } from '../../http/errors.ts'
import { readForm } from '../../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { map, text } from '../../representations/fields.ts'
import { secretMask } from '../../representations/mask.ts'
import { users as userRows } from '../../storage/users.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { readField } from '../bodies.ts'

export const smtpRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/testSMTPConnection',
    summary: 'Send a letter to the caller by the given mail settings',
    role: ['manage-realm'],
    handle: testConnection,
  },
]

type SmtpServer = Readonly<Record<string, string>>

/** The settings are the body, or JSON in the parameter `config` of a form. */
function readSettings(request: HttpRequest): SmtpServer {
  const config = readForm(request).get('config')
  if (config === undefined) return readField(request, map(text))
  return readField({ ...request, headers: { 'content-type': 'application/json' }, body: Buffer.from(config) }, map(text))
}

const secrets = ['password', 'authTokenClientSecret'] as const

/**
 * A masked secret stands for the stored one, but only for the server and the user that it is stored for: nobody may have it sent to a
 * server of his own.
 */
export function withStoredSecrets(given: SmtpServer, stored: SmtpServer): SmtpServer {
  const isSame = ['host', 'port', 'user', 'authTokenUrl', 'authTokenClientId'].every((name) => (given[name] ?? '') === (stored[name] ?? ''))
  const kept = secrets.flatMap((name) => {
    const secret = stored[name]
    return isSame && given[name] === secretMask && secret !== undefined ? [[name, secret] as const] : []
  })
  return { ...given, ...Object.fromEntries(kept) }
}

const failed = (): AdminError => new AdminError(500, { errorMessage: 'Failed to send email' })

async function testConnection({ request, services, realm, caller }: AdminContext): Promise<HttpResponse> {
  const smtpServer = { ...withStoredSecrets(readSettings(request), realm.settings.smtpServer ?? {}) }
  const rows = userRows(services.database)
  const user = await rows.findById(caller.realm.id, caller.userId)
  if (!user?.email) throw failed()
  const locale = (await rows.attributesOf([user.id])).find(({ name }) => name === 'locale')?.value
  const asIf: RealmSnapshot = { ...realm, settings: { ...realm.settings, smtpServer } }
  const { kind } = await services.mailer.send(asIf, testLetter(realm, { email: user.email, locale }))
  if (kind === 'failed') throw failed()
  return noContentUncached()
}
