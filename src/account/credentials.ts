import { json, noContentUncached } from '../http/api-answers.ts'
import { AdminError } from '../http/errors.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import { acrLevels } from '../login/acr.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { json as anything, text } from '../representations/fields.ts'
import { readField } from '../representations/request-body.ts'
import { type CredentialRow, credentials as credentialRows } from '../storage/credentials.ts'
import { passwordPolicyOf } from '../users/password-policy/parse.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { report } from './answers.ts'
import { type CredentialType, credentialTypes, levelOfType, usedTypes } from './credential-types.ts'

const manage = ['manage-account'] as const
const one = '/credentials/:credential'

export const credentialRoutes: readonly AccountRoute[] = [
  {
    method: 'GET',
    path: '/credentials',
    summary: 'By what somebody may log in, and what he has of it',
    roles: ['manage-account', 'view-profile'],
    handle: listTypes,
  },
  { method: 'DELETE', path: one, summary: 'Take a credential away', roles: manage, handle: deleteCredential },
  { method: 'PUT', path: `${one}/label`, summary: "Change a credential's label", roles: manage, handle: putLabel },
]

/** Characters of a label, as the reference stores them. */
const labelLengthMax = 255

/** Types that flows of the realm ask for. A type whose required action is switched off is shown to those who have such a credential. */
async function listTypes({ request, services, realm, caller }: AccountContext): Promise<HttpResponse> {
  const query = readQuery(request)
  const wanted = query.get('type')
  const withCredentials = (query.get('user-credentials') ?? 'true').toLowerCase() === 'true'
  const authentication = await realm.authentication()
  const used = usedTypes(realm, authentication)
  const actions = new Set(authentication.requiredActions.filter(({ enabled }) => enabled).map(({ alias }) => alias))
  const own = Map.groupBy(await credentialRows(services.database).listOf(caller.user.id), ({ type }) => type)
  const shown = credentialTypes.filter(
    ({ type, action }) => used.has(type) && (wanted === undefined || wanted === type) && (actions.has(action) || own.has(type)),
  )
  return json(shown.map((type) => describeType(realm, type, own.get(type.type) ?? [], actions.has(type.action), withCredentials)))
}

function describeType(
  realm: RealmSnapshot,
  { type, category, iconCssClass, action, removeable }: CredentialType,
  rows: readonly CredentialRow[],
  hasAction: boolean,
  withCredentials: boolean,
): Record<string, unknown> {
  // A password is replaced, of the others one may have several.
  const verb = type === 'password' && rows.length > 0 ? 'updateAction' : 'createAction'
  return {
    type,
    category,
    displayName: `${type}-display-name`,
    helptext: `${type}-help-text`,
    iconCssClass,
    ...(hasAction ? { [verb]: action } : {}),
    removeable,
    ...(withCredentials ? { userCredentialMetadatas: rows.map((row) => describe(realm, row)) } : {}),
  }
}

/** A text of the console by its key, with what fills its places. */
const message = (key: string, ...parameters: string[]) => ({ key, ...(parameters.length === 0 ? {} : { parameters }) })

/** What is secret of a credential stays in the database. */
function describe(realm: RealmSnapshot, row: CredentialRow): Record<string, unknown> {
  const credential = {
    id: row.id,
    type: row.type,
    ...(row.user_label === null ? {} : { userLabel: row.user_label }),
    createdDate: row.created_at_ms,
    credentialData: row.credential_data,
  }
  return { ...extrasOf(realm, row), credential }
}

