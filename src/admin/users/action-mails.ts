import type { MailResult } from '../../email/mailer.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type AdminMail, mailActions, mailVerification } from '../../login/action-mails.ts'
import { matchesRedirectUri, registeredRedirectUris } from '../../realm/redirect-uri.ts'
import { list, text } from '../../representations/fields.ts'
import type { UserRow } from '../../storage/users.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { integerParameter, isNothing, noContent, readField } from '../bodies.ts'
import { findUser } from './users.ts'

const role = ['manage-users'] as const

export const actionMailRoutes: readonly AdminRoute[] = [
  {
    method: 'PUT',
    path: '/users/:user/execute-actions-email',
    summary: 'Ask a user by e-mail to do required actions',
    role,
    handle: (context) => mailAsked(context, 'execute-actions-email'),
  },
  {
    method: 'PUT',
    path: '/users/:user/reset-password-email',
    summary: 'Ask a user by e-mail to choose a new password (deprecated)',
    role,
    handle: (context) => mailAsked(context, 'reset-password-email'),
  },
  {
    method: 'PUT',
    path: '/users/:user/send-verify-email',
    summary: 'Ask a user by e-mail whether the address is right',
    role,
    handle: sendVerifyEmail,
  },
]

/** The client that a user comes back to unless another one is named. */
const defaultClientId = 'account'

async function mailAsked(context: AdminContext, path: 'execute-actions-email' | 'reset-password-email'): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = await findUser(context)
  // The old path knows no lifespan (reference behaviour).
  const lifespanSeconds = path === 'execute-actions-email' ? integerParameter(readQuery(request), 'lifespan') : undefined
  const body = path === 'execute-actions-email' && !isNothing(request) ? readField(request, list(text)) : undefined
  const actions = path === 'reset-password-email' ? ['UPDATE_PASSWORD'] : (body ?? [])
  const mail = await mailOf(context, user, lifespanSeconds)
  const { requiredActions } = await realm.authentication()
  const known = new Set(requiredActions.map(({ alias }) => alias))
  if (actions.some((action) => !known.has(action))) throw new AdminError(400, { errorMessage: 'Provided invalid required actions' })
  const result = await mailActions(services, mail, actions)
  if (result.kind === 'failed') throw new AdminError(500, { errorMessage: `Failed to send execute actions email: ${reasonOf(result)}` })
  audit(context, { operation: 'ACTION', resourceType: 'USER', resourcePath: `users/${user.id}/${path}` })
  return noContent()
}

/** The mailer's own words, but where the reference has others. */
const reasonOf = ({ failure, reason }: Extract<MailResult, { kind: 'failed' }>): string =>
  failure === 'settings' && reason === 'no sender address'
    ? "Invalid sender address 'null'. If the address contains UTF-8 characters in the local part please ensure the SMTP server supports the" +
      " SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration."
    : reason

async function sendVerifyEmail(context: AdminContext): Promise<HttpResponse> {
  const { request, services } = context
  const user = await findUser(context)
  const mail = await mailOf(context, user, integerParameter(readQuery(request), 'lifespan'))
  const result = await mailVerification(services, mail)
  if (result.kind === 'failed') throw new AdminError(500, { errorMessage: 'Failed to send verify email' })
  audit(context, { operation: 'ACTION', resourceType: 'USER', resourcePath: `users/${user.id}/send-verify-email` })
  return noContent()
}

/** Checks whom it goes to and where it leads, in the reference's order. */
async function mailOf({ request, realm }: AdminContext, user: UserRow, lifespanSeconds: number | undefined): Promise<AdminMail> {
  const refuse = (errorMessage: string): AdminError => new AdminError(400, { errorMessage })
  const query = readQuery(request)
  const clientId = query.get('client_id')
  const redirectUri = query.get('redirect_uri')
  if (user.email === null) throw refuse('User email missing')
  if (user.enabled !== 1) throw refuse('User is disabled')
  if (redirectUri !== undefined && clientId === undefined) throw refuse('Client id missing')
  const client = await realm.client(clientId ?? defaultClientId)
  if (client === undefined) throw refuse("Client doesn't exist")
  if (!client.enabled) throw refuse('Client is not enabled')
  if (redirectUri !== undefined && !matchesRedirectUri(registeredRedirectUris(client, request.baseUrl), redirectUri))
    throw refuse('Invalid redirect uri.')
  return {
    realm,
    user,
    client,
    baseUrl: request.baseUrl,
    ...(lifespanSeconds === undefined ? {} : { lifespanSeconds }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
  }
}