/** Which data a credential has is up to its type, and to whoever imported it. */
function extrasOf(realm: RealmSnapshot, { type, credential_data }: CredentialRow): Record<string, unknown> {
  const data = objectIn(credential_data)
  if (type === 'recovery-authn-codes') {
    const threshold = passwordPolicyOf(realm).recoveryCodesWarningThreshold
    return codesLeft(Number(data['totalCodes'] ?? 0), Number(data['remainingCodes'] ?? 0), threshold)
  }
  if (type !== 'webauthn' && type !== 'webauthn-passwordless') return {}
  const { authenticatorProvider, iconLight, iconDark, transports } = data
  const properties = [
    ...(typeof authenticatorProvider === 'string' ? [message('webauthn-authenticator-provider', authenticatorProvider)] : []),
    ...(Array.isArray(transports) && transports.length > 0 ? [message('webauthn-transports', transports.join(', '))] : []),
  ]
  return {
    ...(properties.length === 0 ? {} : { infoProperties: properties }),
    ...(typeof iconLight === 'string' ? { iconLight } : {}),
    ...(typeof iconDark === 'string' ? { iconDark } : {}),
  }
}

const codesLeft = (total: number, remaining: number, threshold: number): Record<string, unknown> => ({
  infoMessage: message('recovery-codes-number-used', `${total - remaining}/${total}`),
  ...(remaining < threshold
    ? {
        warningMessageTitle: message('recovery-codes-number-remaining', String(remaining)),
        warningMessageDescription: message('recovery-codes-generate-new-codes'),
      }
    : {}),
})

function objectIn(textOfJson: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(textOfJson)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** One of the caller's own; earlier passwords are kept to compare with, and belong to nobody's list. */
async function findCredential({ request, services, caller }: AccountContext): Promise<CredentialRow> {
  const rows = await credentialRows(services.database).listOf(caller.user.id)
  const found = rows.find(({ id, type }) => id === request.params['credential'] && type !== 'password-history')
  if (found === undefined) throw new AdminError(404, { error: 'Credential not found' })
  return found
}

async function deleteCredential(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  const credential = await findCredential(context)
  const type = credentialTypes.find((one) => one.type === credential.type)
  if (type === undefined) throw new AdminError(404, { error: 'Credential provider not found' })
  if (!type.removeable) throw new AdminError(400, { error: 'Credential type cannot be removed' })
  await requireLevel(context, credential.type)
  if ((await credentialRows(services.database).remove(caller.user.id, credential.id)) === 0)
    throw new AdminError(404, { error: 'Credential not found' })
  const details = {
    credential_type: credential.type,
    selected_credential_id: credential.id,
    credential_user_label: credential.user_label ?? undefined,
  }
  // What the reference tells twice since it has general credential events.
  if (credential.type === 'otp') report(context, { type: 'REMOVE_TOTP', details })
  report(context, { type: 'REMOVE_CREDENTIAL', details })
  return noContentUncached()
}

/** Who has not proved himself by a credential of a higher level may not take it away, and so get rid of it. */
async function requireLevel({ realm, caller }: AccountContext, type: string): Promise<void> {
  const { acr } = caller.claims
  if (acr === undefined || acr === null) throw new AdminError(403, { error: 'No LoA on the token' })
  const level = acrLevels(realm, caller.client).get(String(acr)) ?? (/^-?\d{1,9}$/.test(String(acr)) ? Number(acr) : undefined)
  if (level === undefined) throw new AdminError(403, { error: 'Unsupported acr on the token' })
  if (level < levelOfType(realm, await realm.authentication(), type))
    throw new AdminError(403, { error: `Insufficient level of authentication for removing credential of type '${type}'.` })
}

/** A text as JSON; null and a blank one take the label away. */
async function putLabel(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  const credential = await findCredential(context)
  const label = readLabel(context)
  if (label !== undefined && label.length > labelLengthMax) throw invalidRequest()
  await credentialRows(services.database).setLabel(caller.user.id, credential.id, label ?? null)
  return noContentUncached()
}

const invalidRequest = (): AdminError => new AdminError(400, { errorMessage: 'invalidRequestMessage' })

function readLabel({ request }: AccountContext): string | undefined {
  if (request.body.toString('utf8').trim() === 'null') return undefined
  const value = readField(request, anything, invalidRequest())
  if (typeof value === 'object') throw invalidRequest()
  return readField(request, text, invalidRequest())
}
